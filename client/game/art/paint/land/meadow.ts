import { clamp, mix, smooth, type Color } from '../color.ts'
import { paint, type Picture } from '../picture.ts'
import { fbm } from '../random.ts'

/** A stretch of land seen from a low hill; shares of the canvas. */
export interface Meadow {
  seed: number
  /** Where the land begins, and how much its edge rolls. */
  top: number
  roll: number
  /** Colours far away, in the middle, near, and of its lit grass. */
  far: Color
  middle: Color
  near: Color
  light: Color
  /** The way through it: its middle for each depth (0 far, 1 near), its half width near the viewer, its colour. */
  path?: { middle: (depth: number) => number; half: number; color: Color }
  /** Still water instead of grass where noise is low: its share and colour. */
  water?: { amount: number; color: Color; shine: Color }
  /** Glowing cracks. */
  lava?: number
}

/** The y of the land's edge at a share of the width, as a share of the height. */
export function edgeOf(meadow: Meadow, u: number): number {
  return meadow.top + (fbm(u * 3.2 + 4, 0.5, 3, meadow.seed) - 0.5) * meadow.roll
}

/** Paints the land below its edge; transparent above. */
export function paintMeadow(width: number, height: number, meadow: Meadow): Picture {
  const { seed, path, water } = meadow
  return paint(width, height, (x, y) => {
    const u = x / width
    const edge = edgeOf(meadow, u) * height
    const ragged = edge + (fbm(u * 320, 1, 2, seed + 9) - 0.5) * height * 0.008
    const cover = clamp(y - ragged + 0.5)
    if (cover <= 0) return [0, 0, 0, 0]
    const depth = clamp((y - edge) / (height - edge))
    const far = 1 / (0.06 + depth)
    const flatX = (u - 0.5) * far * 3
    const flatY = far * 2.2
    const broad = fbm(flatX * 0.9 + 11, flatY * 1.7, 4, seed)
    const fine = fbm(flatX * 9, flatY * 14, 3, seed + 5)
    const blades = fbm(u * 240, (y / height) * 90, 2, seed + 13)
    const swell = fbm(u * 2.6 + 3, depth * 4.2, 3, seed + 21)
    let color =
      depth < 0.35
        ? mix(meadow.far, meadow.middle, smooth(0, 0.35, depth))
        : mix(meadow.middle, meadow.near, smooth(0.35, 1, depth))
    const lit = clamp(
      (broad - 0.42) * 1.9 +
        (fine - 0.5) * 0.6 +
        (blades - 0.5) * 0.55 * smooth(0.05, 0.4, depth) +
        (swell - 0.5) * 1.6,
    )
    color = mix(color, meadow.light, lit * 0.62 * (1 - depth * 0.35))
    color = mix(color, [color[0] * 0.6, color[1] * 0.66, color[2] * 0.78], smooth(0.5, 0.2, swell) * 0.55)
    if (water) {
      const level = fbm(u * 3.4 + 7, depth * 5.5 + 2, 3, seed + 33)
      const pond = smooth(water.amount, water.amount - 0.035, level) * smooth(0.02, 0.08, depth)
      const ripple = fbm(u * 30, depth * 190, 3, seed + 41)
      const shore = smooth(0.05, 0, Math.abs(level - water.amount)) * 0.4
      color = mix(color, [0.08, 0.09, 0.1], shore)
      color = mix(color, mix(water.color, water.shine, smooth(0.5, 0.85, ripple) * 0.8 + (1 - depth) * 0.35), pond)
    }
    if (meadow.lava) {
      const crack = fbm(flatX * 1.7 + 5, flatY * 1.9, 4, seed + 51)
      const wide = 0.012 + depth * 0.016
      const heat = smooth(wide * 3.4, 0, Math.abs(crack - 0.5)) * meadow.lava
      const core = smooth(wide, wide * 0.2, Math.abs(crack - 0.5)) * meadow.lava
      color = mix(
        mix(color, [0.75, 0.2, 0.06], heat * 0.7),
        mix([1, 0.42, 0.1], [1, 0.86, 0.45], smooth(0.4, 0.9, fine)),
        core,
      )
    }
    if (path) {
      const half = path.half * (0.035 + depth ** 1.25)
      const wander = (fbm(u * 60, depth * 30, 3, seed + 61) - 0.5) * half * 0.7
      const off = Math.abs(u - path.middle(depth) + wander) / half
      const trodden = smooth(1.15, 0.72, off)
      const dirt = mix(
        path.color,
        [path.color[0] * 0.62, path.color[1] * 0.6, path.color[2] * 0.62],
        clamp((fine - 0.35) * 1.6),
      )
      const rut = 1 - 0.2 * smooth(0.14, 0, Math.abs(off - 0.45))
      const pebble = smooth(0.68, 0.78, fbm(flatX * 26, flatY * 34, 2, seed + 71)) * 0.3
      const ground = mix(dirt, [0.85, 0.74, 0.62], pebble)
      const faded = mix(meadow.far, [ground[0] * rut, ground[1] * rut, ground[2] * rut], smooth(-0.1, 0.3, depth))
      color = mix(color, faded, trodden * 0.92)
    }
    const [red, green, blue] = color
    return [red * cover, green * cover, blue * cover, cover]
  })
}
