import { convert, detectFormat } from 'fontverter'
import subsetFont from 'subset-font'
import { type Cache, hashOf } from '../cache.ts'
import { coverageOf } from './coverage.ts'
import { inRanges, type Range, writeRange } from './ranges.ts'

/** A font in two parts, of which a browser fetches the second only for characters that the first does not have. */
export interface SplitFont {
  /** Characters that are used, as woff2. */
  subset: Buffer
  /** Its `unicode-range`. */
  range: string
  /** The `unicode-range` of what else the font has; null where nothing is left. */
  rest: string | null
  /** The whole font, as woff2. */
  restFont: Buffer
}

/** Where cutting does not pay, the whole font as woff2. */
export type Split = SplitFont | { restFont: Buffer }

/** Part of every key: other code, other bytes. */
const VERSION = 'font 1 subset-font 2.9 harfbuzz 14'
/** A second face costs a request for those who need it: it has to be worth at least this. */
const WORTH = { bytes: 4096, share: 0.2 }
/** Harfbuzz drops these without a word. Where the font relies on them, it stays whole. */
const LOST = ['SVG ', 'CBDT', 'EBDT', 'sbix', 'morx', 'kerx', 'Silf']
const SPACE = 0x20

/**
 * Cuts the used characters out of a font (TrueType, OpenType, woff or woff2), with hinting, variation axes and layout features.
 * @param within the author's own `unicode-range`, if there is one.
 * @throws Error where the bytes are not a whole font.
 */
export async function splitFont(
  bytes: Buffer,
  used: ReadonlySet<number>,
  cache: Cache,
  within?: readonly Range[],
): Promise<Split> {
  const wanted = [...used].sort((a, b) => a - b)
  const key = hashOf(VERSION, bytes, JSON.stringify([wanted, within ?? null]))
  const known = await recall(key, cache)
  if (known) return known

  const format = detectFormat(bytes)
  const plain = await convert(bytes, 'sfnt', format)
  const restFont = format === 'woff2' ? bytes : await convert(plain, 'woff2', 'sfnt')
  const { points, tables } = coverageOf(plain)
  const mine = [...points].filter((point) => !within || inRanges(within, point))
  const inside = mine.filter((point) => used.has(point))
  const outside = mine.filter((point) => !used.has(point))
  let made: Split = { restFont }
  if (inside.length > 0 && !reliesOnLost(tables)) {
    const subset = await subsetFont(plain, inside.map((point) => String.fromCodePoint(point)).join(''), {
      targetFormat: 'woff2',
    })
    const saved = restFont.length - subset.length
    if (saved >= WORTH.bytes && saved >= restFont.length * WORTH.share) {
      // Line height is taken from the face whose range has the space, whether it has a glyph for it or not.
      const space = !within || inRanges(within, SPACE) ? [SPACE] : []
      const range = writeRange([...inside, ...space], outside)
      const rest = outside.length === 0 ? null : writeRange(outside, [...inside, ...space])
      made = { subset, range, rest, restFont }
    }
  }
  await remember(key, made, cache)
  return made
}

const reliesOnLost = (tables: ReadonlySet<string>): boolean =>
  LOST.some((name) => tables.has(name)) || (tables.has('kern') && !tables.has('GPOS'))

interface Record {
  range?: string
  rest?: string | null
}

async function recall(key: string, cache: Cache): Promise<Split | undefined> {
  const record = await cache.read(key)
  const restFont = await cache.read(hashOf(key, 'whole'))
  if (!record || !restFont) return undefined
  const { range, rest = null } = JSON.parse(record.toString()) as Record
  if (range === undefined) return { restFont }
  const subset = await cache.read(hashOf(key, 'subset'))
  return subset && { subset, range, rest, restFont }
}

async function remember(key: string, made: Split, cache: Cache): Promise<void> {
  await cache.write(hashOf(key, 'whole'), made.restFont)
  if ('subset' in made) await cache.write(hashOf(key, 'subset'), made.subset)
  const record: Record = 'subset' in made ? { range: made.range, rest: made.rest } : {}
  await cache.write(key, Buffer.from(JSON.stringify(record)))
}
