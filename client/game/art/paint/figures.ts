import { relight, type Light } from './air.ts'
import { hex, mix, palette } from './color.ts'
import { blank, blur, lay, silhouette, touch, type Picture } from './picture.ts'
import { createRandom } from './random.ts'
import { emoji } from './sources.ts'
import { draw } from './svg.ts'
import { boulder, bush, tuft } from './trees.ts'

/** The village's evening light on a cut-out figure. */
export const evening: Light = { air: palette.dusk, amount: 0.3, rim: palette.ember, key: hex('#cdd6ff') }

/** An emoji brought into a light, `size` pixels square. */
export async function figure(code: string, size: number, light: Light = evening): Promise<Picture> {
  return relight(await emoji(code, size), light)
}

/** Tints a figure towards one colour, keeping its light and shade. */
export function tint(picture: Picture, color: readonly [number, number, number], amount: number): Picture {
  return touch(picture, (red, green, blue, alpha) => {
    const light = (red * 0.3 + green * 0.55 + blue * 0.15) * 1.7
    return [
      red + (Math.min(alpha, light * color[0]) - red) * amount,
      green + (Math.min(alpha, light * color[1]) - green) * amount,
      blue + (Math.min(alpha, light * color[2]) - blue) * amount,
      alpha,
    ]
  })
}

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
  if (id === 'bat') body = tint(body, [0.72, 0.55, 0.72], 0.5)
  if (id === 'ghost') body = glowBehind(body, [0.5, 0.85, 0.95], 16, 0.5)
  lay(canvas, body, (size - body.width) / 2, habitat === 'air' ? 28 : ground + 8 - body.height)
  if (habitat === 'embers') {
    lay(
      canvas,
      blur(await draw(size, size, '<ellipse cx="256" cy="462" rx="180" ry="20" fill="#ff7a1f" opacity=".5"/>'), 14),
    )
  }
  lay(canvas, relight(await draw(size, size, front || '<g/>'), { ...evening, amount: 0.2 }))
  return canvas
}

const faces = {
  mage: ['1f9d9-1f3fb-200d-2642-fe0f', '#4b3f9a'],
  elf: ['1f9dd-1f3fc-200d-2640-fe0f', '#2f7a58'],
  fairy: ['1f9da-1f3fd-200d-2640-fe0f', '#a8507a'],
  hunter: ['1f9d1-1f3fe-200d-1f33e', '#6a7a35'],
  'knight-woman': ['1f9b8-1f3fc-200d-2640-fe0f', '#96404f'],
  'knight-man': ['1f482-1f3fd-200d-2642-fe0f', '#5a5f86'],
  bard: ['1f9d1-1f3fc-200d-1f3a4', '#8a5a2f'],
  ranger: ['1f977-1f3fd', '#33564f'],
  'child-hero': ['1f9d2-1f3fd', '#c07a3a'],
  elder: ['1f9d3-1f3fe', '#5f4a7a'],
  prince: ['1f934-1f3ff', '#35609a'],
  princess: ['1f478-1f3fb', '#7a4a9a'],
} as const

/** An avatar's id. */
export type Avatar = keyof typeof faces

/** Every avatar's id. */
export const avatars = Object.keys(faces) as Avatar[]

/** A hero's bust on a painted medallion, 512 px round. */
export async function paintAvatar(id: Avatar): Promise<Picture> {
  const size = 512
  const [code, tone] = faces[id]
  const back = hex(tone)
  const random = createRandom(`avatar ${id}`)
  const hills = Array.from({ length: 9 }, (_, index) => {
    const x = 40 + index * 54
    const tall = random.range(60, 130)
    return `<path d="M${x - 26} 400L${x} ${400 - tall}L${x + 26} 400Z"/>`
  }).join('')
  const medal = await draw(
    size,
    size,
    `<defs>
    <radialGradient id="a" cx=".36" cy=".28" r=".85"><stop offset="0" stop-color="${css(mix(back, [1, 0.9, 0.75], 0.62))}"/><stop offset=".5" stop-color="${css(back)}"/><stop offset="1" stop-color="${css(mix(back, palette.night, 0.7))}"/></radialGradient>
    </defs><circle cx="256" cy="256" r="230" fill="url(#a)"/>
    <clipPath id="c"><circle cx="256" cy="256" r="230"/></clipPath>
    <g clip-path="url(#c)"><g fill="${css(mix(back, palette.night, 0.5))}" opacity=".55">${hills}<rect y="396" width="512" height="120"/></g></g>`,
  )
  const bust = await figure(code, 400, { ...evening, amount: 0.16, rimStrength: 0.7 })
  const scene = blank(size, size)
  lay(scene, medal)
  lay(scene, blur(silhouette(bust, palette.night, 0.55), 12), 76, 100)
  lay(scene, bust, 56, 84)
  const round = await draw(size, size, '<circle cx="256" cy="256" r="232" fill="#fff"/>')
  for (let at = 0; at < scene.data.length; at++) scene.data[at] = (scene.data[at] ?? 0) * (round.data[at | 3] ?? 0)
  return lay(
    scene,
    await draw(
      size,
      size,
      `<defs>
    <linearGradient id="g" x1=".1" y1="0" x2=".9" y2="1"><stop offset="0" stop-color="#fff0c8"/><stop offset=".3" stop-color="#d99a4a"/><stop offset=".62" stop-color="#7a4a2a"/><stop offset="1" stop-color="#ffb868"/></linearGradient>
    <linearGradient id="h" x1=".9" y1="1" x2=".1" y2="0"><stop offset="0" stop-color="#ffe0a0"/><stop offset=".4" stop-color="#8a5530"/><stop offset="1" stop-color="#4a2c1c"/></linearGradient></defs>
    <circle cx="256" cy="256" r="236" fill="none" stroke="url(#g)" stroke-width="30"/><circle cx="256" cy="256" r="220" fill="none" stroke="url(#h)" stroke-width="7"/><circle cx="256" cy="256" r="251" fill="none" stroke="#2b1c12" stroke-width="6"/>`,
    ),
  )
}

function css(color: readonly [number, number, number]): string {
  return `rgb(${color.map((part) => Math.round(part * 255)).join(',')})`
}

const signs = {
  village: '1f6d6',
  missions: '1f5fa-fe0f',
  battle: '2694-fe0f',
  market: '1f6cd-fe0f',
  hero: '1f6e1-fe0f',
  friends: '1f91d',
  feed: '1f4dc',
  ladder: '1f3c6',
  coin: '1fa99',
  energy: '26a1',
  heart: '2764-fe0f',
  xp: '1f48e',
  gift: '1f381',
  lock: '1f512',
  check: '2705',
  star: '2b50',
} as const

/** An icon's id. */
export type Icon = keyof typeof signs

/** Every icon's id. */
export const icons = Object.keys(signs) as Icon[]

/** An icon, 128 px square, light and clear enough for 24 px. */
export async function paintIcon(id: Icon): Promise<Picture> {
  const canvas = blank(128, 128)
  const sign = relight(await emoji(signs[id], 112), {
    air: palette.dusk,
    amount: 0.1,
    rim: palette.ember,
    rimStrength: 0.35,
    keyStrength: 0.3,
  })
  lay(canvas, blur(silhouette(sign, palette.night, 0.55), 4), 11, 13)
  return lay(canvas, sign, 8, 6)
}

