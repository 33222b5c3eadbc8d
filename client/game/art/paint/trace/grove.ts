import type { Hit, Solid } from './solids.ts'
import type { Vector } from './space.ts'

interface Branch {
  readonly low: Vector
  readonly high: Vector
  readonly solids: readonly Solid[]
  readonly left: Branch | undefined
  readonly right: Branch | undefined
}

/** Finds what a ray meets first; built once a model. */
export interface Grove {
  /** The nearest hit within `reach`, or undefined; the returned object is only valid until the next call. */
  nearest(from: Vector, way: Vector, reach: number): Hit | undefined
}

const middle = (solid: Solid, axis: 'x' | 'y' | 'z') => solid.low[axis] + solid.high[axis]

function grow(solids: readonly Solid[]): Branch {
  const low = { x: Infinity, y: Infinity, z: Infinity }
  const high = { x: -Infinity, y: -Infinity, z: -Infinity }
  for (const solid of solids) {
    for (const axis of ['x', 'y', 'z'] as const) {
      low[axis] = Math.min(low[axis], solid.low[axis])
      high[axis] = Math.max(high[axis], solid.high[axis])
    }
  }
  if (solids.length <= 4) return { low, high, solids, left: undefined, right: undefined }
  const span = { x: high.x - low.x, y: high.y - low.y, z: high.z - low.z }
  const axis = span.x > span.y && span.x > span.z ? 'x' : span.y > span.z ? 'y' : 'z'
  const sorted = [...solids].sort((a, b) => middle(a, axis) - middle(b, axis))
  const half = sorted.length >> 1
  return { low, high, solids: [], left: grow(sorted.slice(0, half)), right: grow(sorted.slice(half)) }
}

function passes(branch: Branch, from: Vector, inverse: Vector, reach: number): boolean {
  const { low, high } = branch
  const x1 = (low.x - from.x) * inverse.x
  const x2 = (high.x - from.x) * inverse.x
  const y1 = (low.y - from.y) * inverse.y
  const y2 = (high.y - from.y) * inverse.y
  const z1 = (low.z - from.z) * inverse.z
  const z2 = (high.z - from.z) * inverse.z
  const near = Math.max(x1 < x2 ? x1 : x2, y1 < y2 ? y1 : y2, z1 < z2 ? z1 : z2)
  const far = Math.min(x1 > x2 ? x1 : x2, y1 > y2 ? y1 : y2, z1 > z2 ? z1 : z2)
  return near <= far && far > 0 && near < reach
}

/** Sorts solids into a tree of boxes, so that a ray asks only the few on its way. */
export function createGrove(solids: readonly Solid[]): Grove {
  const root = grow(solids)
  const hit: Hit = { distance: 0, x: 0, y: 0, z: 0, solid: undefined }
  const stack: Branch[] = []
  return {
    nearest(from, way, reach) {
      const inverse = { x: 1 / (way.x || 1e-12), y: 1 / (way.y || 1e-12), z: 1 / (way.z || 1e-12) }
      hit.distance = reach
      hit.solid = undefined
      stack.length = 0
      stack.push(root)
      for (let branch = stack.pop(); branch; branch = stack.pop()) {
        if (!passes(branch, from, inverse, hit.distance)) continue
        for (const solid of branch.solids) solid.meet(from, way, hit)
        if (branch.left) stack.push(branch.left)
        if (branch.right) stack.push(branch.right)
      }
      return hit.solid ? hit : undefined
    },
  }
}
