import { motes, pool, stand } from './air.ts'
import { palette, type Color } from './color.ts'
import { figure, mirror, tint, turn } from './figures.ts'
import { airs, finish, paintLand, type Region, type View } from './lands.ts'
import type { Picture } from './picture.ts'

interface Actor {
  /** Code points of the emoji. */
  code: string
  /** Where its middle and its foot stand, and how tall it is: shares of the canvas. */
  at: readonly [number, number, number]
  flip?: boolean
  turn?: number
  tint?: readonly [Color, number]
  shadow?: number
}

interface Mission {
  region: Region
  view?: Partial<View>
  actors: readonly Actor[]
  /** Warm or cold light around a place: x, y, radius, colour, strength. */
  lights?: readonly (readonly [number, number, number, Color, number])[]
  sparks?: readonly [number, number, number, number, Color, number]
}

const fire = palette.ember

const table: Record<string, Mission> = {
  'gather-kindling': {
    region: 'thornwood',
    view: { light: { x: 0.22, y: 0.24 } },
    actors: [
      { code: '1fab5', at: [0.44, 0.86, 0.4] },
      { code: '1fa93', at: [0.63, 0.88, 0.36] },
    ],
    lights: [[0.5, 0.8, 0.3, fire, 0.6]],
  },
  'light-the-lanterns': {
    region: 'thornwood',
    view: { light: { x: 0.75, y: 0.2, radius: 0.035 } },
    actors: [
      { code: '1f3ee', at: [0.3, 0.72, 0.34] },
      { code: '1f3ee', at: [0.53, 0.88, 0.5] },
      { code: '1f3ee', at: [0.72, 0.66, 0.26] },
    ],
    lights: [
      [0.53, 0.7, 0.3, fire, 1],
      [0.3, 0.6, 0.2, fire, 0.8],
      [0.72, 0.6, 0.16, fire, 0.8],
    ],
  },
  'rescue-the-goat': {
    region: 'thornwood',
    view: { light: { x: 0.5, y: 0.2, radius: 0.06 } },
    actors: [{ code: '1f410', at: [0.5, 0.86, 0.5] }],
  },
  'clear-the-brambles': {
    region: 'thornwood',
    actors: [
      { code: '1f33f', at: [0.34, 0.9, 0.46] },
      { code: '1f940', at: [0.66, 0.9, 0.4] },
      { code: '1f5e1-fe0f', at: [0.5, 0.86, 0.4] },
    ],
  },
  'chase-the-wolves': {
    region: 'thornwood',
    view: { light: { x: 0.6, y: 0.22, radius: 0.075 } },
    actors: [
      { code: '1f43a', at: [0.3, 0.76, 0.3] },
      { code: '1f43a', at: [0.72, 0.78, 0.34] },
      { code: '1f43a', at: [0.5, 0.92, 0.5] },
    ],
  },
  'burn-the-nest': {
    region: 'thornwood',
    actors: [
      { code: '1f578-fe0f', at: [0.5, 0.72, 0.6] },
      { code: '1f577-fe0f', at: [0.5, 0.7, 0.3] },
      { code: '1f525', at: [0.35, 0.92, 0.36] },
      { code: '1f525', at: [0.66, 0.92, 0.4] },
    ],
    lights: [[0.5, 0.85, 0.4, fire, 1]],
  },
  'wade-the-shallows': {
    region: 'mirefen',
    view: { water: 1, light: { x: 0.3, y: 0.22 } },
    actors: [{ code: '1f438', at: [0.6, 0.88, 0.34] }],
  },
  'find-the-ferryman': {
    region: 'mirefen',
    view: { water: 1, light: { x: 0.7, y: 0.2 } },
    actors: [{ code: '1f6f6', at: [0.5, 0.86, 0.5] }],
  },
  'catch-the-wisps': {
    region: 'mirefen',
    actors: [{ code: '1fad9', at: [0.5, 0.88, 0.46] }],
    lights: [[0.5, 0.6, 0.4, palette.mana, 1]],
    sparks: [0.2, 0.3, 0.8, 0.8, palette.mana, 26],
  },
  'drain-the-dyke': {
    region: 'mirefen',
    view: { water: 0.9 },
    actors: [
      { code: '1fab5', at: [0.4, 0.84, 0.34] },
      { code: '1faa3', at: [0.62, 0.88, 0.36] },
    ],
  },
  'silence-the-frogs': {
    region: 'mirefen',
    view: { water: 0.8, light: { x: 0.5, y: 0.2, radius: 0.07 } },
    actors: [
      { code: '1f438', at: [0.26, 0.76, 0.3] },
      { code: '1f438', at: [0.74, 0.78, 0.34] },
      { code: '1f438', at: [0.5, 0.92, 0.5] },
    ],
  },
  'wake-the-witch': {
    region: 'mirefen',
    actors: [
      { code: '1f9d9-1f3fb-200d-2640-fe0f', at: [0.5, 0.9, 0.66], tint: [[0.6, 0.9, 0.6], 0.3] },
      { code: '1f52e', at: [0.72, 0.9, 0.3] },
    ],
    lights: [[0.7, 0.7, 0.3, [0.7, 0.4, 1], 1]],
  },
  'climb-the-scree': {
    region: 'cinderpeak',
    view: { lava: 0.3, path: [0.4, 0.56] },
    actors: [
      { code: '1faa8', at: [0.36, 0.9, 0.4] },
      { code: '1faa2', at: [0.62, 0.88, 0.34] },
    ],
  },
  'mine-the-embers': {
    region: 'cinderpeak',
    actors: [
      { code: '1faa8', at: [0.42, 0.9, 0.5] },
      { code: '26cf-fe0f', at: [0.64, 0.88, 0.46] },
    ],
    lights: [[0.45, 0.8, 0.3, fire, 1]],
  },
  'calm-the-golem': {
    region: 'cinderpeak',
    view: { light: { x: 0.25, y: 0.2 } },
    actors: [{ code: '1f5ff', at: [0.52, 0.92, 0.72], tint: [[0.7, 0.5, 0.5], 0.4] }],
  },
  'steal-the-eggs': {
    region: 'cinderpeak',
    actors: [
      { code: '1f409', at: [0.5, 0.7, 0.5] },
      { code: '1faba', at: [0.5, 0.94, 0.4] },
    ],
    lights: [[0.5, 0.85, 0.3, fire, 0.7]],
  },
  'cross-the-lava': { region: 'cinderpeak', view: { lava: 1 }, actors: [{ code: '1f409', at: [0.7, 0.62, 0.3] }] },
  'ring-the-bell': {
    region: 'cinderpeak',
    view: { light: { x: 0.5, y: 0.3, radius: 0.1 } },
    actors: [{ code: '1f514', at: [0.5, 0.86, 0.6] }],
    lights: [[0.5, 0.6, 0.4, palette.glow, 0.8]],
  },
}

/** Every mission's id. */
export const missions: readonly string[] = Object.keys(table)

/** A mission's card, 960x540: its region's land, seen from a place of its own, and what is to be done there. */
export async function paintMission(id: string): Promise<Picture> {
  const mission = table[id]
  if (!mission) throw new Error(`Expected a mission's id, got "${id}"; they are listed in missions.ts.`)
  const { region } = mission
  const view: View = { width: 960, height: 540, seed: id, ...mission.view }
  const { width, height } = view
  const picture = await paintLand(region, view)
  for (const [x, y, radius, color, strength] of mission.lights ?? []) {
    pool(picture, { x: x * width, y: y * height, rx: radius * width, ry: radius * width * 0.6, color, strength })
  }
  for (const actor of [...mission.actors].sort((a, b) => a.at[1] - b.at[1])) {
    const [x, foot, tall] = actor.at
    const air = airs[region]
    let body = await figure(actor.code, Math.round(tall * height), {
      air: air.air,
      amount: 0.42 - tall * 0.3,
      rim: air.rim,
      key: air.key,
      rimStrength: 0.9,
    })
    if (actor.tint) body = tint(body, ...actor.tint)
    if (actor.flip) body = mirror(body)
    if (actor.turn) body = await turn(body, actor.turn)
    stand(picture, body, x * width, foot * height, actor.shadow ?? 0.55)
  }
  if (mission.sparks) {
    const [x1, y1, x2, y2, color, count] = mission.sparks
    motes(picture, { seed: `${id} sparks`, count, box: [x1, y1, x2, y2], size: [3, 7], color })
  }
  return finish(picture, region, view)
}
