import { decodeOwn, encode, resize, type Pixels, type Settings } from './codec.ts'
import type { Kind } from './kind.ts'
import type { Quality } from '../options.ts'
import type { Made } from './shape.ts'
import { encodeTo, scoreOf, type Lossy, type Subject } from './search.ts'
import { MANY, type Survey } from './survey.ts'

/** Encodes stills that are looked at: photos and art by likeness, pixel art without any loss. */

/** WebP's greatest side (RFC 9649, section 2.7). */
const WEBP_SIDE = 16_383
/** The greatest that AVIF's Advanced Profile allows: others need not decode (AVIF 1.1, section 8.3). */
const AVIF_SIDE = 16_384
const AVIF_PIXELS = 35_651_584
/** Effort 3 saves 7 % against 2 at the same likeness for twice the time: too long for the largest. 4 takes five times that again for 2 %. */
const AVIF_LARGE = 1_500_000

export interface Still {
  subject: Subject
  survey: Survey
  kind: Kind
  /** Likeness to reach. */
  target: number
  quality: Partial<Quality>
}

export const fitsWebp = ({ width, height }: Pixels['info']): boolean => Math.max(width, height) <= WEBP_SIDE
export const fitsAvif = ({ width, height }: Pixels['info']): boolean =>
  Math.max(width, height) <= AVIF_SIDE && width * height <= AVIF_PIXELS

/** The smallest WebP: lossy, or lossless where areas are so flat that it may be smaller. */
export async function bestWebp(still: Still): Promise<{ made: Made; encodes: number }> {
  const { subject, survey, kind, quality } = still
  const isTried = kind === 'pixels' || (quality.webp === undefined && (await favoursLossless(subject, survey)))
  const exact = isTried ? await losslessWebp(subject.pixels) : undefined
  if (exact && kind === 'pixels') return { made: exact, encodes: 1 }
  // Alpha is coded without loss after its values were thinned to 56, which nothing shows; a higher effort only takes longer over it.
  const settings = subject.alpha ? { effort: 4, alphaQuality: 75 } : { effort: 5 }
  const { made, encodes } = await lossy(still, 'webp', settings, quality.webp)
  return exact && exact.data.length <= made.data.length
    ? { made: exact, encodes: encodes + 1 }
    : { made, encodes: encodes + (exact ? 1 : 0) }
}

/** Whether lossless may be smaller than lossy: of what has flat areas, tried on a part, for smooth shades are flat too and take long. */
async function favoursLossless({ mosaic }: Subject, { flat, colours }: Survey): Promise<boolean> {
  if (flat < 0.75 && colours >= MANY) return false
  if (!mosaic) return true
  const exact = await encode(mosaic.pixels, 'webp', { lossless: true, effort: 2 })
  const lossy = await encode(mosaic.pixels, 'webp', { quality: 80, effort: 2 })
  return exact.length < 1.5 * lossy.length
}

export const bestAvif = (still: Still): Promise<{ made: Made; encodes: number }> => {
  const { width, height } = still.subject.pixels.info
  const effort = width * height > AVIF_LARGE ? 2 : 3
  return lossy(still, 'avif', { effort, chromaSubsampling: '4:2:0' }, still.quality.avif)
}

export const bestJpeg = (still: Still): Promise<{ made: Made; encodes: number }> =>
  lossy(still, 'jpeg', { mozjpeg: true }, still.quality.fallback)

/** A palette where the picture bears it, else all colours; undefined where neither is worth its time. */
export async function bestPng(still: Still): Promise<{ made: Made; encodes: number }> {
  const { subject, survey, kind, quality } = still
  const { pixels } = subject
  let encodes = 0
  // Paintings and photos show the steps of 256 colours: there a palette is not worth the try.
  if (kind !== 'photo' && (kind !== 'pixels' || survey.colours <= 256)) {
    const settings: Settings = {
      palette: true,
      quality: kind === 'pixels' ? 100 : (quality.fallback ?? 90),
      effort: kind === 'pixels' ? 10 : 4,
      compressionLevel: 9,
      ...(kind === 'pixels' && { dither: 0 }),
    }
    const data = await encode(pixels, 'png', settings)
    encodes++
    const isSame = kind === 'pixels' && (await isExact(pixels, data))
    const score = isSame ? null : await scoreOf(subject, data)
    if (isSame || (kind !== 'pixels' && (score ?? 0) >= PALETTE))
      return { made: made(pixels, 'image/png', { data, score, settings }), encodes }
  }
  const settings = { compressionLevel: 9, adaptiveFiltering: kind !== 'pixels' }
  const data = await encode(pixels, 'png', settings)
  return { made: made(pixels, 'image/png', { data, score: null, settings }), encodes: encodes + 1 }
}

/** The likeness that is enough of a palette: hard to notice. Few are sent it, and the file of all colours is three times as large. */
const PALETTE = 70

export async function losslessWebp(pixels: Pixels, exact = false): Promise<Made> {
  const settings = { lossless: true, effort: 4, ...(exact && { exact: true }) }
  const data = await encode(pixels, 'webp', settings)
  return made(pixels, 'image/webp', { data, score: null, settings })
}

/** At another width, with the settings found at the full one. */
export async function atWidth(pixels: Pixels, width: number, like: Made): Promise<Made> {
  const small = await resize(pixels, width)
  const format = like.type.slice('image/'.length) as Lossy
  const data = await encode(small, format, like.settings)
  return made(small, like.type, { data, score: null, settings: like.settings })
}

async function lossy(
  { subject, target }: Still,
  format: Lossy,
  settings: Settings,
  quality: number | undefined,
): Promise<{ made: Made; encodes: number }> {
  const type = `image/${format}` as const
  if (quality === undefined) {
    const { encodes, ...found } = await encodeTo(subject, format, settings, target)
    return { made: made(subject.pixels, type, found), encodes }
  }
  const all = { ...settings, quality }
  const data = await encode(subject.pixels, format, all)
  return { made: made(subject.pixels, type, { data, score: await scoreOf(subject, data), settings: all }), encodes: 1 }
}

/** Whether an encoding holds the same pixels; the colour of what is wholly transparent counts only where asked. */
export async function isExact(pixels: Pixels, encoded: Buffer, unseenToo = false): Promise<boolean> {
  const other = await decodeOwn(encoded)
  const { width, height } = pixels.info
  if (other.info.width !== width || other.info.height !== height) return false
  const [one, two] = [readerOf(pixels), readerOf(other)]
  for (let at = 0; at < width * height; at++) {
    const alpha = one(at, 3)
    if (alpha !== two(at, 3)) return false
    if (alpha === 0 && !unseenToo) continue
    for (let channel = 0; channel < 3; channel++) if (one(at, channel) !== two(at, channel)) return false
  }
  return true
}

/** Reads any number of channels as red, green, blue and alpha. */
function readerOf({ data, info: { channels } }: Pixels): (at: number, channel: number) => number {
  return (at, channel) => {
    if (channel === 3) return channels % 2 === 0 ? (data[at * channels + channels - 1] as number) : 255
    return data[at * channels + (channels > 2 ? channel : 0)] as number
  }
}

const made = (
  { info: { width, height } }: Pixels,
  type: Made['type'],
  rest: Pick<Made, 'data' | 'score' | 'settings'>,
): Made => ({ type, width, height, data: rest.data, score: rest.score, settings: rest.settings })
