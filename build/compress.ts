import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hashOf, type Cache } from './cache.ts'

const asGzip = promisify(gzip)
const asBrotli = promisify(brotliCompress)
const asZstd = promisify(zstdCompress)

/** Above this the last percent would take the most of a minute: models and sounds of many megabytes. */
const LARGE = 4_000_000

/** The encodings made at build, as file suffixes, at the effort that only a build can spend. */
const ENCODERS: Record<'zst' | 'br' | 'gz', (bytes: Buffer) => Promise<Buffer>> = {
  // Level 19 keeps its window within the 8 MB that browsers must accept (RFC 9659).
  zst: (bytes) => asZstd(bytes, { params: { [constants.ZSTD_c_compressionLevel]: bytes.length > LARGE ? 12 : 19 } }),
  br: (bytes) =>
    asBrotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > LARGE ? 9 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes) => asGzip(bytes, { level: 9 }),
}

const LIBRARIES = ['zlib', 'brotli', 'zstd'].map((name) => process.versions[name]).join(' ')

/** Kinds of file that text coding makes smaller. Pictures, sound, video and woff2 are coded already. */
const COMPRESSIBLE = new Set(
  '.js .mjs .css .html .json .svg .txt .xml .map .webmanifest .wasm .ttf .otf .ico .glb .gltf .hdr .bin .wav'.split(
    ' ',
  ),
)
/** An answer this small fits one packet with its headers whatever is done to it. */
const SMALLEST = 200

export const isCompressible = (file: string, bytes: number): boolean =>
  bytes >= SMALLEST && COMPRESSIBLE.has(path.extname(file).toLowerCase())

/**
 * Writes `file.zst`, `file.br` and `file.gz` where they are smaller than the file.
 * @returns true if any of them had to be encoded, false if the cache had them all.
 */
export async function precompressFile(file: string, cache: Cache): Promise<boolean> {
  const bytes = await readFile(file)
  const hash = hashOf(bytes)
  let fresh = false
  for (const [suffix, encode] of Object.entries(ENCODERS)) {
    const key = hashOf(hash, suffix, LIBRARIES)
    let encoded = await cache.read(key)
    if (!encoded) {
      fresh = true
      encoded = await encode(bytes)
      // An empty entry remembers that it did not pay.
      if (encoded.length >= bytes.length) encoded = Buffer.alloc(0)
      await cache.write(key, encoded)
    }
    if (encoded.length > 0) await writeFile(`${file}.${suffix}`, encoded)
  }
  return fresh
}
