import { relight, type Light } from './air.ts'
import { hex, mix, palette } from './color.ts'
import { blank, blur, lay, resize, silhouette, touch, turn, type Picture } from './picture.ts'
import type { Model } from './model.ts'
import { traceProp } from './props.ts'
import { createRandom } from './random.ts'
import { vector } from './space.ts'
import { stuff } from './timber.ts'
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

/** An emoji, the medallion's colour, and what is added: a traced helm (`helm`), another emoji's shoulders
 * under a bare head, or an emoji with its size, place and turn. */
type Face = readonly [string, string, (string | readonly [string, number, number, number, number])?]

const faces = {
  mage: ['1f9d9-1f3fb-200d-2642-fe0f', '#4b3f9a'],
  elf: ['1f9dd-1f3fc-200d-2640-fe0f', '#2f7a58'],
  fairy: ['1f9da-1f3fd-200d-2640-fe0f', '#a8507a'],
  hunter: ['1f9d1-1f3fe-200d-1f33e', '#6a7a35', ['1f3f9', 300, 296, 214, -8]],
  'knight-woman': ['1f469-1f3fc-200d-1f692', '#96404f', 'helm'],
  'knight-man': ['1f934-1f3fd', '#5a5f86', 'helm'],
  bard: ['1f9d1-1f3fc-200d-1f3a8', '#8a5a2f', ['1fa95', 250, 214, 262, -6]],
  ranger: ['1f977-1f3fd', '#33564f'],
  'child-hero': ['1f9d2-1f3fd', '#c07a3a', '1f9b8-1f3fd'],
  elder: ['1f9d3-1f3fe', '#5f4a7a', '1f9d1-1f3fe-200d-2696-fe0f'],
  prince: ['1f934-1f3ff', '#35609a'],
  princess: ['1f478-1f3fb', '#7a4a9a'],
} satisfies Record<string, Face>

/** An avatar's id. */
export type Avatar = keyof typeof faces

/** Every avatar's id. */
export const avatars = Object.keys(faces) as Avatar[]

/** A steel helm with a plume of the medallion's colour. */
function helm(tone: string): Picture {
  const steel = { color: hex('#8c93ad'), shine: 0.8 }
  const plume = { color: mix(hex(tone), palette.blood, 0.5), grain: 'cloth' as const }
  const build = (model: Model) => {
    model.ball(vector(0, 0.9, 0), vector(1, 1, 1), steel)
    model.bar(vector(0, 0.5, 0), vector(0, 0.86, 0), 1.06, 1.02, steel)
    model.bar(vector(0, 0.5, 0), vector(0, 0.62, 0), 1.1, 1.1, stuff.brass)
    model.within({ y: 0.9 }, () => {
      for (let part = 0; part < 12; part++) {
        const turn = 0.35 + part * 0.16
        model.ball(
          vector(0, Math.sin(turn) * 1.12, Math.cos(turn) * 1.1),
          vector(0.14, 0.22, 0.22),
          part % 2 ? plume : { ...plume, color: mix(plume.color, [1, 1, 1], 0.14) },
        )
      }
    })
    model.taper(vector(0, 0.08, 1.06), 0.8, [0.07, 0.05], [0.16, 0.05], stuff.brass, 0.04)
    for (const side of [-1, 1]) {
      model.within({ spin: side * 58 }, () => model.box(vector(0, 0.28, 1), vector(0.72, 0.66, 0.12), steel, 0.1))
      for (const x of [20, 45, 70])
        model.within({ spin: side * x }, () => model.ball(vector(0, 0.56, 1.1), vector(0.05, 0.05, 0.04), steel))
    }
  }
  return traceProp('helm', build, { size: 300, span: 3, spin: 0, ground: 0, side: 4, above: 4 })
}

/** A hero's bust on a painted medallion, 512 px round. */
export async function paintAvatar(id: Avatar): Promise<Picture> {
  const size = 512
  const [code, tone, extra]: Face = faces[id]
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
  const bust = await figure(typeof extra === 'string' && extra !== 'helm' ? extra : code, 400, {
    ...evening,
    amount: 0.16,
    rimStrength: 0.7,
  })
  const scene = blank(size, size)
  lay(scene, medal)
  if (typeof extra === 'string' && extra !== 'helm') {
    // These two are drawn as heads alone: they get the shoulders of another.
    lay(bust, blur(silhouette(await figure(code, 224), palette.night, 0.4), 6), 90, 30)
    lay(bust, await figure(code, 224, { ...evening, amount: 0.1 }), 88, 18)
  }
  if (extra === 'helm')
    lay(bust, await resize(helm(tone), 250, 250), id === 'knight-man' ? 75 : 68, id === 'knight-man' ? -52 : -62)
  // A fairy is drawn whole and therefore small: it is brought nearer than the busts.
  const [shown, x, y] = id === 'fairy' ? [await resize(bust, 580, 580), -20, 44] : [bust, 56, 84]
  lay(scene, blur(silhouette(shown, palette.night, 0.55), 12), x + 20, y + 16)
  lay(scene, shown, x, y)
  if (Array.isArray(extra)) {
    const [thing, wide, x, y, angle] = extra
    const held = await turn(await figure(thing, wide, { ...evening, amount: 0.12 }), angle)
    lay(scene, blur(silhouette(held, palette.night, 0.5), 8), x + 8, y + 12)
    lay(scene, held, x, y)
  }
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
  village: '1f3e0',
  missions: '1f5fa-fe0f',
  battle: '2694-fe0f',
  market: '1f4b0',
  hero: '1f6e1-fe0f',
  friends: '1f91d',
  feed: '1f4dc',
  ladder: '1f3c6',
  coin: '1fa99',
  energy: '26a1',
  heart: '2764-fe0f',
  xp: '1f31f',
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
