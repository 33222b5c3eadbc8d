import { decodeOwn, encode, withoutAlpha, type Format, type Pixels, type Settings } from './codec.ts'
import { judge, type Judge } from './measure.ts'
import { chooseSpots, coverSpots, cutTiles, mosaicOf, partsOf, type Spot, type Tile } from './tiles.ts'

/** Finds the quality at which an encoder's picture is as like the source as all others are, by encoding a small part of it. */

export type Lossy = Exclude<Format, 'png'>

/**
 * The likeness that a picture of 512 x 512 is encoded to, on {@link Judge}'s scale: what is lost is not seen at 1:1 and the usual distance.
 * One of twice the sides gets {@link BY_SIZE} points less, for its pixels are shown smaller and it weighs four times as much; icons, which are
 * all edges and weigh nothing, get more.
 */
export const TARGET = 77
/** For sources that are lossy in a format of today: a loss on top of a loss shows sooner. */
export const TARGET_AGAIN = 83

const BY_SIZE = 2
const USUAL_PIXELS = 512 * 512

/** How much is encoded by way of trial: parts of at most this share of the picture's pixels together, and no more than so many. */
const SHARE = 0.1
const MOST_PARTS = 4
/** A picture of fewer parts is measured whole: of so little nothing is saved by encoding less. */
const WHOLE = 3.5
/** What is known of an encoder beforehand, measured on this project's own art. What a trial shows of a picture leads on from there. */
interface Prior {
  /** Brings most pictures to {@link TARGET}; a trial at it falls short of 100 by `loss`. */
  opaque: { quality: number; loss: number }
  alpha: { quality: number; loss: number }
  /** The quality for pictures that are measured whole: it brings most of them to 6 points above {@link TARGET}. */
  small: number
  /** How the logarithm of the loss falls with quality; its ends are the least and the greatest quality that make sense. */
  curve: readonly (readonly [quality: number, loss: number])[]
  /** Settings of a trial: cheaper than the real ones. */
  trial: Settings
  /** By how much a trial errs, in logarithms of the loss, since it sees a part and in other company: only what is beyond is believed. */
  doubt: number
}

const PRIORS: Record<Lossy, Prior> = {
  avif: {
    opaque: { quality: 61, loss: 26.5 },
    alpha: { quality: 53, loss: 23 },
    small: 55,
    curve: [
      [35, 0],
      [50, -0.43],
      [85, -1.31],
    ],
    trial: { effort: 1, chromaSubsampling: '4:2:0' },
    doubt: 0.08,
  },
  webp: {
    opaque: { quality: 82, loss: 23 },
    alpha: { quality: 77, loss: 19.7 },
    small: 80,
    curve: [
      [50, 0.1],
      [60, 0],
      [75, -0.16],
      [80, -0.33],
      [88, -0.76],
      [95, -1.12],
    ],
    trial: { effort: 2 },
    doubt: 0.18,
  },
  jpeg: {
    opaque: { quality: 82, loss: 23.3 },
    alpha: { quality: 82, loss: 23.3 },
    small: 84,
    curve: [
      [50, 0.16],
      [60, 0],
      [70, -0.18],
      [80, -0.45],
      [88, -0.77],
      [94, -1.35],
    ],
    trial: { mozjpeg: true },
    doubt: 0.08,
  },
}

/** A picture made ready for being encoded and measured. */
export interface Subject {
  pixels: Pixels
  alpha: boolean
  /** Where it is measured, and by whom. */
  spots: Spot[]
  judge: Judge
  /** What trials encode; undefined where the whole picture is measured. */
  mosaic: Mosaic | undefined
}

interface Mosaic {
  pixels: Pixels
  spots: Spot[]
  /** Of the source, as the judge knows them. */
  tiles: Tile[]
}

export function subjectOf(pixels: Pixels): Subject {
  const parts = partsOf(pixels.info)
  const count = Math.min(MOST_PARTS, Math.max(1, Math.round(parts * SHARE)))
  const chosen = parts < WHOLE ? [] : chooseSpots(pixels, count)
  const spots = chosen.length > 0 ? chosen : coverSpots(pixels)
  const tiles = cutTiles(pixels, spots)
  return {
    pixels,
    alpha: pixels.info.channels % 2 === 0,
    spots,
    judge: judge(tiles),
    mosaic: chosen.length > 0 ? { ...mosaicOf(pixels, chosen), tiles } : undefined,
  }
}

/** How like the picture an encoding of it is, where it is measured. */
export async function scoreOf({ judge, spots }: Subject, encoded: Buffer | Pixels): Promise<number> {
  return judge.score(cutTiles(Buffer.isBuffer(encoded) ? await decodeOwn(encoded) : encoded, spots))
}

/** The quality that should score `target` where `quality` scored `score`. */
export function betterQuality(format: Lossy, quality: number, score: number, target: number): number {
  const { curve } = PRIORS[format]
  return qualityAt(curve, lossAt(curve, quality) + Math.log((100 - target) / Math.max(1, 100 - score)))
}

export interface Found {
  data: Buffer
  settings: Settings
  score: number
  /** Encodes of the whole picture that it took. */
  encodes: number
}

/** Encodes a picture so that it scores `likeness`, and more or less by its size, or as near to it as the encoder comes. */
export async function encodeTo(subject: Subject, format: Lossy, settings: Settings, likeness: number): Promise<Found> {
  const { curve, small, doubt, [subject.alpha ? 'alpha' : 'opaque']: prior } = PRIORS[format]
  const target = likeness + pointsFor(subject.pixels.info)
  const wanted = Math.log(100 - target)
  const [usually, at] = subject.mosaic ? [prior.quality, TARGET] : [small, TARGET + 6]
  const first = qualityAt(curve, lossAt(curve, usually) + wanted - Math.log(100 - at))
  const make = async (quality: number): Promise<Omit<Found, 'score' | 'encodes'>> => {
    const all = { ...settings, quality }
    return { data: await encode(subject.pixels, format, all), settings: all }
  }
  /** Where the loss would be the one wanted, were it `loss` at `quality`. */
  const towards = (quality: number, loss: number): number => qualityAt(curve, lossAt(curve, quality) + wanted - loss)

  if (subject.mosaic) {
    const trial = Math.log(await lossOfTrial(subject.mosaic, subject.judge, format, first))
    const usual = Math.log(prior.loss) + wanted - Math.log(100 - TARGET)
    const shown = trial - usual
    const loss = wanted + shown - Math.max(-doubt, Math.min(doubt, shown))
    const quality = towards(first, loss)
    const score = 100 - Math.exp(loss + lossAt(curve, quality) - lossAt(curve, first))
    return { ...(await make(quality)), score, encodes: 1 }
  }
  const once = await make(first)
  const score = await scoreOf(subject, once.data)
  const quality = towards(first, Math.log(Math.max(1, 100 - score)))
  if (Math.abs(target - score) < CLOSE || quality === first) return { ...once, score, encodes: 1 }
  const again = await make(quality)
  return { ...again, score: await scoreOf(subject, again.data), encodes: 2 }
}

function pointsFor({ width, height }: Pixels['info']): number {
  const doublings = Math.log2((width * height) / USUAL_PIXELS) / 2
  return Math.max(-3, Math.min(6, -BY_SIZE * doublings))
}

/** A score this near is not worth a second encode. */
const CLOSE = 3

async function lossOfTrial(
  { pixels, spots, tiles }: Mosaic,
  judge: Judge,
  format: Lossy,
  quality: number,
): Promise<number> {
  const settings = { ...PRIORS[format].trial, quality }
  // WebP's alpha is as good as exact, and half the work.
  const isApart = format === 'webp' && pixels.info.channels === 4
  const made = await decodeOwn(await encode(isApart ? withoutAlpha(pixels) : pixels, format, settings))
  const cut = cutTiles(made, spots)
  if (isApart) for (const [at, tile] of cut.entries()) copyAlpha(tiles[at] ?? tile, tile)
  return Math.max(1, 100 - judge.score(cut))
}

function copyAlpha(from: Tile, to: Tile): void {
  for (let at = 3; at < to.length; at += 4) to[at] = from[at] as number
}

/** By straight lines between the points of a curve. */
function lossAt(curve: Prior['curve'], quality: number): number {
  const [[fromQuality, fromLoss], [toQuality, toLoss]] = around(curve, ([at]) => at >= quality)
  return fromLoss + ((toLoss - fromLoss) * (quality - fromQuality)) / (toQuality - fromQuality)
}

/** The whole quality of this loss, or the nearest there is. */
function qualityAt(curve: Prior['curve'], loss: number): number {
  const [[fromQuality, fromLoss], [toQuality, toLoss]] = around(curve, ([, at]) => at <= loss)
  const quality = fromQuality + ((toQuality - fromQuality) * (loss - fromLoss)) / (toLoss - fromLoss)
  return Math.round(Math.min(curve.at(-1)?.[0] ?? quality, Math.max(curve[0]?.[0] ?? quality, quality)))
}

type Point = Prior['curve'][number]
function around(curve: Prior['curve'], isPast: (point: Point) => boolean): [Point, Point] {
  const found = curve.findIndex((point) => isPast(point))
  const at = Math.max(1, found < 0 ? curve.length - 1 : found)
  return [curve[at - 1] as Point, curve[at] as Point]
}
