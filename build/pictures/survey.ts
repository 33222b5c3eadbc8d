import type { Pixels } from './codec.ts'

/** What one look over a picture's pixels tells. */
export interface Survey {
  isOpaque: boolean
  /** Red, green and blue, of what is not transparent. */
  mean: [red: number, green: number, blue: number]
  /** Distinct ones, counted up to {@link MANY}. */
  colours: number
  /** Share of the visible pixels that are the same as their left neighbour. */
  flat: number
  /** Share of the steps between neighbours that are great, of all steps. */
  hard: number
  /** True where no pixel is half transparent. */
  isCutOut: boolean
  /** Share of grey pixels. */
  grey: number
  /** Share of pixels that are vectors of length one pointing out of the picture, as normal maps have them. */
  unit: number
  /** Whole factor by which a smaller picture was scaled up, each of its pixels a square; 1 for none. */
  scale: number
}

/** Colours are not counted further. */
export const MANY = 257
/** Rows are left out where there are more pixels than this; for whether one is transparent, all are looked at. */
const ENOUGH = 60_000
/** The square of a unit vector's length as bytes hold it, give or take a tenth. */
const LEAST_UNIT = (127.5 * 0.9) ** 2
const GREATEST_UNIT = (127.5 * 1.1) ** 2
/** A step between neighbours, of 255, that an eye takes for an edge. */
const STEP = 24

export function survey({ data, info: { width, height, channels } }: Pixels): Survey {
  const [toGreen, toBlue] = channels > 2 ? [1, 2] : [0, 0]
  const alpha = channels === 4 ? 3 : channels === 2 ? 1 : undefined
  const isOpaque = alpha === undefined || everyIs(data, alpha, channels, 255)
  const every = Math.max(1, Math.floor((width * height) / ENOUGH))
  const colours = new Set<number>()
  let [red, green, blue] = [0, 0, 0]
  let [seen, same, steps, hard, grey, unit, halves] = [0, 0, 0, 0, 0, 0, 0]
  let scale = 0
  for (let y = 0; y < height; y += every) {
    let before = 0
    for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
      const r = data[at] as number
      const g = data[at + toGreen] as number
      const b = data[at + toBlue] as number
      const a = alpha === undefined ? 255 : (data[at + alpha] as number)
      // What cannot be seen is all one colour.
      const colour = a === 0 ? 0 : (a << 24) | (r << 16) | (g << 8) | b
      if (x > 0 && colour === before) {
        if (a > 0) same++
      } else {
        if (colours.size < MANY) colours.add(colour)
        if (x > 0) {
          if (scale !== 1) scale = divisor(scale, x)
          steps++
          if (isHard(data, at, channels)) hard++
        }
        before = colour
      }
      if (a === 0) continue
      seen++
      if (a < 255) halves++
      red += r
      green += g
      blue += b
      if (Math.abs(r - g) <= 3 && Math.abs(g - b) <= 3) grey++
      const square = (r - 127.5) ** 2 + (g - 127.5) ** 2 + (b - 127.5) ** 2
      if (b > 127 && square > LEAST_UNIT && square < GREATEST_UNIT) unit++
    }
  }
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
  return {
    isOpaque,
    mean: [share(red, seen), share(green, seen), share(blue, seen)],
    colours: colours.size,
    flat: share(same, seen),
    hard: share(hard, steps),
    isCutOut: halves === 0,
    grey: share(grey, seen),
    unit: share(unit, seen),
    scale: scale > 1 && steps >= 16 ? divisor(scale, verticalScale(data, { width, height, channels })) : 1,
  }
}

function everyIs(data: Buffer, from: number, step: number, value: number): boolean {
  for (let at = from; at < data.length; at += step) if (data[at] !== value) return false
  return true
}

function isHard(data: Buffer, at: number, channels: number): boolean {
  for (let channel = 0; channel < channels; channel++)
    if (Math.abs((data[at + channel] as number) - (data[at - channels + channel] as number)) > STEP) return true
  return false
}

/** The greatest common divisor of the rows at which some of the columns change. */
function verticalScale(data: Buffer, { width, height, channels }: Pixels['info']): number {
  let scale = 0
  for (let x = 0; x < width; x += Math.max(1, Math.floor(width / 64)))
    for (let y = 1; y < height && scale !== 1; y++) {
      const at = (y * width + x) * channels
      const above = at - width * channels
      for (let channel = 0; channel < channels; channel++)
        if (data[at + channel] !== data[above + channel]) {
          scale = divisor(scale, y)
          break
        }
    }
  return scale
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
