import { decodeExact, readHeader, repackPng, type Header, type Pixels } from './codec.ts'
import type { PngFacts } from './png.ts'
import type { Made } from './shape.ts'
import { fitsWebp, isExact, losslessWebp } from './still.ts'

/**
 * Packs a picture that is data more tightly, where that can be proven to change nothing: PNGs whose numbers no browser converts. Those of
 * 16 bits a channel stay PNG: WebP has 8. Each is decoded again and compared.
 */
export async function packExact(
  bytes: Buffer,
  pixels: Pixels,
  { header, png, keep }: { header: Header; png: PngFacts | undefined; keep: boolean },
): Promise<{ original: Made | null; variants: Made[]; encodes: number }> {
  if (!png || png.isConverted || (header.orientation ?? 1) > 1) return { original: null, variants: [], encodes: 0 }
  const { width, height } = pixels.info
  let encodes = 0
  let original: Made | null = null
  const variants: Made[] = []
  if (keep) {
    const data = await repackPng(bytes, header)
    encodes++
    const isSame =
      data.length < bytes.length &&
      (await decodeExact(bytes, header)).equals(await decodeExact(data, await readHeader(data)))
    const settings = { compressionLevel: 9, adaptiveFiltering: true }
    if (isSame) original = { type: 'image/png', width, height, data, score: null, settings }
  }
  if (header.depth === 'uchar' && fitsWebp(pixels.info)) {
    const made = await losslessWebp(pixels, true)
    encodes++
    if (made.data.length < bytes.length && (await isExact(pixels, made.data, true))) variants.push(made)
  }
  return { original, variants, encodes }
}
