import { createRandom, type Random } from '../random.ts'
import { ball, bar, hull, type Material, type Solid } from './solids.ts'
import { inside, placed, times, turned, vector, world, type Frame, type Move, type Vector } from './space.ts'

/** A lamp: where it hangs, its colour, how strong, and how large (soft shadows). */
export interface Lamp {
  readonly at: Vector
  readonly color: readonly [number, number, number]
  readonly power: number
  readonly size: number
}

/** Bodies and lamps put together in nested frames, ready for the {@link import('./studio.ts')} to light. */
export interface Model {
  readonly solids: Solid[]
  readonly lamps: Lamp[]
  /** Where smoke rises, and how wide it is there. */
  readonly smokes: { at: Vector; size: number }[]
  readonly random: Random
  /** A box by its middle and its sizes. */
  box(center: Vector, size: Vector, material: Material, bevel?: number): void
  /** An outline in the frame's x and y, pushed out along z from `back` to `front`. */
  slab(
    outline: readonly (readonly [number, number])[],
    back: number,
    front: number,
    material: Material,
    bevel?: number,
  ): void
  /** A body between two rectangles, one above the other: [half width, half depth] at each height. */
  taper(
    center: Vector,
    height: number,
    low: readonly [number, number],
    high: readonly [number, number],
    material: Material,
    bevel?: number,
  ): void
  /** An ellipsoid by its middle and its three radii. */
  ball(center: Vector, radii: Vector, material: Material): void
  /** A round bar between two points. */
  bar(start: Vector, end: Vector, first: number, last: number, material: Material): void
  /** A lamp at a point of the frame. */
  lamp(at: Vector, color: readonly [number, number, number], power: number, size?: number): void
  /** Smoke rising from a point of the frame, `size` wide. */
  smoke(at: Vector, size: number): void
  /** Builds inside a frame of its own. */
  within(move: Move, build: () => void): void
}

/** An empty {@link Model}; `seed` decides its chance. */
export function createModel(seed: string): Model {
  const random = createRandom(seed)
  let frame: Frame = world
  const at = (point: Vector) => placed(frame, point)
  const model: Model = {
    solids: [],
    lamps: [],
    smokes: [],
    random,
    box(center, size, material, bevel = 0.03) {
      const [w, h, d] = [size.x / 2, size.y / 2, size.z / 2]
      const corner = (x: number, y: number, z: number) =>
        at(vector(center.x + x * w, center.y + y * h, center.z + z * d))
      const face = (list: readonly (readonly [number, number, number])[]) => list.map(([x, y, z]) => corner(x, y, z))
      const faces = [
        face([
          [-1, -1, 1],
          [1, -1, 1],
          [1, 1, 1],
          [-1, 1, 1],
        ]),
        face([
          [-1, -1, -1],
          [1, -1, -1],
          [1, 1, -1],
          [-1, 1, -1],
        ]),
        face([
          [-1, -1, -1],
          [-1, -1, 1],
          [-1, 1, 1],
          [-1, 1, -1],
        ]),
        face([
          [1, -1, -1],
          [1, -1, 1],
          [1, 1, 1],
          [1, 1, -1],
        ]),
        face([
          [-1, 1, -1],
          [1, 1, -1],
          [1, 1, 1],
          [-1, 1, 1],
        ]),
        face([
          [-1, -1, -1],
          [1, -1, -1],
          [1, -1, 1],
          [-1, -1, 1],
        ]),
      ]
      model.solids.push(hull(faces, material, random.next(), bevel * frame.scale))
    },
    slab(outline, back, front, material, bevel = 0.03) {
      const low = outline.map(([x, y]) => at(vector(x, y, back)))
      const high = outline.map(([x, y]) => at(vector(x, y, front)))
      const sides = outline.map((_, index) => {
        const next = (index + 1) % outline.length
        return [low[index], low[next], high[next], high[index]].filter((point) => point !== undefined)
      })
      model.solids.push(hull([low, high, ...sides], material, random.next(), bevel * frame.scale))
    },
    taper(center, height, low, high, material, bevel = 0.03) {
      const ring = ([w, d]: readonly [number, number], y: number) =>
        [
          [-w, -d],
          [w, -d],
          [w, d],
          [-w, d],
        ].map(([x, z]) => at(vector(center.x + (x ?? 0), center.y + y, center.z + (z ?? 0))))
      const [under, over] = [ring(low, 0), ring(high, height)]
      const sides = under.map((point, index) => {
        const next = (index + 1) % 4
        return [point, under[next], over[next], over[index]].filter((corner) => corner !== undefined)
      })
      model.solids.push(hull([under, over, ...sides], material, random.next(), bevel * frame.scale))
    },
    ball(center, radii, material) {
      const axis = (a: Vector) => times(turned(frame, a), frame.scale)
      const axes = [axis(vector(radii.x, 0, 0)), axis(vector(0, radii.y, 0)), axis(vector(0, 0, radii.z))] as const
      model.solids.push(ball(at(center), axes, material, random.next()))
    },
    bar(start, end, first, last, material) {
      model.solids.push(bar(at(start), at(end), first * frame.scale, last * frame.scale, material, random.next()))
    },
    lamp(point, color, power, size = 0.15) {
      model.lamps.push({ at: at(point), color, power: power * frame.scale ** 2, size: size * frame.scale })
    },
    smoke(point, size) {
      model.smokes.push({ at: at(point), size: size * frame.scale })
    },
    within(move, build) {
      const outer = frame
      frame = inside(outer, move)
      build()
      frame = outer
    },
  }
  return model
}
