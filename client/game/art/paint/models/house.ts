import { flames, lantern, log } from './fittings.ts'
import { stuff } from './stuff.ts'
import { door, roof, stones, wall, window } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

interface House {
  width: number
  depth: number
  foot?: number
  storeys: readonly number[]
  rise: number
  tile?: Material
  /** Windows of the front by storey, as places along it. */
  front?: readonly (readonly number[])[]
  /** Windows of the side by storey. */
  side?: readonly (readonly number[])[]
  door?: number
}

/** A house on the origin, its front to z, its gable to x; upper storeys jut out. Returns the height of the eaves. */
export function house(
  model: Model,
  { width, depth, foot = 0.45, storeys, rise, tile, front = [], side = [], door: at }: House,
): number {
  stones(model, width + 0.2, depth + 0.2, foot)
  let y = foot
  storeys.forEach((given, index) => {
    const tall = given * 1.12
    const jut = index * 0.22
    const [w, d] = [width + jut, depth + jut]
    model.within({ y }, () => {
      wall(model, w, d, tall)
      for (const x of front[index] ?? []) model.within({ x, y: tall * 0.47, z: d / 2 }, () => window(model))
      for (const z of side[index] ?? [])
        model.within({ x: w / 2, y: tall * 0.47, z: -z, spin: 90 }, () => window(model))
    })
    y += tall
  })
  if (at !== undefined) model.within({ x: at, y: foot, z: depth / 2 }, () => door(model))
  const jut = (storeys.length - 1) * 0.22
  model.within({ y }, () => roof(model, width + jut + 0.1, depth + jut + 0.1, rise * 0.92, tile ? { tile } : {}))
  model.within({ x: (width + jut) / 2 + 0.05, y: y + rise * 0.34, spin: 90 }, () => window(model, 0.34, 0.36))
  return y
}

/** A plank on two stumps. */
export function bench(model: Model): void {
  model.box(vector(0, 0.3, 0), vector(1, 0.09, 0.3), stuff.plank)
  for (const x of [-0.36, 0.36]) model.bar(vector(x, 0, 0), vector(x, 0.28, 0), 0.1, 0.09, stuff.beam)
}

/** An open fire in a ring of stones, `radius` wide, its flames `size` tall. */
export function fireRing(model: Model, radius: number, size: number, power: number): void {
  const count = Math.round(radius * 16)
  for (let index = 0; index < count; index++) {
    const turn = (index / count) * Math.PI * 2
    const r = model.random.range(0.1, 0.15)
    model.ball(vector(Math.cos(turn) * radius, 0.08, Math.sin(turn) * radius), vector(r, r * 0.9, r), stuff.stone)
  }
  for (const spin of [20, 80, 140]) model.within({ spin, y: 0.03 }, () => log(model, radius * 1.6, 0.08))
  model.within({ y: 0.1 }, () => flames(model, size, power))
}

/** A lantern on a wooden post, `height` tall. */
export function post(model: Model, height: number): void {
  model.box(vector(0, height / 2, 0), vector(0.13, height, 0.13), stuff.beam, 0.04)
  model.box(vector(0.2, height - 0.1, 0), vector(0.5, 0.09, 0.1), stuff.beam, 0.03)
  model.within({ x: 0.36, y: height - 0.14 }, () => lantern(model, 0.5))
}

/** How far a building has grown. */
export type Level = 1 | 2 | 3
