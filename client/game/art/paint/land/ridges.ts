import { clamp, mix, smooth, type Color } from '../color.ts'
import { paint, type Picture } from '../picture.ts'
import { createRandom, fbm, ridged } from '../random.ts'

/** One chain of mountains; heights are shares of the canvas height, measured from its top. */
export interface Ridge {
  seed: string
  /** Where the highest peaks reach and where the valleys lie. */
  top: number
  foot: number
  /** Peaks across the canvas; default 5. */
  peaks?: number
  /** Rock in the light and in the shade. */
  light: Color
  dark: Color
  /** The air in front: its colour, and how much of it lies at the foot (the summit gets a third of it). */
  haze: Color
  hazy: number
  /** How far down from the top the snow reaches, as a share of the ridge's height; default 0. */
  snow?: number
  snowColor?: Color
  /** Cracks of glowing lava; default 0. */
  lava?: number
  /** Lowers the chain where the share of the width is near 0.5, to open the view; default 0. */
  gap?: number
}

/** Paints a chain of mountains over a transparent sky, lit from the upper left. */
export function paintRidge(width: number, height: number, ridge: Ridge): Picture {
  const random = createRandom(ridge.seed)
  const seed = Math.floor(random.next() * 10000)
  const offset = random.range(0, 100)
  const peaks = ridge.peaks ?? 5
  const crest = new Float32Array(width)
  const tall = ridge.foot - ridge.top
  for (let x = 0; x < width; x++) {
    const u = x / width
    const shape =
      ridged(u * peaks * 0.5 + offset, 0.3, 6, seed) * 0.75 + fbm(u * peaks + offset, 3.1, 3, seed + 3) * 0.45
    const gap = 1 - (ridge.gap ?? 0) * Math.exp(-(((u - 0.5) / 0.16) ** 2))
    crest[x] = (ridge.foot - tall * clamp((shape - 0.38) * 1.75) ** 1.15 * gap) * height
  }
  const relief = (x: number, y: number) =>
    ridged(
      (x / width) * peaks * 2.6 + offset + (y / width) * peaks * 0.9,
      (y / width) * peaks * 3.4 - (x / width) * peaks * 0.5,
      5,
      seed + 7,
    )
  return paint(width, height, (x, y) => {
    const line = crest[x] ?? 0
    const cover = clamp(y - line + 0.5)
    if (cover <= 0) return [0, 0, 0, 0]
    const depth = (y - line) / (tall * height)
    const here = relief(x, y)
    const slope = (relief(x + width * 0.003, y + width * 0.002) - here) * 9
    const side = ((crest[Math.min(width - 1, x + 8)] ?? 0) - (crest[Math.max(0, x - 8)] ?? 0)) / 16
    const facing = clamp(0.5 - slope * 0.55 - side * 0.3 * Math.exp(-depth * 5))
    let color = mix(ridge.dark, ridge.light, smooth(0.15, 0.85, facing))
    const snow = ridge.snow ?? 0
    if (snow > 0) {
      const level = (y / height - ridge.top) / tall
      const cap = smooth(
        snow * 1.15,
        snow * 0.6,
        level + (here - 0.5) * 0.5 + (fbm(x / 40, y / 40, 2, seed) - 0.5) * 0.12,
      )
      const white = ridge.snowColor ?? [0.93, 0.94, 1]
      color = mix(color, mix(mix(white, ridge.dark, 0.55), white, smooth(0.2, 0.75, facing)), cap)
    }
    if (ridge.lava) {
      const crack = fbm((x / width) * 14 + offset, (y / width) * 9, 4, seed + 17)
      const flow = smooth(0.03, 0.006, Math.abs(crack - 0.5)) * ridge.lava * smooth(0.02, 0.2, depth)
      color = mix(color, [1, 0.52, 0.16], flow)
    }
    const air = ridge.hazy * (0.34 + 0.66 * smooth(0, 1, depth))
    const [red, green, blue] = mix(color, ridge.haze, air)
    return [red * cover, green * cover, blue * cover, cover]
  })
}
