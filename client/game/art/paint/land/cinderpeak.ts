import { hex, mix, palette } from '../color.ts'
import { mist, motes } from './air.ts'
import { paintMeadow, type Meadow } from './meadow.ts'
import { paintRidge } from './ridges.ts'
import { paintSky } from './sky.ts'
import { boulder } from './trees.ts'
import { wayOf, type View } from './view.ts'
import { lay, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw } from '../svg.ts'

/** Cinderpeak: red dusk, burning ridges, ash with lava in its cracks. */
export async function cinderpeak(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.6, light, lava = 0.6, path } = view
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#1a1030')],
      [0.4, hex('#401c48')],
      [0.75, hex('#8f3350')],
      [1, hex('#ff8f4a')],
    ],
    stars: 40,
    clouds: { amount: 1, dark: hex('#2c1738'), light: hex('#e0705a') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.045, color: hex('#ffd9a8') } } : {}),
    glow: { x: light?.x ?? 0.6, width: 0.35, color: hex('#ffb45a'), strength: 0.9 },
  })
  lay(
    picture,
    paintRidge(width, height, {
      seed: `${seed} far`,
      top: horizon - 0.44,
      foot: horizon + 0.05,
      peaks: 3.4,
      light: hex('#9a5468'),
      dark: hex('#4a2350'),
      haze: hex('#d9694f'),
      hazy: 0.55,
      lava: lava * 0.7,
    }),
  )
  mist(picture, { seed: 81, y: horizon - 0.03, thick: 0.06, color: hex('#ff9a5a'), amount: 0.5 })
  lay(
    picture,
    paintRidge(width, height, {
      seed: `${seed} near`,
      top: horizon - 0.24,
      foot: horizon + 0.06,
      peaks: 6,
      light: hex('#6f3f5a'),
      dark: hex('#2a1738'),
      haze: hex('#a8455a'),
      hazy: 0.4,
      lava,
      gap: 0.7,
    }),
  )
  mist(picture, { seed: 82, y: horizon + 0.02, thick: 0.05, color: hex('#e8754a'), amount: 0.55 })
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.02,
    roll: 0.06,
    far: hex('#8a4658'),
    middle: hex('#43263f'),
    near: hex('#1b1226'),
    light: hex('#96606a'),
    lava,
    ...(path ? { path: { middle: wayOf(path), half: 0.12, color: hex('#7d5a5e') } } : {}),
  }
  lay(picture, paintMeadow(width, height, meadow))
  const random = createRandom(`${seed} rocks`)
  const rocks: { y: number; svg: string }[] = []
  for (let index = 0; index < 90; index++) {
    const depth = random.next()
    const side = random.next() < 0.5 ? -1 : 1
    const x = (0.5 + side * (0.12 + 0.42 * random.next() ** 0.7)) * width
    const y = (horizon + 0.06 + depth * (0.98 - horizon)) * height
    rocks.push({
      y,
      svg: boulder(random, x, y, (0.012 + depth * random.range(0.03, 0.12)) * height, {
        dark: mix(hex('#2a1838'), hex('#5a2f48'), 1 - depth),
        light: mix(hex('#7a566e'), hex('#b56a62'), 1 - depth),
      }),
    })
  }
  lay(
    picture,
    await draw(
      width,
      height,
      [...rocks]
        .sort((a, b) => a.y - b.y)
        .map(({ svg }) => svg)
        .join(''),
    ),
  )
  return motes(picture, {
    seed: `${seed} sparks`,
    count: 60,
    box: [0, 0.1, 1, 0.95],
    size: [0.9, 2.2],
    color: palette.ember,
  })
}
