import { hex, mix, palette } from '../color.ts'
import { beams, mist } from './air.ts'
import { edgeOf, paintMeadow, type Meadow } from './meadow.ts'
import { paintRidge } from './ridges.ts'
import { paintSky } from './sky.ts'
import { boulder, row, tuft } from './trees.ts'
import { wayOf, type View } from './view.ts'
import { lay, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw } from '../svg.ts'

function grass(view: View, meadow: Meadow, amount: number, skipWater: boolean): string {
  const { width, height } = view
  const random = createRandom(`${view.seed} grass`)
  const list: { y: number; svg: string }[] = []
  for (let count = 0; count < amount; count++) {
    const depth = random.next() ** 0.7
    const x = random.next() * width
    const edge = edgeOf(meadow, x / width) * height
    const y = edge + depth * (height - edge)
    const { path } = meadow
    if (path && Math.abs(x / width - path.middle(depth)) < path.half * (0.035 + depth ** 1.25)) continue
    const size = (0.006 + depth * 0.035) * height * random.range(0.6, 1.4)
    const dark = mix(meadow.middle, meadow.near, depth)
    const tones = { dark: mix(dark, [0.03, 0.08, 0.1], 0.35), light: mix(meadow.light, dark, 0.35 + 0.4 * depth) }
    list.push({ y, svg: tuft(random, x, y, skipWater ? size * 1.5 : size, tones, 5) })
    if (count % 26 === 0) {
      list.push({
        y,
        svg: boulder(random, x, y, size * random.range(0.8, 1.8), {
          dark: mix(hex('#2b2f4a'), dark, 0.3),
          light: mix(hex('#8a8cab'), dark, 0.3),
        }),
      })
    }
  }
  return [...list]
    .sort((a, b) => a.y - b.y)
    .map(({ svg }) => svg)
    .join('')
}

/** Thornwood: blue night, snow far off, rows of spruces in mist, a trodden way. */
export async function thornwood(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.6, light, path = [0.5, 0.5], open = 0.45 } = view
  const far = hex('#5b6a94')
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#101638')],
      [0.45, hex('#27315f')],
      [0.8, hex('#55598c')],
      [1, hex('#c98a86')],
    ],
    stars: 90,
    clouds: { amount: 0.7, dark: hex('#232a56'), light: hex('#8e8fb8') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.05, color: hex('#fff3d6') } } : {}),
    glow: { x: light?.x ?? 0.5, width: 0.35, color: hex('#ffbf8a'), strength: 0.5 },
  })
  lay(
    picture,
    paintRidge(width, height, {
      seed,
      top: horizon - 0.34,
      foot: horizon + 0.04,
      peaks: 4,
      light: hex('#7f86b0'),
      dark: hex('#3a4276'),
      haze: hex('#8a86ad'),
      hazy: 0.6,
      snow: 0.3,
    }),
  )
  const s = height / 900
  for (const [index, layer] of [
    {
      drop: 0,
      tall: [90, 210],
      every: 22,
      dark: mix(hex('#28465e'), far, 0.5),
      lit: hex('#8b9cc0'),
      detail: 0.4,
      fog: 0.55,
      gap: 0,
    },
    {
      drop: 0.02,
      tall: [150, 320],
      every: 36,
      dark: mix(hex('#1d3f4c'), far, 0.2),
      lit: hex('#6d93a8'),
      detail: 0.7,
      fog: 0.45,
      gap: 0.3,
    },
    {
      drop: 0.05,
      tall: [260, 520],
      every: 62,
      dark: hex('#12313a'),
      lit: hex('#4c8a86'),
      detail: 1,
      fog: 0.25,
      gap: 1,
    },
  ].entries()) {
    const trees = row(`${seed} ${index}`, width, {
      line: (x) => (horizon + layer.drop + 0.06 * index * Math.abs(x / width - 0.5)) * height,
      tall: [layer.tall[0] ?? 0, layer.tall[1] ?? 0].map((value) => value * s) as [number, number],
      every: layer.every * s,
      tones: { dark: layer.dark, light: layer.lit, ...(index === 2 ? { rim: palette.ember } : {}) },
      detail: layer.detail,
      open: open * layer.gap,
      bare: 0.06,
    })
    lay(picture, await draw(width, height, trees))
    mist(picture, {
      seed: 40 + index,
      y: horizon + layer.drop,
      thick: 0.06,
      color: mix(far, hex('#d8a08e'), 0.35),
      amount: layer.fog,
    })
  }
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.02,
    roll: 0.05,
    far: hex('#56688a'),
    middle: hex('#2c5a4d'),
    near: hex('#12302e'),
    light: hex('#7fae6c'),
    path: { middle: wayOf(path), half: 0.12, color: hex('#a5825f') },
  }
  lay(picture, paintMeadow(width, height, meadow))
  lay(picture, await draw(width, height, grass(view, meadow, 900, false)))
  if (light) beams(picture, { x: light.x, y: light.y, color: hex('#ffdcae'), strength: 0.5, seed: 3 })
  return picture
}
