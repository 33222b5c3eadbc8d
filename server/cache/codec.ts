import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const JSON_PLAIN = 1
const JSON_ZSTD = 2

/** Bytes of JSON above which zstd is tried: it costs 15 µs each way whatever the size, which a smaller value does not repay. */
export const COMPRESS_ABOVE = 1024

/** No value grows past this when decompressed; a damaged length must not take the memory. */
const LARGEST = 8 * 1024 * 1024

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

/** An encoded value and the bytes of JSON it stands for, so that callers can count what compression saved. */
export interface Encoded {
  bytes: Buffer
  jsonBytes: number
}

/** Encodes anything JSON can carry: one format byte, then JSON, compressed when that is smaller. */
export function encode(value: unknown): Encoded {
  const json = JSON.stringify(value)
  const plain = Buffer.allocUnsafe(Buffer.byteLength(json) + 1)
  plain[0] = JSON_PLAIN
  plain.write(json, 1)
  const jsonBytes = plain.length - 1
  if (jsonBytes <= COMPRESS_ABOVE) return { bytes: plain, jsonBytes }
  const packed = zstdCompressSync(plain.subarray(1), ZSTD)
  if (packed.length >= jsonBytes) return { bytes: plain, jsonBytes }
  return { bytes: Buffer.concat([Buffer.of(JSON_ZSTD), packed]), jsonBytes }
}

/** The value, or what kept it from being read: a format of another release, or damage. */
export type Decoded = { ok: true; value: unknown } | { ok: false; why: 'unknown format' | 'does not decode' }

/** Decodes what {@link encode} made. Never throws. */
export function decode(bytes: Buffer): Decoded {
  const format = bytes[0]
  if (format !== JSON_PLAIN && format !== JSON_ZSTD) return { ok: false, why: 'unknown format' }
  try {
    const body = bytes.subarray(1)
    const json = format === JSON_ZSTD ? zstdDecompressSync(body, { maxOutputLength: LARGEST }) : body
    return { ok: true, value: JSON.parse(json.toString('utf8')) as unknown }
  } catch {
    return { ok: false, why: 'does not decode' }
  }
}
