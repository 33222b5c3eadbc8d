import { SIDE, type Tile } from './tiles.ts'

/**
 * How alike two pictures look, from 100 (the same) down: at 90 they cannot be told apart when flickered, at 80 not side by side, and at 70
 * hardly. The scale is that of SSIMULACRA 2 (Sneyers, Cloudinary 2022), and so is the way: structural similarity (Wang et al. 2004) and
 * lost and added detail, in the XYB colours of JPEG XL, at several scales, by norms that let the worst parts count. Ours takes windows of
 * 8 x 8 every 4 pixels in place of Gaussian ones at every pixel, three scales, and luma alone at the finest: a thirtieth of the work. Its
 * weights are fitted to SSIMULACRA 2 on 1,311 encodings of game art by four codecs; on pictures left out of the fit it is 1.1 away (root mean
 * square, scores from 62 to 92).
 */
export interface Judge {
  /** @param tiles the same tiles of the picture to be judged. */
  score(tiles: readonly Tile[]): number
}

/** What stands behind pixels that are not opaque; the lower score counts. Pixels that nobody sees do not. */
const GROUNDS = [26, 230]

/** sRGB to linear light. */
const LINEAR = Float32Array.from({ length: 256 }, (_, value) => {
  const part = value / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
})

/** XYB's cube root with its bias, as a table over linear light. */
const STEPS = 16_384
const BIAS = 0.0037930734
const ROOT = Float32Array.from({ length: STEPS + 2 }, (_, step) => Math.cbrt(step / STEPS + BIAS) - Math.cbrt(BIAS))

const BLOCK = 4
/** The constant that keeps SSIM calm where there is no structure. */
const CALM = 0.0009

/** The planes that are looked at: which part of a side, which channel. */
const PLANES = [
  { part: 1, channel: 'y' },
  { part: 2, channel: 'x' },
  { part: 2, channel: 'b' },
  { part: 4, channel: 'x' },
  { part: 4, channel: 'y' },
] as const

/** What a plane's errors weigh: 1 - SSIM by its mean and its fourth power's, detail added and lost by theirs. */
type Errors = [ssim: number, ssim4: number, added4: number, lost4: number]
const WEIGHTS: readonly Errors[] = [
  [5.2, 20.3, 31.7, 66.6],
  [0, 7.2, 58.2, 0],
  [0, 12.4, 104.9, 108.2],
  [0, 0, 320.5, 0],
  [717, 31.2, 300.2, 29.5],
]
/** Of SSIMULACRA 2's last step. */
const EXPONENT = 0.6276

interface Plane {
  side: number
  values: Float32Array
}

/** A tile on one ground; `seen` says by blocks where anything is to be seen. */
interface View {
  planes: Plane[]
  seen: Uint8Array | undefined
}

/** Prepares a picture for being compared with encodings of it. */
export function judge(reference: readonly Tile[]): Judge {
  const views = reference.map((tile) => viewsOf(tile))
  return {
    score(tiles) {
      return Math.min(...GROUNDS.map((ground, index) => scoreOf(sumErrors(views, tiles, ground, index))))
    },
  }
}

/** An opaque tile looks the same on every ground. */
function viewsOf(tile: Tile): View[] {
  let isOpaque = true
  for (let at = 3; at < tile.length; at += 4) if (tile[at] !== 255) isOpaque = false
  const seen = isOpaque ? undefined : seenBlocks(tile)
  return (isOpaque ? [GROUNDS[0] ?? 0] : GROUNDS).map((ground) => ({
    planes: planesOf(tile, ground, newPlanes()),
    seen,
  }))
}

const BLOCKS = SIDE / BLOCK
function seenBlocks(tile: Tile): Uint8Array {
  const seen = new Uint8Array(BLOCKS * BLOCKS)
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      if ((tile[(y * SIDE + x) * 4 + 3] as number) > 0) seen[(y >> 2) * BLOCKS + (x >> 2)] = 1
  return seen
}

/** Sums of the errors of every plane, and in the last place the number of windows they were summed over. */
function sumErrors(views: View[][], tiles: readonly Tile[], ground: number, index: number): Float64Array {
  const sums = new Float64Array(PLANES.length * 5)
  for (const [at, tile] of tiles.entries()) {
    const view = views[at]?.[index] ?? views[at]?.[0]
    if (!view) continue
    for (const [plane, { values, side }] of planesOf(tile, ground, judged).entries())
      compare((view.planes[plane] as Plane).values, values, side, view.seen, sums.subarray(plane * 5, plane * 5 + 5))
  }
  return sums
}

/** The norms of each plane's errors: what {@link WEIGHTS} weigh. */
const normsOf = (sums: Float64Array): Errors[] =>
  PLANES.map((_, plane) => {
    const [ssim = 0, ssim4 = 0, added4 = 0, lost4 = 0, windows = 0] = sums.subarray(plane * 5, plane * 5 + 5)
    const mean = (sum: number): number => (windows > 0 ? sum / windows : 0)
    return [mean(ssim), mean(ssim4) ** 0.25, mean(added4) ** 0.25, mean(lost4) ** 0.25]
  })

function scoreOf(sums: Float64Array): number {
  let error = 0
  for (const [plane, norms] of normsOf(sums).entries())
    for (const [at, norm] of norms.entries()) error += norm * (WEIGHTS[plane]?.[at] ?? 0)
  return 100 - 10 * error ** EXPONENT
}

/** One set serves every picture that is judged: each is done with before the next one. */
const judged = newPlanes()
const light = [1, 2, 4].map((part) => new Float32Array((SIDE / part) ** 2 * 3)) as [
  Float32Array,
  Float32Array,
  Float32Array,
]

function newPlanes(): Plane[] {
  return PLANES.map(({ part }) => ({ side: SIDE / part, values: new Float32Array((SIDE / part) ** 2) }))
}

/** The planes of a tile on a ground, in the order of {@link PLANES}. */
function planesOf(tile: Tile, ground: number, planes: Plane[]): Plane[] {
  const [whole, half, quarter] = light
  const [y1, x2, b2, x4, y4] = planes.map(({ values }) => values) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  for (let at = 0, from = 0, to = 0; at < y1.length; at++, from += 4, to += 3) {
    let red = tile[from] as number
    let green = tile[from + 1] as number
    let blue = tile[from + 2] as number
    const alpha = tile[from + 3] as number
    if (alpha < 255) {
      const rest = ground * (255 - alpha)
      red = ((red * alpha + rest) / 255 + 0.5) | 0
      green = ((green * alpha + rest) / 255 + 0.5) | 0
      blue = ((blue * alpha + rest) / 255 + 0.5) | 0
    }
    const r = (whole[to] = LINEAR[red] as number)
    const g = (whole[to + 1] = LINEAR[green] as number)
    const b = (whole[to + 2] = LINEAR[blue] as number)
    y1[at] = 0.5 * (root(0.3 * r + 0.622 * g + 0.078 * b) + root(0.23 * r + 0.692 * g + 0.078 * b))
  }
  halve(whole, half, SIDE)
  halve(half, quarter, SIDE / 2)
  oppose(half, { x: x2, b: b2 })
  oppose(quarter, { x: x4, y: y4 })
  return planes
}

const root = (light: number): number => ROOT[(light * STEPS + 0.5) | 0] as number

/** Half the side, by means in linear light. */
function halve(from: Float32Array, to: Float32Array, side: number): void {
  const half = side / 2
  for (let y = 0, out = 0; y < half; y++)
    for (let x = 0; x < half; x++)
      for (let channel = 0; channel < 3; channel++, out++) {
        const at = (y * 2 * side + x * 2) * 3 + channel
        const below = at + side * 3
        to[out] =
          0.25 *
          ((from[at] as number) + (from[at + 3] as number) + (from[below] as number) + (from[below + 3] as number))
      }
}

/** XYB of linear light, scaled as SSIMULACRA 2 has it. */
function oppose(light: Float32Array, { x, y, b }: { x: Float32Array; y?: Float32Array; b?: Float32Array }): void {
  for (let at = 0, from = 0; at < x.length; at++, from += 3) {
    const red = light[from] as number
    const green = light[from + 1] as number
    const blue = light[from + 2] as number
    const long = root(0.3 * red + 0.622 * green + 0.078 * blue)
    const middle = root(0.23 * red + 0.692 * green + 0.078 * blue)
    x[at] = 7 * (long - middle)
    if (y) y[at] = 0.5 * (long + middle)
    if (b) b[at] = root(0.24342268 * red + 0.20476744 * green + 0.55180988 * blue) - 0.5 * (long + middle)
  }
}

const sums = Array.from({ length: 5 }, () => new Float32Array(BLOCKS * BLOCKS))

/** Adds a plane's errors: windows of two by two blocks, one block apart. */
function compare(
  one: Float32Array,
  other: Float32Array,
  side: number,
  seen: Uint8Array | undefined,
  into: Float64Array,
): void {
  const blocks = side / BLOCK
  const [ones, others, oneSquares, otherSquares, products] = sums as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  for (let row = 0, block = 0; row < blocks; row++)
    for (let column = 0; column < blocks; column++, block++) {
      let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0]
      for (let y = 0; y < BLOCK; y++) {
        const start = (row * BLOCK + y) * side + column * BLOCK
        for (let at = start; at < start + BLOCK; at++) {
          const u = one[at] as number
          const v = other[at] as number
          a += u
          b += v
          aa += u * u
          bb += v * v
          ab += u * v
        }
      }
      ones[block] = a
      others[block] = b
      oneSquares[block] = aa
      otherSquares[block] = bb
      products[block] = ab
    }
  const four = (of: Float32Array, at: number): number =>
    ((of[at] as number) + (of[at + 1] as number) + (of[at + blocks] as number) + (of[at + blocks + 1] as number)) /
    (4 * BLOCK * BLOCK)
  for (let row = 0; row + 1 < blocks; row++)
    for (let column = 0; column + 1 < blocks; column++) {
      if (seen && !isSeen(seen, row, column, BLOCKS / blocks)) continue
      const at = row * blocks + column
      const [meanOne, meanOther] = [four(ones, at), four(others, at)]
      const varianceOne = Math.max(0, four(oneSquares, at) - meanOne * meanOne)
      const varianceOther = Math.max(0, four(otherSquares, at) - meanOther * meanOther)
      const covariance = four(products, at) - meanOne * meanOther
      const shift = meanOne - meanOther
      const unlike = Math.max(
        0,
        1 - ((1 - shift * shift) * (2 * covariance + CALM)) / (varianceOne + varianceOther + CALM),
      )
      const gain = Math.sqrt(varianceOther) - Math.sqrt(varianceOne)
      const gain4 = gain ** 4
      into[0] = (into[0] as number) + unlike
      into[1] = (into[1] as number) + unlike ** 4
      if (gain > 0) into[2] = (into[2] as number) + gain4
      else into[3] = (into[3] as number) + gain4
      into[4] = (into[4] as number) + 1
    }
}

/** Whether a window of two by two blocks of a plane, each `scale` blocks of the tile wide, shows anything. */
function isSeen(seen: Uint8Array, row: number, column: number, scale: number): boolean {
  for (let y = row * scale; y < (row + 2) * scale; y++)
    for (let x = column * scale; x < (column + 2) * scale; x++) if (seen[y * BLOCKS + x] === 1) return true
  return false
}
