import { hashOf, nameHash, recallWhole, type Cache } from './cache.ts'
import { FALLBACK_WIDTH, type Cut, type ImageRule, type Quality } from './options.ts'
import { decodePixels, encode, ENCODER, resize, withoutAlpha, type Pixels, type Settings } from './pictures/codec.ts'
import { readFacts } from './pictures/look.ts'
import { encodeTo, subjectOf, type Lossy } from './pictures/search.ts'
import { survey } from './pictures/survey.ts'

/** From the bytes of an art folder's picture to the bytes of its variants, through the cache. */
export interface Picture {
  /** Size in pixels, upright. */
  width: number
  height: number
  alpha: boolean
  placeholder: string | null
  variants: Encoded[]
}

export interface Encoded {
  type: 'image/avif' | 'image/webp' | 'image/png' | 'image/jpeg'
  width: number
  height: number
  bytes: number
  /** {@link nameHash} of the bytes. */
  hash: string
  /** Where the bytes lie in the cache. */
  key: string
}

/** `pictures` holds records, `variants` the encoded bytes they name. */
export interface PictureCaches {
  pictures: Cache
  variants: Cache
}

/** What a picture is, before anything is encoded. */
export interface Facts extends Omit<Picture, 'variants'> {
  format: string
  /** True where the bytes hold it turned (EXIF), so that they cannot be served as they are. */
  turned: boolean
}

/** How one picture is encoded: a rule, and which part of the source is the picture. */
export interface EncodeRule extends Omit<ImageRule, 'cuts'> {
  /** Default the whole. */
  cut?: Cut
}

export type Format = 'avif' | 'webp' | 'png' | 'jpeg'

/** Beside {@link ENCODER} part of every key: other code, other bytes. */
const VERSION = `art 3 ${ENCODER}`
/** Effort 3 is the knee of libaom's curve: 0.9 s a megapixel; 4 takes five times that for 6 % of the bytes. */
const SETTINGS: Record<Format, Settings> = {
  avif: { effort: 3, chromaSubsampling: '4:2:0' },
  webp: { effort: 5 },
  jpeg: { mozjpeg: true },
  png: { palette: true, effort: 4, compressionLevel: 9 },
}
/** Alpha is coded without loss after its values were thinned, which nothing shows; a higher effort only takes longer over it. */
const WEBP_ALPHA: Settings = { effort: 4, alphaQuality: 75 }
/**
 * The likeness that variants are encoded to, on the scale of `pictures/measure.ts`. Less than that of a picture which an engine draws pixel by
 * pixel: a browser takes the width that fits its screen, and at two pixels to the point a loss is half as large.
 */
const LIKENESS = 72
/** What was lossy before shows a further loss sooner, unless it is made smaller in size as well. */
const LIKENESS_AGAIN = 78
/** A png's colours, where a rule says nothing: the fallback of browsers without WebP. */
const PNG_QUALITY = 80

/** @throws Error where the bytes are no picture, are broken, or hold several frames. */
export async function factsOf(bytes: Buffer, cut?: Cut): Promise<Facts> {
  return (await readArt(bytes, cut)).facts
}

interface Art {
  facts: Facts
  /** The part that is the picture: upright, sRGB, 8 bits, without an alpha channel that says nothing. */
  pixels: Pixels
}

async function readArt(bytes: Buffer, cut: Cut | undefined): Promise<Art> {
  const { format, frames, header } = await readFacts(bytes, '')
  if (frames > 1) throw new Error(`it is animated (${frames} frames), and variants are made of stills only`)
  const decoded = await decodePixels(bytes)
  const whole = cut ? cropped(decoded, cut) : decoded
  const { isOpaque, mean } = survey(whole)
  const pixels = isOpaque && whole.info.channels % 2 === 0 ? withoutAlpha(whole) : whole
  const { width, height } = pixels.info
  const hex = mean.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')
  const placeholder = isOpaque ? `#${hex}` : null
  return {
    facts: { width, height, alpha: !isOpaque, placeholder, format, turned: (header.orientation ?? 1) > 1 },
    pixels,
  }
}

/** A full-height part of a picture, in whole pixels. */
function cropped({ data, info }: Pixels, { aspect, x = 0.5 }: Cut): Pixels {
  const { height, channels } = info
  const width = Math.min(info.width, Math.max(1, Math.round(height * aspect)))
  const left = Math.max(0, Math.min(info.width - width, Math.round(info.width * x - width / 2)))
  const part = Buffer.allocUnsafe(width * height * channels)
  for (let y = 0; y < height; y++) {
    const from = (y * info.width + left) * channels
    data.copy(part, y * width * channels, from, from + width * channels)
  }
  return { data: part, info: { width, height, channels } }
}

/** Widths and formats that a rule asks of a picture of this width. */
export function planOf(
  rule: EncodeRule,
  { width, alpha }: Pick<Facts, 'width' | 'alpha'>,
): { width: number; format: Format }[] {
  const asked = [...new Set(rule.widths)].sort((a, b) => a - b)
  const widths = asked.filter((candidate) => candidate <= width)
  if (widths.length < asked.length && !widths.includes(width)) widths.push(width)
  const fallbackWidth = widths.findLast((candidate) => candidate <= FALLBACK_WIDTH) ?? widths[0]
  return (rule.formats ?? ['avif', 'webp', 'fallback']).flatMap((format) => {
    if (format !== 'fallback') return widths.map((width) => ({ width, format }))
    return widths.filter((width) => width === fallbackWidth).map((width) => ({ width, format: alpha ? 'png' : 'jpeg' }))
  })
}

/** The whole picture as a build serves it: from the cache where it has been made before. */
export async function encodePicture(
  bytes: Buffer,
  rule: EncodeRule,
  caches: PictureCaches,
): Promise<{ picture: Picture; fresh: boolean }> {
  const source = hashOf(bytes)
  const key = recordKey(source, rule)
  const known = await recall(key, caches)
  if (known) return { picture: known, fresh: false }

  const art = await readArt(bytes, rule.cut)
  const encoded: Encoded[] = []
  let sized: Pixels | undefined
  for (const { width, format } of planOf(rule, art.facts).toSorted((a, b) => a.width - b.width)) {
    if (sized?.info.width !== width) sized = await atWidth(art.pixels, width)
    encoded.push(await encodeVariant({ source, bytes, art, rule, sized, format, cache: caches.variants }))
  }
  const order = planOf(rule, art.facts)
  const placeOf = ({ type, width }: Encoded): number =>
    order.findIndex((planned) => planned.width === width && type === `image/${planned.format}`)
  const { width, height, alpha, placeholder } = art.facts
  const variants = withoutWaste(encoded.sort((a, b) => placeOf(a) - placeOf(b)))
  const picture: Picture = { width, height, alpha, placeholder, variants }
  await caches.pictures.write(key, Buffer.from(JSON.stringify(picture)))
  return { picture, fresh: true }
}

/** One variant alone, for the development server: its bytes, encoded now unless the cache has them. */
export async function encodeOne(
  bytes: Buffer,
  rule: EncodeRule,
  width: number,
  format: Format,
  cache: Cache,
): Promise<Buffer> {
  const art = await readArt(bytes, rule.cut)
  const sized = await atWidth(art.pixels, width)
  const { key } = await encodeVariant({ source: hashOf(bytes), bytes, art, rule, sized, format, cache })
  return (await cache.read(key)) ?? Buffer.alloc(0)
}

const atWidth = async (pixels: Pixels, width: number): Promise<Pixels> =>
  width === pixels.info.width ? pixels : resize(pixels, width)

/** The picture's record, if the cache still has every variant that it names. */
export async function recallPicture(
  bytes: Buffer,
  rule: EncodeRule,
  caches: PictureCaches,
): Promise<Picture | undefined> {
  return recall(recordKey(hashOf(bytes), rule), caches)
}

const recordKey = (source: string, { widths, formats, quality, cut }: EncodeRule): string =>
  hashOf(source, VERSION, JSON.stringify([widths, formats, quality, FALLBACK_WIDTH, cut]))

const recall = (key: string, { pictures, variants }: PictureCaches): Promise<Picture | undefined> =>
  recallWhole<Picture>({ records: pictures, files: variants }, key, (picture) => picture.variants)

interface Job {
  source: string
  bytes: Buffer
  art: Art
  rule: EncodeRule
  sized: Pixels
  format: Format
  cache: Cache
}

async function encodeVariant({ source, bytes, art, rule, sized, format, cache }: Job): Promise<Encoded> {
  const { facts } = art
  const { width, height } = sized.info
  const quality = rule.quality?.[QUALITY[format]]
  const key = hashOf(source, VERSION, JSON.stringify([width, format, quality, rule.cut]))
  let made = await cache.read(key)
  if (!made) {
    const asIs = !rule.cut && width === facts.width && format === facts.format && !facts.turned
    const isAgain = width === facts.width && (facts.format === 'webp' || facts.format === 'avif')
    made = await encodePixels(sized, format, quality, isAgain ? LIKENESS_AGAIN : LIKENESS)
    if (asIs && bytes.length <= made.length) made = bytes
    await cache.write(key, made)
  }
  return { type: `image/${format}`, width, height, bytes: made.length, hash: nameHash(made), key }
}

const QUALITY: Record<Format, keyof Quality> = { avif: 'avif', webp: 'webp', png: 'fallback', jpeg: 'fallback' }

/** At the quality that the rule sets; where it sets none, at the one that brings the picture to the likeness all have. */
async function encodePixels(
  pixels: Pixels,
  format: Format,
  quality: number | undefined,
  target: number,
): Promise<Buffer> {
  const settings = format === 'webp' && pixels.info.channels % 2 === 0 ? WEBP_ALPHA : SETTINGS[format]
  if (quality !== undefined || format === 'png')
    return encode(pixels, format, { ...settings, quality: quality ?? PNG_QUALITY })
  return (await encodeTo(subjectOf(pixels), format satisfies Lossy, settings, target)).data
}

/** Drops a format that does not pay: not smaller, over the widths both have, than the next one that is kept. */
function withoutWaste(variants: Encoded[]): Encoded[] {
  const byType = Map.groupBy(variants, ({ type }) => type)
  let next: Encoded[] | undefined
  const kept: Encoded[] = []
  for (const group of [...byType.values()].toReversed()) {
    const rival = next
    const shared = group.filter(({ width }) => rival?.some((other) => other.width === width))
    const cost = (list: Encoded[]): number => list.reduce((sum, { bytes }) => sum + bytes, 0)
    const other = rival?.filter(({ width }) => shared.some((one) => one.width === width)) ?? []
    if (shared.length > 0 && cost(shared) >= cost(other) && coversAll(rival, group)) continue
    kept.unshift(...group)
    next = group
  }
  return kept
}

/** A format may only go if the one that stays has every width of it: else large screens would be left with the fallback. */
const coversAll = (stays: Encoded[] | undefined, goes: Encoded[]): boolean =>
  goes.every(({ width }) => stays?.some((other) => other.width === width))
