import sharp, { type Region } from 'sharp'
import { hashOf, nameHash, type Cache } from './cache.ts'
import { type Cut, DEFAULT_QUALITY, FALLBACK_WIDTH, type ImageRule } from './options.ts'

/** The only file that knows sharp: from the bytes of a source picture to the bytes of its variants, through the cache. */
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

/** One thread each: a build encodes as many pictures at once as there are cores, which keeps them busier than threads within one. */
sharp.concurrency(1)
// Sources are read once and are large: libvips' cache of operations would only hold memory.
sharp.cache(false)

/** Part of every key: other code, other bytes. */
const ENCODER = `1 sharp ${sharp.versions.sharp} vips ${sharp.versions.vips} aom ${sharp.versions['aom'] ?? ''} webp ${sharp.versions['webp'] ?? ''}`
/** Effort 3 is the knee of libaom's curve: 0.9 s a megapixel; 4 takes five times that for 6 % of the bytes. */
const AVIF_EFFORT = 3

/** @throws Error of sharp's words where the bytes are no picture, or hold several frames. */
export async function factsOf(bytes: Buffer, cut?: Cut): Promise<Facts> {
  const input = sharp(bytes, { failOn: 'error' })
  const { format, pages = 1, orientation = 1, hasAlpha, autoOrient } = await input.metadata()
  if (pages > 1) throw new Error(`it is animated (${pages} frames), and variants are made of stills only`)
  const { isOpaque, channels } = await input.stats()
  const alpha = hasAlpha && !isOpaque
  const colours = channels.length < 3 ? [channels[0], channels[0], channels[0]] : channels.slice(0, 3)
  const depth = channels.some(({ max }) => max > 255) ? 257 : 1
  const hex = colours.map((channel) => {
    const mean = Math.min(255, Math.round((channel?.mean ?? 0) / depth))
    return mean.toString(16).padStart(2, '0')
  })
  const { width, height } = areaOf(autoOrient, cut)
  return { width, height, alpha, placeholder: alpha ? null : `#${hex.join('')}`, format, turned: orientation > 1 }
}

/** The part of a picture of this size that is encoded, in whole pixels. */
function areaOf(whole: { width: number; height: number }, cut: Cut | undefined): Region {
  const width = cut ? Math.min(whole.width, Math.max(1, Math.round(whole.height * cut.aspect))) : whole.width
  const left = Math.round(whole.width * (cut?.x ?? 0.5) - width / 2)
  return { left: Math.max(0, Math.min(whole.width - width, left)), top: 0, width, height: whole.height }
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

  const facts = await factsOf(bytes, rule.cut)
  const pixels = await decode(bytes, facts.alpha, rule.cut)
  const encoded: Encoded[] = []
  for (const { width, format } of planOf(rule, facts))
    encoded.push(await encodeVariant({ source, bytes, facts, rule, width, format, pixels, cache: caches.variants }))
  const { width, height, alpha, placeholder } = facts
  const picture: Picture = { width, height, alpha, placeholder, variants: withoutWaste(encoded) }
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
  const facts = await factsOf(bytes, rule.cut)
  const pixels = await decode(bytes, facts.alpha, rule.cut)
  const { key } = await encodeVariant({ source: hashOf(bytes), bytes, facts, rule, width, format, pixels, cache })
  return (await cache.read(key)) ?? Buffer.alloc(0)
}

/** The picture's record, if the cache still has every variant that it names. */
export async function recallPicture(
  bytes: Buffer,
  rule: EncodeRule,
  caches: PictureCaches,
): Promise<Picture | undefined> {
  return recall(recordKey(hashOf(bytes), rule), caches)
}

const recordKey = (source: string, rule: EncodeRule): string =>
  hashOf(source, ENCODER, JSON.stringify([rule.widths, rule.formats, qualityOf(rule), FALLBACK_WIDTH, rule.cut]))

async function recall(key: string, caches: PictureCaches): Promise<Picture | undefined> {
  const record = await caches.pictures.read(key)
  if (!record) return undefined
  const picture = JSON.parse(record.toString()) as Picture
  const present = await Promise.all(picture.variants.map((variant) => caches.variants.has(variant.key)))
  return present.every(Boolean) ? picture : undefined
}

interface Job {
  source: string
  bytes: Buffer
  facts: Facts
  rule: EncodeRule
  width: number
  format: Format
  pixels: Pixels
  cache: Cache
}

async function encodeVariant({ source, bytes, facts, rule, width, format, pixels, cache }: Job): Promise<Encoded> {
  const quality = qualityOf(rule)
  const key = hashOf(source, ENCODER, JSON.stringify([width, format, quality, rule.cut]))
  let made = await cache.read(key)
  if (!made) {
    const asIs = !rule.cut && width === facts.width && format === facts.format && !facts.turned
    made = await encodePixels(pixels, width, format, quality)
    if (asIs && bytes.length <= made.length) made = bytes
    await cache.write(key, made)
  }
  const height = Math.max(1, Math.round((facts.height * width) / facts.width))
  return { type: `image/${format}`, width, height, bytes: made.length, hash: nameHash(made), key }
}

interface Pixels {
  data: Buffer
  info: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
}

/** Upright, sRGB, 8 bits, without an alpha channel that says nothing. Decoded once for all widths. */
async function decode(bytes: Buffer, alpha: boolean, cut: Cut | undefined): Promise<Pixels> {
  const upright = sharp(bytes, { failOn: 'error' }).autoOrient().toColourspace('srgb')
  if (cut) upright.extract(areaOf((await sharp(bytes).metadata()).autoOrient, cut))
  const { data, info } = await (alpha ? upright.ensureAlpha() : upright.removeAlpha())
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, info: { width: info.width, height: info.height, channels: info.channels } }
}

function encodePixels(
  { data, info }: Pixels,
  width: number,
  format: Format,
  quality: typeof DEFAULT_QUALITY,
): Promise<Buffer> {
  const height = Math.max(1, Math.round((info.height * width) / info.width))
  const image = sharp(data, { raw: info }).resize(width, height, { fit: 'fill' })
  const { avif, webp, fallback } = quality
  if (format === 'avif') return image.avif({ quality: avif, effort: AVIF_EFFORT }).toBuffer()
  if (format === 'webp') return image.webp({ quality: webp, alphaQuality: 90, effort: 5 }).toBuffer()
  if (format === 'jpeg') return image.jpeg({ quality: fallback, mozjpeg: true }).toBuffer()
  return image.png({ palette: true, quality: fallback, effort: 4, compressionLevel: 9 }).toBuffer()
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

const qualityOf = (rule: EncodeRule): typeof DEFAULT_QUALITY => ({ ...DEFAULT_QUALITY, ...rule.quality })
