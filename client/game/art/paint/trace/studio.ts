import { clamp, mix, palette, smooth, toLight, type Color } from '../color.ts'
import { blank, blur, lay, paint, type Picture } from '../picture.ts'
import { createRandom, fbm, noise3, type Random } from '../random.ts'
import { createGrove, type Grove } from './grove.ts'
import type { Model } from './model.ts'
import { createGuide, quiet } from './quiet.ts'
import type { Material, Solid } from './solids.ts'
import { add, cross, dot, minus, times, unit, vector, type Vector } from './space.ts'

/** How a model is seen and lit. */
export interface Shot {
  width: number
  height: number
  /** Where the viewer stands and what stands in the middle of the picture. */
  eye: Vector
  target: Vector
  /** Angle of view from bottom to top, in degrees. */
  angle: number
  /** Rays a pixel, side of a square; default 4, which is sixteen rays. */
  side?: number
  /** Radius around the origin in which the ground (y = 0) takes shadow and light; 0 leaves it out. Default 0. */
  ground?: number
  /** The great light: towards it, its colour, its strength. Default the moon, upper left. */
  key?: { way: Vector; color: Color; power: number }
  /** Light from above, from the sides, from below. */
  sky?: { up: Color; side: Color; down: Color; power: number }
  /** Warm light on the edges turned to the right. Default 0.55. */
  rim?: number
  /** Brightness of the whole. Default 1. */
  exposure?: number
  /** Averages the grain out of the light; for scenes that fill their canvas. Default false. */
  still?: boolean
  /** How far lamps and fires bleed into the air, 0 to 1. Default 0.5. */
  bloom?: number
}

const moon = { way: unit(vector(-0.62, 0.72, 0.52)), color: [0.8, 0.86, 1] as Color, power: 1.5 }

const dusk = {
  up: [0.42, 0.42, 0.74] as Color,
  side: [0.62, 0.44, 0.52] as Color,
  down: [0.24, 0.24, 0.22] as Color,
  power: 0.62,
}

const warm = toLight(palette.ember)

const rimWay = unit(vector(0.85, 0.25, -0.25))

function grain(material: Material, p: Vector, luck: number): number {
  const own = 0.8 + 0.36 * luck
  switch (material.grain) {
    case 'wood':
      return own * (0.82 + 0.22 * noise3(p.x * 9, p.y * 2.2, p.z * 9) + 0.16 * noise3(p.x * 30, p.y * 5, p.z * 30))
    case 'stone':
      return own * (0.74 + 0.34 * noise3(p.x * 5, p.y * 5, p.z * 5, 3) + 0.2 * noise3(p.x * 19, p.y * 19, p.z * 19, 5))
    case 'plaster':
      return 0.86 + 0.18 * noise3(p.x * 2.4, p.y * 2.4, p.z * 2.4, 7) + 0.08 * noise3(p.x * 17, p.y * 17, p.z * 17, 9)
    case 'cloth':
      return 0.88 + 0.16 * noise3(p.x * 3, p.y * 3, p.z * 3, 11) + 0.05 * Math.sin(p.x * 90) * Math.sin(p.y * 90)
    case 'metal':
      return own * (0.86 + 0.22 * noise3(p.x * 8, p.y * 3, p.z * 8, 13))
    case 'leaf':
      return own * (0.66 + 0.55 * noise3(p.x * 7, p.y * 7, p.z * 7, 17))
    case undefined:
    default:
      return 0.95 + 0.1 * luck
  }
}

const scatter = (random: Random, normal: Vector): Vector => {
  const height = random.next() * 2 - 1
  const turn = random.next() * Math.PI * 2
  const reach = Math.sqrt(1 - height * height)
  return unit(vector(normal.x + reach * Math.cos(turn), normal.y + height, normal.z + reach * Math.sin(turn)))
}

const film = (x: number) => clamp(((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)) ** (1 / 2.2))

interface Scene {
  grove: Grove
  model: Model
  key: NonNullable<Shot['key']>
  sky: NonNullable<Shot['sky']>
  random: Random
  rim: number
}

function skyLight({ sky }: Scene, way: Vector): Color {
  const tone = way.y > 0 ? mix(sky.side, sky.up, way.y) : mix(sky.side, sky.down, Math.min(1, -way.y * 2.5))
  const light = toLight(tone)
  return [light[0] * sky.power, light[1] * sky.power, light[2] * sky.power]
}

/** Light of the lamps at a point: one of them is asked, each as often as it is strong, so that many cost no more than one. */
function lampLight(
  { grove, model, random }: Scene,
  point: Vector,
  normal: Vector | undefined,
): [number, number, number] {
  const { lamps } = model
  let total = 0
  const strengths = lamps.map((lamp) => {
    const way = minus(lamp.at, point)
    const square = dot(way, way)
    const facing = normal ? Math.max(0, dot(normal, way) / Math.sqrt(square) + 0.05) : 0.6
    const strength = (lamp.power * facing) / (square + 0.06)
    total += strength
    return strength
  })
  if (total < 0.004) return [0, 0, 0]
  let choice = random.next() * total
  const index = strengths.findIndex((strength) => (choice -= strength) <= 0)
  const lamp = lamps[index]
  if (!lamp) return [0, 0, 0]
  const jitter = times(vector(random.next() - 0.5, random.next() - 0.5, random.next() - 0.5), lamp.size * 2)
  const way = minus(add(lamp.at, jitter), point)
  const distance = Math.sqrt(dot(way, way))
  if (grove.nearest(point, times(way, 1 / distance), distance - 0.12)) return [0, 0, 0]
  const light = toLight(lamp.color)
  return [light[0] * total, light[1] * total, light[2] * total]
}

function lit(scene: Scene, solid: Solid, point: Vector, normal: Vector, way: Vector): [number, number, number] {
  const { grove, key, random } = scene
  const { material } = solid
  const tone = grain(material, point, solid.luck)
  const base = toLight(material.color)
  const from = add(point, times(normal, 0.004))
  const light = lampLight(scene, from, normal)
  const keyWay = unit(add(key.way, times(vector(random.next() - 0.5, random.next() - 0.5, random.next() - 0.5), 0.1)))
  const facing = dot(normal, keyWay)
  const open = facing > 0 && !grove.nearest(from, keyWay, 60)
  if (open) for (let c = 0; c < 3; c++) light[c as 0] += (key.color[c] ?? 0) * key.power * facing
  const stray = scatter(random, normal)
  const met = grove.nearest(from, stray, 5)
  if (met?.solid) {
    const bounce = toLight(met.solid.material.color)
    const glow = Math.min(2.5, met.solid.material.glow ?? 0)
    for (let c = 0; c < 3; c++) light[c as 0] += (bounce[c] ?? 0) * (0.16 + glow)
  } else {
    const sky = skyLight(scene, stray)
    for (let c = 0; c < 3; c++) light[c as 0] += sky[c] ?? 0
  }
  const edge = (1 - Math.max(0, -dot(normal, way))) ** 2
  const rim = scene.rim * Math.max(0, dot(normal, rimWay)) * (0.25 + edge)
  const shine = material.shine ?? 0
  const half = unit(minus(key.way, way))
  const spark = open && shine ? shine * Math.max(0, dot(normal, half)) ** (10 + 50 * shine) * 3 : 0
  const glow = material.glow ?? 0
  const hot = material.hot && toLight(material.hot)
  const core = Math.max(0, -dot(normal, way)) ** 2.2
  const out: [number, number, number] = [0, 0, 0]
  for (let c = 0; c < 3; c++) {
    const color = (base[c] ?? 0) * tone
    const all = (light[c] ?? 0) + rim * (warm[c] ?? 0) * 2
    const fire = hot ? color + ((hot[c] ?? 0) - color) * core : color
    out[c as 0] =
      color * all * (hot ? 0.1 : 1) + spark * (key.color[c] ?? 0) + fire * glow + shine * edge * 0.25 * (light[c] ?? 0)
  }
  return out
}

function onGround(scene: Scene, point: Vector, reach: number): [number, number, number, number] {
  const away = Math.hypot(point.x, point.z) / reach
  const fade = smooth(1, 0.62, away)
  if (fade <= 0) return [0, 0, 0, 0]
  const { grove, key, random } = scene
  const from = add(point, vector(0, 0.004, 0))
  const keyWay = unit(add(key.way, times(vector(random.next() - 0.5, random.next() - 0.5, random.next() - 0.5), 0.22)))
  const dark = grove.nearest(from, keyWay, 60) ? 0.5 : 0
  const near = grove.nearest(from, scatter(random, vector(0, 1, 0)), 1.4) ? 0.45 : 0
  const shadow = (1 - (1 - dark) * (1 - near)) * fade
  const lamps = lampLight(scene, from, vector(0, 1, 0))
  const strength = Math.min(0.55, (lamps[0] * 0.4 + lamps[1] * 0.3) * 0.45) * fade
  const night = palette.night
  const glow = [1, 0.62, 0.26]
  const alpha = shadow + strength * (1 - shadow)
  return [
    night[0] * 0.6 * shadow * (1 - strength) + (glow[0] ?? 0) * strength,
    night[1] * 0.6 * shadow * (1 - strength) + (glow[1] ?? 0) * strength,
    night[2] * 0.6 * shadow * (1 - strength) + (glow[2] ?? 0) * strength,
    alpha,
  ]
}

/** Lights a model by tracing rays: great light, lamps, sky and one bounce, with soft shadows; alpha where nothing is. */
export function render(model: Model, shot: Shot): Picture {
  const { width, height, eye, side = 4, ground = 0, exposure = 1, bloom = 0.5 } = shot
  const random = createRandom(`studio ${model.solids.length}`)
  const scene: Scene = {
    grove: createGrove(model.solids),
    model,
    key: shot.key ?? moon,
    sky: shot.sky ?? dusk,
    random,
    rim: shot.rim ?? 0.55,
  }
  const front = unit(minus(shot.target, eye))
  const right = unit(cross(front, vector(0, 1, 0)))
  const up = cross(right, front)
  const reach = Math.tan((shot.angle * Math.PI) / 360)
  const picture = blank(width, height)
  const fire = blank(width, height)
  const guide = shot.still ? createGuide(width, height) : undefined
  const share = 1 / (side * side)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      for (let sample = 0; sample < side * side; sample++) {
        const sx = x + ((sample % side) + random.next()) / side
        const sy = y + (Math.floor(sample / side) + random.next()) / side
        const h = ((sx * 2 - width) / height) * reach
        const v = (1 - (sy * 2) / height) * reach
        const way = unit(add(front, add(times(right, h), times(up, v))))
        const hit = scene.grove.nearest(eye, way, 400)
        let pixel: readonly [number, number, number, number]
        if (hit?.solid) {
          const { solid, distance } = hit
          const normal = vector(hit.x, hit.y, hit.z)
          const light = lit(scene, solid, add(eye, times(way, distance)), normal, way)
          let color: Color = [film(light[0] * exposure), film(light[1] * exposure), film(light[2] * exposure)]
          // The film curve works channel by channel and oversaturates the shade; this takes it back.
          const gray = color[0] * 0.3 + color[1] * 0.58 + color[2] * 0.12
          color = mix(color, [gray, gray, gray * 1.06], 0.2)
          pixel = [...color, 1]
          if (guide) {
            const spot = y * width + x
            const tone = grain(solid.material, add(eye, times(way, distance)), solid.luck)
            const faces = [normal.x, normal.y, normal.z]
            for (let c = 0; c < 3; c++) {
              const base = Math.min(1, (solid.material.color[c] ?? 0) * tone)
              guide.tone[spot * 3 + c] = (guide.tone[spot * 3 + c] ?? 0) + base * share
              guide.facing[spot * 3 + c] = (guide.facing[spot * 3 + c] ?? 0) + (faces[c] ?? 0) * share
            }
            guide.depth[spot] = (guide.depth[spot] ?? 0) + distance * share
          }
          const glow = Math.min(1, solid.material.glow ?? 0)
          if (glow > 0.3) {
            for (let c = 0; c < 3; c++) {
              fire.data[at + c] = (fire.data[at + c] ?? 0) + (solid.material.color[c] ?? 0) * glow * share
            }
            fire.data[at + 3] = (fire.data[at + 3] ?? 0) + share
          }
        } else if (ground > 0 && way.y < 0) {
          pixel = onGround(scene, add(eye, times(way, -eye.y / way.y)), ground)
        } else continue
        for (let c = 0; c < 4; c++) picture.data[at + c] = (picture.data[at + c] ?? 0) + (pixel[c] ?? 0) * share
      }
    }
  }
  if (guide) quiet(picture, guide)
  const { smokes } = model
  if (smokes.length > 0) {
    const project = (at: Vector): [number, number, number] => {
      const off = minus(at, eye)
      const depth = dot(off, front)
      const unitSize = height / (2 * reach * depth)
      return [width / 2 + dot(off, right) * unitSize, height / 2 - dot(off, up) * unitSize, unitSize]
    }
    lay(
      picture,
      smoke(
        width,
        height,
        smokes.map(({ at, size }) => ({ at: project(at), size })),
      ),
    )
  }
  if (bloom > 0) {
    for (const [spread, strength] of [
      [0.012, 0.55],
      [0.04, 0.7],
    ] as const) {
      lay(picture, halo(blur(fire, spread * height), strength * bloom), 0, 0, { blend: 'over' })
    }
  }
  return picture
}

function smoke(
  width: number,
  height: number,
  sources: readonly { at: readonly [number, number, number]; size: number }[],
): Picture {
  return paint(width, height, (x, y) => {
    let thick = 0
    for (const { at, size } of sources) {
      const wide = size * at[2]
      const rise = (at[1] - y) / wide
      if (rise < -0.4 || rise > 7) continue
      const sway = at[0] + wide * (0.16 * rise * rise * 0.55 + 0.3 * Math.sin(rise * 1.1 + at[0]))
      const across = (x - sway) / (wide * (0.42 + rise * 0.17))
      const body =
        Math.exp(-across * across * 1.5) * smooth(-0.4, 0.3, rise) * smooth(7, 1.2, rise) * smooth(0, height * 0.09, y)
      const curl = fbm(x / wide / 0.9 + at[0], y / wide / 0.9 + rise * 0.4, 4, 5)
      thick = Math.max(thick, body * smooth(0.3, 0.68, curl))
    }
    const a = thick * 0.62
    return [0.66 * a, 0.6 * a, 0.72 * a, a]
  })
}

function halo(glow: Picture, strength: number): Picture {
  const { data } = glow
  for (let at = 0; at < data.length; at += 4) {
    for (let c = 0; c < 4; c++) data[at + c] = Math.min(1, (data[at + c] ?? 0) * strength)
    // Half the alpha of its light: it brightens what is under it instead of covering it.
    data[at + 3] = Math.max(data[at] ?? 0, (data[at + 3] ?? 0) * 0.5) * 0.75
  }
  return glow
}
