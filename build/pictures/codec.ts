import sharp, { type Metadata, type Sharp } from 'sharp'

/** The only file that knows sharp: reads what a picture is, decodes it, and encodes pixels into each format. */

/** One thread each: a build encodes as many pictures at once as there are cores, which keeps them busier than threads within one. */
sharp.concurrency(1)
// Sources are read once and are large: libvips' cache of operations would only hold memory.
sharp.cache(false)

/** Part of every cache key: other code, other bytes. */
export const ENCODER = `2 sharp ${sharp.versions.sharp} vips ${sharp.versions.vips} aom ${sharp.versions['aom'] ?? ''} webp ${sharp.versions['webp'] ?? ''} mozjpeg ${sharp.versions['mozjpeg'] ?? ''} imagequant ${sharp.versions['imagequant'] ?? ''}`

/** Decoded pixels, 8 bits a channel. */
export interface Pixels {
  data: Buffer
  info: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
  /** The same as a PNG with its colour profile, where the picture has colours that sRGB lacks: `data` is then in that profile's numbers. */
  wide?: Buffer
}

export type Format = 'avif' | 'webp' | 'png' | 'jpeg'

/** Options of sharp's method of the format's name. */
export type Settings = Record<string, string | number | boolean>

/** What a file says of itself. */
export type Header = Metadata

// Sizes are checked before decoding, by their own limit and words.
const OPEN = { limitInputPixels: false } as const
const STRICT = { ...OPEN, failOn: 'error' } as const

/** Reads no pixels. @throws Error of sharp's words where the bytes are no picture. */
export const readHeader = async (bytes: Buffer): Promise<Header> => sharp(bytes, OPEN).metadata()

/** Decodes a still: upright, sRGB. @throws Error of sharp's words where the bytes are broken. */
export async function decodePixels(bytes: Buffer): Promise<Pixels> {
  return rawOf(sharp(bytes, STRICT).autoOrient().toColourspace('srgb'))
}

/** Decodes a still in the numbers of its own colour profile, which encodings of it keep. */
export async function decodeWide(bytes: Buffer): Promise<Pixels> {
  const wide = await sharp(bytes, { ...STRICT, ignoreIcc: true })
    .autoOrient()
    .keepIccProfile()
    .png({ compressionLevel: 1 })
    .toBuffer()
  return { ...(await rawOf(sharp(wide, { ...OPEN, ignoreIcc: true }))), wide }
}

/** Decodes an encoding of ours for measuring, in the numbers that it holds. */
export const decodeOwn = (bytes: Buffer): Promise<Pixels> => rawOf(sharp(bytes, { ...OPEN, ignoreIcc: true }))

/** Every frame of an animation, one under the other. */
export const decodeFrames = (bytes: Buffer): Promise<Pixels> =>
  rawOf(
    sharp(bytes, { ...STRICT, animated: true })
      .toColourspace('srgb')
      .ensureAlpha(),
  )

/** A PNG's pixels at the depth they have, no colour converted: for telling whether two files hold the same. */
export const decodeExact = (bytes: Buffer, header: Header): Promise<Buffer> =>
  asStored(bytes, header)
    .raw({ depth: header.depth === 'ushort' ? 'ushort' : 'uchar' })
    .toBuffer()

/** A PNG again, its pixels bit for bit the same at the depth they have. */
export const repackPng = (bytes: Buffer, header: Header): Promise<Buffer> =>
  asStored(bytes, header).png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer()

function asStored(bytes: Buffer, { channels, depth }: Header): Sharp {
  const isGrey = channels < 3
  const space = depth === 'ushort' ? (isGrey ? 'grey16' : 'rgb16') : isGrey ? 'b-w' : 'srgb'
  return sharp(bytes, { ...STRICT, ignoreIcc: true }).toColourspace(space)
}

/** Encodes pixels. Whatever else the source's file said (camera, place, comments) is left out. */
export function encode(pixels: Pixels, format: Format, settings: Settings): Promise<Buffer> {
  const image = pixels.wide
    ? sharp(pixels.wide, { ...OPEN, ignoreIcc: true }).keepIccProfile()
    : sharp(pixels.data, { raw: pixels.info })
  return image[format](settings).toBuffer()
}

/** A still as lossy WebP, at its own size. */
export const encodeWebp = (pixels: Pixels, quality: number): Promise<Buffer> =>
  encode(pixels, 'webp', { quality, effort: 4, alphaQuality: 75 })

/** An animation as WebP, with the delays and the number of rounds it has. */
export const encodeFrames = (bytes: Buffer, settings: Settings): Promise<Buffer> =>
  sharp(bytes, { ...STRICT, animated: true })
    .webp(settings)
    .toBuffer()

/** Another width, the height following. */
export async function resize({ data, info, wide }: Pixels, width: number): Promise<Pixels> {
  const height = Math.max(1, Math.round((info.height * width) / info.width))
  if (!wide) return rawOf(sharp(data, { raw: info }).resize(width, height, { fit: 'fill' }))
  const image = sharp(wide, { ...OPEN, ignoreIcc: true })
    .keepIccProfile()
    .resize(width, height, { fit: 'fill' })
  const small = await image.png({ compressionLevel: 1 }).toBuffer()
  return { ...(await decodeOwn(small)), wide: small }
}

/** Without its alpha channel, which says nothing where all is opaque. */
export function withoutAlpha({ data, info, wide }: Pixels): Pixels {
  const from = info.channels
  const to = from === 4 ? 3 : 1
  const opaque = Buffer.allocUnsafe(info.width * info.height * to)
  for (let at = 0, out = 0; at < data.length; at += from)
    for (let channel = 0; channel < to; channel++) opaque[out++] = data[at + channel] as number
  return { data: opaque, info: { ...info, channels: to }, ...(wide && { wide }) }
}

async function rawOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, info: { width: info.width, height: info.height, channels: info.channels } }
}
