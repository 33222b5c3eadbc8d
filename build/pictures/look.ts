import path from 'node:path'
import { decodePixels, decodeWide, readHeader, withoutAlpha, type Header, type Pixels } from './codec.ts'
import { readPng, type PngFacts } from './png.ts'
import { survey, type Survey } from './survey.ts'

/** Reads a picture: what its bytes say, and its pixels, once it is known that they can be held. */

/** Above this a picture is refused before it is decoded. */
export const MAX_PIXELS = 100_000_000

const NAMES: Record<string, string> = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP', gif: 'GIF', avif: 'AVIF' }
const ENDINGS: Record<string, string> = { jpg: 'jpeg', jpe: 'jpeg', jfif: 'jpeg', apng: 'png' }

export interface Facts {
  header: Header
  /** png, jpeg, webp, gif or avif, by the bytes. */
  format: string
  png: PngFacts | undefined
  /** Of one frame, upright. */
  width: number
  height: number
  frames: number
  warning: string | undefined
}

/** Decodes nothing. @throws Error where the bytes are no picture that browsers show, or hold too many pixels. */
export async function readFacts(bytes: Buffer, name: string): Promise<Facts> {
  const png = readPng(bytes)
  if (png) refuseTooLarge(png)
  const header = await readHeader(bytes).catch((error: unknown) => {
    throw new Error(`${notPicture(bytes)} (${reason(error)})`, { cause: error })
  })
  const format = header.format === 'heif' && header.compression === 'av1' ? 'avif' : header.format
  if (!(format in NAMES)) throw new Error(notPicture(bytes))
  const { pageHeight, autoOrient } = header
  const { width, height } = pageHeight === undefined ? autoOrient : { width: header.width, height: pageHeight }
  refuseTooLarge({ width, height })
  const ending = path.extname(name).slice(1).toLowerCase()
  const isOther = ending !== '' && (ENDINGS[ending] ?? ending) !== format
  return {
    header,
    format,
    png,
    width,
    height,
    frames: png ? png.frames : (header.pages ?? 1),
    warning: isOther
      ? `named .${ending}, but ${format === 'avif' ? 'an' : 'a'} ${NAMES[format]} by its bytes`
      : undefined,
  }
}

function refuseTooLarge({ width, height }: { width: number; height: number }): void {
  if (width * height <= MAX_PIXELS) return
  const number = (value: number): string => value.toLocaleString('en')
  throw new Error(
    `it has ${number(width)} x ${number(height)} pixels, ${number(Math.round((width * height) / 1e6))} million, and more than ${number(MAX_PIXELS / 1e6)} million are not decoded: export it smaller, or exclude it`,
  )
}

/** The pixels of a still, and what they are like. @throws Error where the bytes are broken. */
export async function readPixels(bytes: Buffer, { header }: Facts): Promise<{ pixels: Pixels; survey: Survey }> {
  try {
    let pixels = await decodePixels(bytes)
    if (header.icc && !isSrgb(header.icc)) {
      const wide = await decodeWide(bytes)
      if (usesMore(wide, pixels)) pixels = wide
    }
    const seen = survey(pixels)
    return { pixels: seen.isOpaque && pixels.info.channels % 2 === 0 ? withoutAlpha(pixels) : pixels, survey: seen }
  } catch (error) {
    throw new Error(`it is broken or ends too soon (${reason(error)}): export it again`, { cause: error })
  }
}

/** By the description in the profile, which is ASCII or UTF-16. */
const isSrgb = (icc: Buffer): boolean => icc.includes('sRGB') || icc.includes(Buffer.from('\0s\0R\0G\0B', 'latin1'))

/** Share of the pixels beyond which a picture that sRGB cannot show keeps its profile. */
const BEYOND = 0.005

/** Whether colours were cut off on the way to sRGB: at an end of the scale there, and not so before, or as far apart as numbers can be. */
function usesMore(wide: Pixels, narrow: Pixels): boolean {
  const { channels } = wide.info
  if (channels < 3 || narrow.info.channels !== channels) return false
  let [count, cut] = [0, 0]
  for (let at = 0; at + 2 < wide.data.length; at += channels * 3) {
    count++
    for (let channel = at; channel < at + 3; channel++) {
      const after = narrow.data[channel] as number
      const before = wide.data[channel] as number
      if ((after === 0 && before > 4) || (after === 255 && before < 251)) {
        cut++
        break
      }
    }
  }
  return cut > count * BEYOND
}

function notPicture(bytes: Buffer): string {
  const start = bytes
    .subarray(0, 8)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ')
  return `it is no PNG, JPEG, WebP, AVIF or GIF: ${bytes.length === 0 ? 'it is empty' : `it begins with ${start}`}; export it again, or exclude it`
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim()
