import { along, clamp, mix, smooth, type Color } from '../color.ts'
import { paint, type Picture } from '../picture.ts'
import { createRandom, fbm } from '../random.ts'

/** What a sky is painted from; lengths are shares of the width, heights shares of the height. */
export interface Sky {
  seed: string
  /** Colours from the zenith (0) to the horizon (1). */
  stops: readonly (readonly [number, Color])[]
  /** Where the sky meets the land, as a share of the height. */
  horizon: number
  /** The moon or the sun: its middle, its radius as a share of the width, its colour. */
  moon?: { x: number; y: number; radius: number; color: Color }
  /** Stars in a thousand pixels of width; default 120. */
  stars?: number
  /** Bands of cloud from 0 (clear) to 1; their two colours, away from the light and towards it. */
  clouds?: { amount: number; dark: Color; light: Color }
  /** A glow on the horizon: where along it, how wide, its colour and strength. */
  glow?: { x: number; width: number; color: Color; strength: number }
}

/** Paints an opaque sky over the whole canvas. */
export function paintSky(width: number, height: number, sky: Sky): Picture {
  const random = createRandom(sky.seed)
  const seed = Math.floor(random.next() * 10000)
  const { moon, glow, clouds, horizon } = sky
  const stars = Array.from({ length: Math.round(((sky.stars ?? 120) * width) / 1000) }, () => ({
    x: random.next() * width,
    y: random.next() ** 1.5 * horizon * height,
    size: random.range(0.6, 1) * (random.next() < 0.08 ? 2.1 : 1.15) * (width / 1600),
    light: random.range(0.25, 1),
  }))
  const picture = paint(width, height, (px, py) => {
    const x = px / width
    const y = py / height
    const h = y / horizon
    let color = along(sky.stops, h + (fbm(x * 3, y * 6, 3, seed) - 0.5) * 0.1)
    if (glow) {
      const dx = (x - glow.x) / glow.width
      const light = Math.exp(-dx * dx) * Math.exp(-((1 - h) ** 2) * 7) * glow.strength
      color = mix(color, glow.color, Math.min(0.85, light))
    }
    let [red, green, blue] = color
    if (moon) {
      const distance = Math.hypot(px - moon.x * width, py - moon.y * height) / (moon.radius * width)
      const disc = smooth(1.03, 0.97, distance)
      const halo =
        Math.exp(-Math.max(0, distance - 1) * 0.85) * 0.42 + Math.exp(-Math.max(0, distance - 1) * 0.22) * 0.26
      const spots =
        0.86 +
        0.14 * smooth(0.35, 0.62, fbm((px / width / moon.radius) * 1.3, (py / width / moon.radius) * 1.3, 4, seed + 5))
      const edge = 1 - 0.05 * clamp(distance) ** 3
      const face = disc * spots * edge
      red = red * (1 - disc) + moon.color[0] * (face * 1.06 + halo * (1 - disc))
      green = green * (1 - disc) + moon.color[1] * (face * 1.06 + halo * (1 - disc))
      blue = blue * (1 - disc) + moon.color[2] * (face * 1.06 + halo * (1 - disc))
    }
    if (clouds) {
      const stretch = 0.55 + h * 0.6
      const warp = fbm(x * 4, y * 9, 3, seed + 31) * 0.5
      const field = fbm(x * 4.2 * stretch + warp, y * 17 * stretch + warp, 5, seed + 11)
      const band = smooth(0.04, 0.3, h) * smooth(1.15, 0.75, h)
      const thick = smooth(0.5 + (1 - clouds.amount) * 0.16, 0.86, field) * band
      const lift = fbm(x * 4.2 * stretch + warp - 0.05, y * 17 * stretch + warp - 0.16, 5, seed + 11)
      const facing = clamp((field - lift) * 3.4 + 0.4)
      const near = moon ? Math.exp(-Math.hypot(x - moon.x, (y - moon.y) * 0.7) * 3.2) : 0
      const tone = mix(clouds.dark, clouds.light, clamp(facing * 0.75 + near * 0.55))
      const veil = moon && Math.hypot(px - moon.x * width, py - moon.y * height) < moon.radius * width * 1.02 ? 0.35 : 1
      const alpha = thick * 0.88 * clouds.amount * veil
      red = red * (1 - alpha) + tone[0] * alpha
      green = green * (1 - alpha) + tone[1] * alpha
      blue = blue * (1 - alpha) + tone[2] * alpha
    }
    return [Math.min(1, red), Math.min(1, green), Math.min(1, blue), 1]
  })
  for (const star of stars) {
    if (moon && Math.hypot(star.x - moon.x * width, star.y - moon.y * height) < moon.radius * width * 2) continue
    twinkle(picture, star, smooth(1, 0.45, star.y / (horizon * height)))
  }
  return picture
}

function twinkle(picture: Picture, star: { x: number; y: number; size: number; light: number }, fade: number): void {
  const { width, height, data } = picture
  const reach = Math.ceil(star.size * 3)
  for (let y = Math.floor(star.y) - reach; y <= star.y + reach; y++) {
    for (let x = Math.floor(star.x) - reach; x <= star.x + reach; x++) {
      if (x < 0 || y < 0 || x >= width || y >= height) continue
      const distance = Math.hypot(x - star.x, y - star.y) / star.size
      const light = Math.exp(-distance * distance * 1.6) * star.light * fade
      const at = (y * width + x) * 4
      data[at] = Math.min(1, (data[at] ?? 0) + light * 0.95)
      data[at + 1] = Math.min(1, (data[at + 1] ?? 0) + light * 0.92)
      data[at + 2] = Math.min(1, (data[at + 2] ?? 0) + light)
    }
  }
}
