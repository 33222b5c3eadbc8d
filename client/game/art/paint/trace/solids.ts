import { add, cross, dot, long, minus, times, unit, type Vector } from './space.ts'

/** What a solid is made of. */
export interface Material {
  /** Colour under white light, as the screen has it. */
  color: readonly [number, number, number]
  /** Light it gives off by itself: 0 none, 1 as bright as its colour, more to glow. */
  glow?: number
  /** Fire: its colour where it is looked through the most, at the middle. */
  hot?: readonly [number, number, number]
  /** Grain laid over the colour. */
  grain?: 'wood' | 'stone' | 'plaster' | 'cloth' | 'metal' | 'leaf'
  /** How much it mirrors the light, 0 to 1. */
  shine?: number
}

/** Where a ray meets a solid; reused from ray to ray. */
export interface Hit {
  distance: number
  x: number
  y: number
  z: number
  solid: Solid | undefined
}

/** A shape a ray can meet. */
export interface Solid {
  readonly material: Material
  /** From 0 to 1, its own share of chance: shingles of one roof differ by it. */
  readonly luck: number
  readonly low: Vector
  readonly high: Vector
  /** Fills `hit` if the ray meets the solid nearer than `hit.distance`. */
  meet(from: Vector, way: Vector, hit: Hit): void
}

interface Plane {
  readonly normal: Vector
  readonly offset: number
}

function bounds(points: readonly Vector[]): { low: Vector; high: Vector } {
  const [xs, ys, zs] = [points.map((p) => p.x), points.map((p) => p.y), points.map((p) => p.z)]
  return {
    low: { x: Math.min(...xs), y: Math.min(...ys), z: Math.min(...zs) },
    high: { x: Math.max(...xs), y: Math.max(...ys), z: Math.max(...zs) },
  }
}

function record(hit: Hit, solid: Solid, distance: number, normal: Vector): void {
  hit.distance = distance
  hit.x = normal.x
  hit.y = normal.y
  hit.z = normal.z
  hit.solid = solid
}

/** A body with flat faces; its edges catch the light over `bevel` units as if they were worn round. */
export function hull(faces: readonly (readonly Vector[])[], material: Material, luck: number, bevel: number): Solid {
  const corners = faces.flat()
  const middle = times(
    corners.reduce((sum, point) => add(sum, point)),
    1 / corners.length,
  )
  const planes: Plane[] = faces.map((face) => {
    const [a, b, c] = face
    if (!a || !b || !c) throw new Error(`Expected faces of three corners or more, got one of ${face.length}.`)
    const normal = unit(cross(minus(b, a), minus(c, a)))
    const outward = dot(normal, minus(a, middle)) < 0 ? times(normal, -1) : normal
    return { normal: outward, offset: dot(outward, a) }
  })
  const solid: Solid = {
    material,
    luck,
    ...bounds(corners),
    meet(from, way, hit) {
      let near = -Infinity
      let far = hit.distance
      let entered: Plane | undefined
      for (const plane of planes) {
        const slope = dot(plane.normal, way)
        const gap = plane.offset - dot(plane.normal, from)
        if (slope < -1e-9) {
          const distance = gap / slope
          if (distance > near) {
            near = distance
            entered = plane
          }
        } else if (slope > 1e-9) {
          const distance = gap / slope
          if (distance < far) far = distance
        } else if (gap < 0) return
        if (near > far) return
      }
      if (!entered || near < 1e-4) return
      let { x, y, z } = entered.normal
      const px = from.x + way.x * near
      const py = from.y + way.y * near
      const pz = from.z + way.z * near
      for (const plane of planes) {
        if (plane === entered) continue
        const { normal } = plane
        const gap = plane.offset - (normal.x * px + normal.y * py + normal.z * pz)
        if (gap < bevel) {
          const weight = (1 - gap / bevel) ** 2 * 0.9
          x += normal.x * weight
          y += normal.y * weight
          z += normal.z * weight
        }
      }
      record(hit, solid, near, unit({ x, y, z }))
    },
  }
  return solid
}

/** An ellipsoid standing on its own axes. */
export function ball(center: Vector, axes: readonly [Vector, Vector, Vector], material: Material, luck: number): Solid {
  const [right, up, front] = axes
  const reach = {
    x: Math.hypot(right.x, up.x, front.x),
    y: Math.hypot(right.y, up.y, front.y),
    z: Math.hypot(right.z, up.z, front.z),
  }
  const inverse = [right, up, front].map((axis) => times(axis, 1 / dot(axis, axis)))
  const [ix, iy, iz] = [inverse[0] ?? right, inverse[1] ?? up, inverse[2] ?? front]
  const solid: Solid = {
    material,
    luck,
    low: minus(center, reach),
    high: add(center, reach),
    meet(from, way, hit) {
      const local = minus(from, center)
      const [ox, oy, oz] = [dot(local, ix), dot(local, iy), dot(local, iz)]
      const [dx, dy, dz] = [dot(way, ix), dot(way, iy), dot(way, iz)]
      const a = dx * dx + dy * dy + dz * dz
      const b = ox * dx + oy * dy + oz * dz
      const c = ox * ox + oy * oy + oz * oz - 1
      const root = b * b - a * c
      if (root < 0) return
      const distance = (-b - Math.sqrt(root)) / a
      if (distance < 1e-4 || distance >= hit.distance) return
      const [x, y, z] = [ox + dx * distance, oy + dy * distance, oz + dz * distance]
      record(hit, solid, distance, unit(add(add(times(ix, x), times(iy, y)), times(iz, z))))
    },
  }
  return solid
}

/** A round bar from `start` to `end`, its two ends of radius `first` and `last` (0 makes a cone). */
export function bar(start: Vector, end: Vector, first: number, last: number, material: Material, luck: number): Solid {
  const axis = minus(end, start)
  const length = long(axis)
  const along = times(axis, 1 / length)
  const slope = (last - first) / length
  const widest = Math.max(first, last)
  const reach = {
    x: widest * Math.sqrt(Math.max(0, 1 - along.x ** 2)),
    y: widest * Math.sqrt(Math.max(0, 1 - along.y ** 2)),
    z: widest * Math.sqrt(Math.max(0, 1 - along.z ** 2)),
  }
  const ends = [minus(start, reach), add(start, reach), minus(end, reach), add(end, reach)]
  const solid: Solid = {
    material,
    luck,
    ...bounds(ends),
    meet(from, way, hit) {
      const local = minus(from, start)
      const climb = dot(way, along)
      const height = dot(local, along)
      const side = minus(way, times(along, climb))
      const off = minus(local, times(along, height))
      const radius = first + slope * height
      const a = dot(side, side) - (slope * climb) ** 2
      const b = dot(side, off) - slope * climb * radius
      const c = dot(off, off) - radius * radius
      const root = b * b - a * c
      if (root >= 0 && Math.abs(a) > 1e-12) {
        const reachOf = Math.sqrt(root)
        for (const distance of a > 0
          ? [(-b - reachOf) / a, (-b + reachOf) / a]
          : [(-b + reachOf) / a, (-b - reachOf) / a]) {
          const at = height + climb * distance
          if (distance < 1e-4 || at < 0 || at > length || first + slope * at < 0) continue
          if (distance < hit.distance) {
            const outward = unit(add(off, times(side, distance)))
            record(hit, solid, distance, unit(minus(outward, times(along, slope))))
          }
          break
        }
      }
      if (Math.abs(climb) < 1e-9) return
      for (const [at, size, sign] of [
        [0, first, -1],
        [length, last, 1],
      ] as const) {
        if (size <= 0 || climb * sign > 0) continue
        const distance = (at - height) / climb
        if (distance < 1e-4 || distance >= hit.distance) continue
        const spot = add(off, times(side, distance))
        if (dot(spot, spot) <= size * size) record(hit, solid, distance, times(along, sign))
      }
    },
  }
  return solid
}
