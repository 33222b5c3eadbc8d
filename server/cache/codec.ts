import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { REVISION, type Shape, vocabularyOf } from './compact.ts'
import { pack } from './pack.ts'
import { unpack } from './unpack.ts'

export type { Shape } from './compact.ts'

const COMPACT = 3
const COMPACT_ZSTD = 4

const CRC_BYTES = 4

/**
 * The CRC-32 of anything that ends in its own CRC-32, least significant byte first: one call over all bytes checks them.
 * https://en.wikipedia.org/wiki/Cyclic_redundancy_check#Residue
 */
const RESIDUE = 0x2144df1c

/** Bytes of a body above which zstd is tried: it costs 15 µs at every read whatever the size, several times the unpacking of a smaller one. */
export const COMPRESS_ABOVE = 2048

/** No body grows past this when decompressed, and a larger one is not compressed; a damaged length must not take the memory. */
const LARGEST = 8 * 1024 * 1024

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export interface Encoded {
  bytes: Buffer
  /** Bytes the value would have taken as JSON, so that callers can count what was saved; texts are counted as if nothing had to be escaped. */
  jsonBytes: number
}

/** The value, frozen all the way down, or what kept it from being read. */
export type Decoded =
  | { ok: true; value: unknown }
  /** `unknown format`: not from any codec of this release. `does not decode`: damage, or a codec of another shape. */
  | { ok: false; why: 'unknown format' | 'does not decode' }

export interface Codec {
  /**
   * Encodes what JSON can carry, as JSON does: fields that are `undefined` go, `toJSON` is asked (and must not encode anything itself), items
   * without a value, NaN and infinities become null, -0 becomes 0.
   *
   * @throws TypeError naming the place of a bigint, function or symbol, of `undefined` as the whole, and of what nests too deep or in a circle.
   */
  encode(value: unknown): Encoded
  /** Decodes what {@link Codec.encode} of a codec with the same shape made. Never throws. */
  decode(bytes: Buffer): Decoded
  /** Eight letters and digits that stand for the shape: bytes of a codec with another do not decode. */
  readonly fingerprint: string
}

/**
 * Values to bytes and back: a format byte, the body (compact.ts says how it reads), and a CRC-32 of both, which starts from the shape's
 * fingerprint. So damage and bytes of another shape are found by one check, and never taken for a value.
 *
 * ```ts
 * const codec = createCodec({ fields: ['id', 'version', 'bag'], words: ['rusty-knife', 'wool-cap'] })
 * const { bytes } = codec.encode({ id: 'k7', version: 3, bag: { 'wool-cap': 1 } })
 * ```
 *
 * @throws Error for a field or a word that is there twice, and for a field `__proto__`.
 */
export function createCodec(shape: Shape = {}): Codec {
  const vocabulary = vocabularyOf(shape)
  const seed = crc32(JSON.stringify([REVISION, shape.fields ?? [], shape.words ?? []]))

  function seal(format: number, body: Buffer): Buffer {
    // From the pool, a sixth of the cost of memory of its own: a cache copies what it keeps, and a socket lets it go.
    const bytes = Buffer.allocUnsafe(1 + body.length + CRC_BYTES)
    bytes[0] = format
    bytes.set(body, 1)
    bytes.writeUInt32LE(crc32(bytes.subarray(0, -CRC_BYTES), seed), bytes.length - CRC_BYTES)
    return bytes
  }

  return {
    encode(value) {
      const { body, jsonBytes } = pack(value, vocabulary)
      if (body.length > COMPRESS_ABOVE && body.length <= LARGEST) {
        const compressed = zstdCompressSync(body, ZSTD)
        if (compressed.length < body.length) return { bytes: seal(COMPACT_ZSTD, compressed), jsonBytes }
      }
      return { bytes: seal(COMPACT, body), jsonBytes }
    },
    decode(bytes) {
      const format = bytes[0]
      if (format !== COMPACT && format !== COMPACT_ZSTD) return { ok: false, why: 'unknown format' }
      if (crc32(bytes, seed) !== RESIDUE) return { ok: false, why: 'does not decode' }
      try {
        const end = bytes.length - CRC_BYTES
        if (format === COMPACT) return { ok: true, value: unpack(bytes, vocabulary, { start: 1, end }) }
        const body = zstdDecompressSync(bytes.subarray(1, end), { maxOutputLength: LARGEST })
        return { ok: true, value: unpack(body, vocabulary) }
      } catch {
        return { ok: false, why: 'does not decode' }
      }
    },
    fingerprint: seed.toString(16).padStart(8, '0'),
  }
}
