import { hex, mix, type Color } from '../color.ts'
import { mist } from './air.ts'
import { paintMeadow, type Meadow } from './meadow.ts'
import { paintSky } from './sky.ts'
import { row, snag } from './trees.ts'
import type { View } from './view.ts'
import { lay, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw, n } from '../svg.ts'

function reeds(view: View, count: number, from: number, tall: number, tones: { dark: Color; light: Color }): string {
  const { width, height } = view
  const random = createRandom(`${view.seed} reeds ${from}`)
  let out = ''
  for (let index = 0; index < count; index++) {
    const side = random.next() < 0.5 ? -1 : 1
    const x = (0.5 + side * (0.5 - random.next() ** 1.8 * 0.42)) * width
    const y = (from + random.next() * (1.03 - from)) * height
    const up = tall * height * random.range(0.5, 1.2) * (0.35 + (y / height - from) * 1.6)
    const bend = random.range(-0.25, 0.25) * up
    const tone = mix(tones.dark, tones.light, random.next() * 0.8)
    const thick = Math.max(1, up * 0.016)
    out += `<path d="M${n(x)} ${n(y)}Q${n(x)} ${n(y - up * 0.6)} ${n(x + bend)} ${n(y - up)}" fill="none" stroke="rgb(${tone.map((c) => Math.round(c * 255)).join(',')})" stroke-width="${n(thick)}" stroke-linecap="round"/>`
    if (random.next() < 0.45) {
      out += `<path d="M${n(x + bend * 0.9)} ${n(y - up * 0.95)}L${n(x + bend * 1.02)} ${n(y - up * 1.13)}" stroke="#5b3b2a" stroke-width="${n(thick * 3.6)}" stroke-linecap="round"/>`
    }
  }
  return out
}

/** Mirefen: green gloom, bare trees, reeds and still water. */
export async function mirefen(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.56, light, water = 0.5 } = view
  const far = hex('#7fa79a')
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#122634')],
      [0.45, hex('#1f4a54')],
      [0.8, hex('#4f8378')],
      [1, hex('#c9c78a')],
    ],
    stars: 50,
    clouds: { amount: 0.9, dark: hex('#1d3c48'), light: hex('#93b7a0') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.055, color: hex('#f3f7cf') } } : {}),
    glow: { x: light?.x ?? 0.5, width: 0.4, color: hex('#e8dc94'), strength: 0.5 },
  })
  const random = createRandom(`${seed} snags`)
  const s = height / 900
  for (const [index, layer] of [
    { drop: -0.005, tall: [60, 150], every: 30, dark: mix(hex('#2f5a5c'), far, 0.5), fog: 0.7 },
    { drop: 0.015, tall: [110, 240], every: 64, dark: mix(hex('#1f4548'), far, 0.2), fog: 0.6 },
  ].entries()) {
    const trees = row(`${seed} ${index}`, width, {
      line: () => (horizon + layer.drop + 0.02) * height,
      tall: [layer.tall[0] ?? 0, layer.tall[1] ?? 0].map((value) => value * s) as [number, number],
      every: layer.every * s,
      tones: { dark: layer.dark, light: mix(layer.dark, hex('#a9d0b8'), 0.35) },
      detail: 0.6,
      bare: 0.45,
      open: index * 0.16,
    })
    lay(picture, await draw(width, height, trees))
    mist(picture, { seed: 60 + index, y: horizon + layer.drop, thick: 0.07, color: hex('#a9c9a8'), amount: layer.fog })
  }
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.015,
    roll: 0.03,
    far: hex('#6f9488'),
    middle: hex('#3a6652'),
    near: hex('#16342f'),
    light: hex('#9fb562'),
    water: { amount: 0.36 + water * 0.3, color: hex('#1d4a55'), shine: hex('#a8d8bd') },
  }
  lay(picture, paintMeadow(width, height, meadow))
  let near = reeds(view, 150, horizon + 0.04, 0.2, { dark: hex('#1d4238'), light: hex('#8aa85c') })
  if (view.frame ?? true) {
    near += snag(random, width * random.range(0.03, 0.12), height * 0.86, height * 0.85, hex('#0f2426'))
    near += snag(random, width * random.range(0.88, 0.97), height * 0.9, height * 0.95, hex('#0f2426'))
  }
  lay(picture, await draw(width, height, near))
  mist(picture, { seed: 71, y: horizon + 0.16, thick: 0.05, color: hex('#a8cdb4'), amount: 0.35 })
  return picture
}
