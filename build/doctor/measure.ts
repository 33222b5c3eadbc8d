import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const asBrotli = promisify(brotliCompress)
const asGzip = promisify(gzip)

/** From here on the highest effort takes longer than whoever waits for a table likes. */
const LARGE = 1_000_000

/** Bytes as Brotli. Of large files a little more than a build would make of them. */
export async function brotliBytes(bytes: Uint8Array): Promise<number> {
  const quality = bytes.length < LARGE ? 9 : 5
  return (await asBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })).length
}

/** Bytes as hosts compress that do it in passing. */
export const gzipBytes = async (bytes: Uint8Array): Promise<number> => (await asGzip(bytes, { level: 6 })).length
