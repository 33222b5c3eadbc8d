import { hex } from './color.ts'
import { evening, figure, relight, tint, type Light } from './figure.ts'
import { boulder, bush, tuft } from './land/trees.ts'
import { blank, blur, lay, resize, silhouette, turn, type Picture } from './picture.ts'
import { createRandom } from './random.ts'
import { draw } from './svg.ts'

const habitats = {
  rat: 'stones',
  wolf: 'thicket',
  boar: 'thicket',
  spider: 'stones',
  bat: 'air',
  snake: 'grass',
  crocodile: 'reeds',
  zombie: 'thicket',
  ghost: 'air',
  goblin: 'grass',
  ogre: 'stones',
  dragon: 'embers',
} as const

const codes: Record<Monster, string> = {
  rat: '1f400',
  wolf: '1f43a',
  boar: '1f417',
  spider: '1f577-fe0f',
  bat: '1f987',
  snake: '1f40d',
  crocodile: '1f40a',
  zombie: '1f9df',
  ghost: '1f47b',
  goblin: '1f9cc',
  ogre: '1f479',
  dragon: '1f409',
}

/** A monster's id. */
export type Monster = keyof typeof habitats

/** Every monster's id. */
export const monsters = Object.keys(habitats) as Monster[]

/** A monster without its ground, `size` pixels square, in a light. */
export function beast(id: Monster, size: number, light: Light = evening): Promise<Picture> {
  return figure(codes[id], size, light)
}

function glowBehind(
  picture: Picture,
  color: readonly [number, number, number],
  sigma: number,
  strength: number,
): Picture {
  const glow = blur(silhouette(picture, color, strength), sigma)
  return lay(glow, picture)
}

/** A monster on a scrap of its own ground, 512 px square. */
export async function paintMonster(id: Monster): Promise<Picture> {
  const size = 512
  const habitat = habitats[id]
  const random = createRandom(`monster ${id}`)
  const canvas = blank(size, size)
  const ground = habitat === 'air' ? 470 : 452
  const shadow = await draw(
    size,
    size,
    `<ellipse cx="285" cy="${ground}" rx="${habitat === 'air' ? 120 : 190}" ry="${habitat === 'air' ? 16 : 26}" fill="#080a1c" opacity=".62"/>`,
  )
  lay(canvas, blur(shadow, 12))
  const leaf = { dark: hex('#14352f'), light: hex('#5d9a63') }
  const rock = { dark: hex('#353453'), light: hex('#9a98b8') }
  let back = ''
  let front = ''
  if (habitat === 'thicket') {
    back += bush(random, 110, 470, 190, leaf) + bush(random, 410, 470, 190, leaf)
    for (const [x, wide] of [
      [90, 150],
      [250, 190],
      [420, 160],
    ] as const)
      front += bush(random, x, 500, wide, leaf)
  }
  if (habitat === 'stones') {
    for (const [x, wide] of [
      [86, 90],
      [430, 110],
      [370, 60],
      [150, 50],
    ] as const)
      front += boulder(random, x, 474, wide, rock)
  }
  if (habitat === 'grass' || habitat === 'stones' || habitat === 'reeds') {
    for (let count = 0; count < 34; count++) {
      const x = random.range(60, 460)
      front += tuft(
        random,
        x,
        478 - Math.abs(x - 256) * 0.03,
        random.range(18, habitat === 'reeds' ? 90 : 44) * (0.5 + Math.abs(x - 256) / 300),
        leaf,
        6,
      )
    }
  }
  if (habitat === 'embers') {
    for (const [x, wide] of [
      [80, 100],
      [150, 60],
      [438, 110],
      [360, 56],
    ] as const)
      front += boulder(random, x, 476, wide, { dark: hex('#2a1838'), light: hex('#8a5a68') })
  }
  lay(canvas, await draw(size, size, back))
  const light: Light =
    id === 'ghost' ? { ...evening, amount: 0.16 } : { ...evening, amount: 0.26, rimStrength: 0.9, keyStrength: 0.5 }
  let body = await beast(id, habitat === 'air' ? 400 : 420, light)
  if (id === 'spider') body = tint(body, [0.62, 0.5, 0.85], 0.4)
  if (id === 'crocodile') body = await resize(await turn(body, 68), 490, 490)
  if (id === 'bat') body = tint(body, [0.72, 0.55, 0.72], 0.5)
  if (id === 'ghost') body = glowBehind(body, [0.5, 0.85, 0.95], 16, 0.5)
  lay(
    canvas,
    body,
    (size - body.width) / 2,
    habitat === 'air' ? 28 : ground + (id === 'crocodile' ? 46 : 8) - body.height,
  )
  if (habitat === 'embers') {
    lay(
      canvas,
      blur(await draw(size, size, '<ellipse cx="256" cy="462" rx="180" ry="20" fill="#ff7a1f" opacity=".5"/>'), 14),
    )
  }
  lay(canvas, relight(await draw(size, size, front || '<g/>'), { ...evening, amount: 0.2 }))
  return canvas
}
