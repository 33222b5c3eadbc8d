/** A point or a direction; y is up, the viewer stands at positive z. */
export interface Vector {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** A point or a direction from its three parts. */
export const vector = (x: number, y: number, z: number): Vector => ({ x, y, z })

/** The sum of two. */
export const add = (a: Vector, b: Vector): Vector => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z })

/** From `b` to `a`. */
export const minus = (a: Vector, b: Vector): Vector => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z })

/** `k` times as long. */
export const times = (a: Vector, k: number): Vector => ({ x: a.x * k, y: a.y * k, z: a.z * k })

/** How far two point the same way: 0 across, negative apart. */
export const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y + a.z * b.z

/** At right angles to both. */
export const cross = (a: Vector, b: Vector): Vector => ({
  x: a.y * b.z - a.z * b.y,
  y: a.z * b.x - a.x * b.z,
  z: a.x * b.y - a.y * b.x,
})

/** Its length. */
export const long = (a: Vector): number => Math.sqrt(dot(a, a))

/** The same way, one unit long. */
export const unit = (a: Vector): Vector => times(a, 1 / (long(a) || 1))

/** A place to build in: its own axes and scale, inside another. */
export interface Frame {
  readonly origin: Vector
  readonly right: Vector
  readonly up: Vector
  readonly front: Vector
  readonly scale: number
}

/** The world itself. */
export const world: Frame = {
  origin: vector(0, 0, 0),
  right: vector(1, 0, 0),
  up: vector(0, 1, 0),
  front: vector(0, 0, 1),
  scale: 1,
}

/** A direction of a frame, in the world's axes. */
export function turned(frame: Frame, a: Vector): Vector {
  return add(add(times(frame.right, a.x), times(frame.up, a.y)), times(frame.front, a.z))
}

/** A point of a frame, in the world. */
export function placed(frame: Frame, a: Vector): Vector {
  return add(frame.origin, times(turned(frame, a), frame.scale))
}

/** How a frame lies in another: moved, then turned (degrees; `spin` about y, `tilt` about x, `roll` about z), then scaled. */
export interface Move {
  x?: number
  y?: number
  z?: number
  spin?: number
  tilt?: number
  roll?: number
  scale?: number
}

/** A frame inside a frame. */
export function inside(frame: Frame, move: Move): Frame {
  const [spin, tilt, roll] = [move.spin ?? 0, move.tilt ?? 0, move.roll ?? 0].map((angle) => (angle * Math.PI) / 180)
  const turn = (a: Vector): Vector => {
    const [cz, sz] = [Math.cos(roll ?? 0), Math.sin(roll ?? 0)]
    const b = vector(a.x * cz - a.y * sz, a.x * sz + a.y * cz, a.z)
    const [cx, sx] = [Math.cos(tilt ?? 0), Math.sin(tilt ?? 0)]
    const c = vector(b.x, b.y * cx - b.z * sx, b.y * sx + b.z * cx)
    const [cy, sy] = [Math.cos(spin ?? 0), Math.sin(spin ?? 0)]
    return vector(c.x * cy + c.z * sy, c.y, -c.x * sy + c.z * cy)
  }
  return {
    origin: placed(frame, vector(move.x ?? 0, move.y ?? 0, move.z ?? 0)),
    right: turned(frame, turn(vector(1, 0, 0))),
    up: turned(frame, turn(vector(0, 1, 0))),
    front: turned(frame, turn(vector(0, 0, 1))),
    scale: frame.scale * (move.scale ?? 1),
  }
}
