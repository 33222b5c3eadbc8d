import { smooth, type Color } from '../color.ts'
import { touch, type Picture } from '../picture.ts'
import { createRandom, fbm } from '../random.ts'

/** Lays a bank of mist on a picture in place: thickest at `y` (a share of the height), `thick` shares tall. */
export function mist(
  picture: Picture,
  { seed, y, thick, color, amount }: { seed: number; y: number; thick: number; color: Color; amount: number },
): Picture {
  const { width, height } = picture
  return touch(picture, (red, green, blue, alpha, px, py) => {
    const off = (py / height - y) / thick
    if (Math.abs(off) > 2.2) return [red, green, blue, alpha]
    const cloud = smooth(0.25, 0.75, fbm((px / width) * 5, (py / width) * 16, 4, seed))
    const a = Math.exp(-off * off * 1.4) * (0.45 + 0.75 * cloud) * amount * alpha
    return [red * (1 - a) + color[0] * a, green * (1 - a) + color[1] * a, blue * (1 - a) + color[2] * a, alpha]
  })
}

/** A pool of light: `x`, `y` in pixels, its two radii, colour and strength. Only what is already opaque is lit. */
export function pool(
  picture: Picture,
  { x, y, rx, ry, color, strength }: { x: number; y: number; rx: number; ry: number; color: Color; strength: number },
): Picture {
  return touch(picture, (red, green, blue, alpha, px, py) => {
    const away = ((px - x) / rx) ** 2 + ((py - y) / ry) ** 2
    if (away > 5 || alpha === 0) return [red, green, blue, alpha]
    const light = Math.exp(-away * 1.7) * strength * alpha
    return [
      red + light * color[0] * (0.22 + red * 1.5),
      green + light * color[1] * (0.22 + green * 1.5),
      blue + light * color[2] * (0.22 + blue * 1.5),
      alpha,
    ]
  })
}

/** Small lights in the air, each with its own halo: sparks, fireflies, wisps. */
export function motes(
  picture: Picture,
  {
    seed,
    count,
    box,
    size,
    color,
  }: {
    seed: string
    count: number
    box: readonly [number, number, number, number]
    size: readonly [number, number]
    color: Color
  },
): Picture {
  const random = createRandom(seed)
  const { width, height, data } = picture
  for (let mote = 0; mote < count; mote++) {
    const x = random.range(box[0], box[2]) * width
    const y = random.range(box[1], box[3]) * height
    const r = random.range(size[0], size[1]) * (width / 1600)
    const light = random.range(0.4, 1)
    const reach = Math.ceil(r * 7)
    for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(height, y + reach); py++) {
      for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(width, x + reach); px++) {
        const away = Math.hypot(px - x, py - y) / r
        const core = Math.exp(-away * away * 1.2)
        const glow = (core + Math.exp(-away * 0.75) * 0.32) * light * smooth(7, 4, away)
        const at = (py * width + px) * 4
        const alpha = data[at + 3] ?? 0
        for (let c = 0; c < 3; c++) {
          const tone = (color[c] ?? 0) * (1 - core * 0.4) + core * 0.4
          data[at + c] = Math.min(1, (data[at + c] ?? 0) + tone * glow)
        }
        data[at + 3] = Math.max(alpha, Math.min(1, glow * 0.9))
      }
    }
  }
  return picture
}

/** Darkens the edges, so that the eye stays in the middle. */
export function vignette(picture: Picture, strength = 0.45, color: Color = [0.03, 0.03, 0.1]): Picture {
  const { width, height } = picture
  return touch(picture, (red, green, blue, alpha, x, y) => {
    const dx = (x / width - 0.5) * 2
    const dy = (y / height - 0.48) * 2
    const a = smooth(0.55, 1.5, Math.hypot(dx, dy)) * strength
    return [red * (1 - a) + color[0] * a, green * (1 - a) + color[1] * a, blue * (1 - a) + color[2] * a, alpha]
  })
}

/** Beams of light falling from a point; `x`, `y` in shares of the canvas. */
export function beams(
  picture: Picture,
  { x, y, color, strength, seed }: { x: number; y: number; color: Color; strength: number; seed: number },
): Picture {
  const { width, height } = picture
  return touch(picture, (red, green, blue, alpha, px, py) => {
    const dx = px / width - x
    const dy = (py / height - y) * (height / width)
    const angle = Math.atan2(dx, Math.max(0.02, dy))
    const away = Math.hypot(dx, dy)
    const ray = smooth(0.45, 0.75, fbm(angle * 6 + 20, 2, 3, seed))
    const light = ray * strength * Math.exp(-away * 2.4) * smooth(0.02, 0.15, away) * smooth(0.01, 0.1, dy) * alpha
    return [
      red + light * color[0] * (1 - red),
      green + light * color[1] * (1 - green),
      blue + light * color[2] * (1 - blue),
      alpha,
    ]
  })
}
