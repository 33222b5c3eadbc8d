import { css, hex, mix, palette } from './color.ts'
import { evening, figure } from './figure.ts'
import { stuff } from './models/stuff.ts'
import { blank, blur, lay, resize, silhouette, turn, type Picture } from './picture.ts'
import { createRandom } from './random.ts'
import { draw } from './svg.ts'
import type { Model } from './trace/model.ts'
import { traceProp } from './trace/prop.ts'
import { vector } from './trace/space.ts'

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
