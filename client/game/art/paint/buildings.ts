import { hex } from './color.ts'
import { createModel, type Model } from './model.ts'
import type { Picture } from './picture.ts'
import type { Material } from './solids.ts'
import { vector } from './space.ts'
import { render } from './studio.ts'
import {
  banner,
  barrel,
  chimney,
  door,
  flames,
  lantern,
  log,
  roof,
  spire,
  stones,
  stuff,
  wall,
  window,
} from './timber.ts'

type Level = 1 | 2 | 3

const blue: Material = { color: hex('#3f5fb0'), grain: 'cloth' }
const green: Material = { color: hex('#3f8a54'), grain: 'cloth' }
const glass: Material = { color: hex('#9fe0c4'), glow: 0.16, shine: 0.6 }
const cap: Material = { color: hex('#e2543f'), glow: 0.18 }
const shroom: Material = { color: hex('#3f9fd0'), glow: 0.75 }
const plum: Material = { color: hex('#6b4a63'), grain: 'stone' }
const hot: Material = { color: hex('#d84a10'), hot: hex('#ffb04a'), glow: 1.1 }

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
function house(
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

function bench(model: Model): void {
  model.box(vector(0, 0.3, 0), vector(1, 0.09, 0.3), stuff.plank)
  for (const x of [-0.36, 0.36]) model.bar(vector(x, 0, 0), vector(x, 0.28, 0), 0.1, 0.09, stuff.beam)
}

function fireRing(model: Model, radius: number, size: number, power: number): void {
  const count = Math.round(radius * 16)
  for (let index = 0; index < count; index++) {
    const turn = (index / count) * Math.PI * 2
    const r = model.random.range(0.1, 0.15)
    model.ball(vector(Math.cos(turn) * radius, 0.08, Math.sin(turn) * radius), vector(r, r * 0.9, r), stuff.stone)
  }
  for (const spin of [20, 80, 140]) model.within({ spin, y: 0.03 }, () => log(model, radius * 1.6, 0.08))
  model.within({ y: 0.1 }, () => flames(model, size, power))
}

function post(model: Model, height: number): void {
  model.box(vector(0, height / 2, 0), vector(0.13, height, 0.13), stuff.beam, 0.04)
  model.box(vector(0.2, height - 0.1, 0), vector(0.5, 0.09, 0.1), stuff.beam, 0.03)
  model.within({ x: 0.36, y: height - 0.14 }, () => lantern(model, 0.5))
}

function hearth(model: Model, level: Level): void {
  if (level === 1) {
    model.within({ x: -0.25, z: -0.7 }, () => {
      house(model, {
        width: 2.6,
        depth: 1.9,
        storeys: [1],
        rise: 1.35,
        tile: stuff.thatch,
        front: [[0.75]],
        side: [[0]],
        door: -0.4,
      })
    })
    model.within({ x: 0.55, z: 1.35 }, () => fireRing(model, 0.5, 0.95, 1.5))
    model.within({ x: -0.7, z: 1.5, spin: 50 }, () => bench(model))
  } else if (level === 2) {
    model.within({ x: -0.2, z: -0.8 }, () => {
      house(model, {
        width: 3.4,
        depth: 2.2,
        storeys: [1.25],
        rise: 1.7,
        tile: stuff.clay,
        front: [[-1.2, 1.2]],
        side: [[0]],
        door: 0,
      })
      model.within({ x: -1.1, y: 1.6, z: -0.5 }, () => chimney(model, 1.9, 0.5))
      model.within({ x: 1.86, y: 2.75, z: 0.2, spin: 90 }, () => banner(model, 0.5, 0.95))
    })
    model.within({ x: 0.9, z: 1.45 }, () => fireRing(model, 0.58, 1.15, 2))
    model.within({ x: -0.5, z: 1.7, spin: 40 }, () => bench(model))
    model.within({ x: -1.7, z: 1.1 }, () => post(model, 1.5))
  } else {
    model.within({ x: -0.1, z: -0.8 }, () => {
      const top = house(model, {
        width: 3.7,
        depth: 2.5,
        storeys: [1.25, 1.05],
        rise: 1.75,
        tile: stuff.clay,
        front: [
          [-1.35, 1.35],
          [-1.35, 0, 1.35],
        ],
        side: [[0], [-0.6, 0.6]],
        door: 0,
      })
      model.within({ x: -1.25, y: 1.7, z: -0.7 }, () => chimney(model, 3.1, 0.55))
      model.within({ y: top + 1.75, x: 0.35 }, () => {
        model.taper(vector(0, 0.1, 0), 0.25, [0.22, 0.22], [0.4, 0.4], stuff.brass)
        model.within({ y: 0.3 }, () => flames(model, 0.95, 1.8))
      })
      for (const x of [-0.68, 0.68]) model.within({ x, y: 2.55, z: 1.48 }, () => banner(model, 0.46, 1.05))
      model.within({ x: 2.08, y: 3.7, spin: 90 }, () => banner(model, 0.5, 1.1))
    })
    model.within({ x: 1.2, z: 1.5 }, () => fireRing(model, 0.55, 1.1, 2))
    model.within({ x: -0.9, z: 1.65 }, () => post(model, 1.6))
    model.within({ x: -1.9, z: 1.2 }, () => bench(model))
  }
}

function wheel(model: Model, radius: number): void {
  const spokes = 10
  for (const z of [-0.16, 0.16]) {
    for (let index = 0; index < spokes; index++) {
      model.within({ z, roll: (index * 360) / spokes }, () => {
        model.box(vector(0, radius * 0.5, 0), vector(0.08, radius, 0.07), stuff.plank)
        model.within({ y: radius * 0.95, roll: 0 }, () => {
          model.box(vector(0, 0, 0), vector(radius * 0.66, 0.13, 0.09), stuff.beam, 0.03)
        })
      })
    }
  }
  for (let index = 0; index < spokes; index++) {
    model.within({ roll: (index * 360) / spokes + 18 }, () => {
      model.box(vector(0, radius * 1.02, 0), vector(0.07, 0.26, 0.46), stuff.pale)
    })
  }
  model.bar(vector(0, 0, -0.5), vector(0, 0, 0.34), 0.11, 0.11, stuff.iron)
}

function logPile(model: Model, rows: number, length: number): void {
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < rows - row; index++) {
      model.within({ y: row * 0.26, z: (index - (rows - row - 1) / 2) * 0.31 }, () => log(model, length, 0.15))
    }
  }
}

function sawmill(model: Model, level: Level): void {
  const width = [2, 2.5, 2.8][level - 1] ?? 2
  const depth = 1.8 + level * 0.15
  model.within({ x: -0.35, z: -0.6 }, () => {
    const top = house(model, {
      width,
      depth,
      storeys: level === 3 ? [1.15, 0.95] : [0.95 + level * 0.12],
      rise: 1.15 + level * 0.12,
      tile: level === 1 ? stuff.thatch : stuff.moss,
      front: level === 3 ? [[0.7], [-0.8, 0.8]] : [[width / 2 - 0.6]],
      side: level === 3 ? [[], [0]] : [[]],
      door: -0.45,
    })
    model.within({ x: width / 2 + 0.5, y: 0.55 + level * 0.13, z: 0, spin: 90 }, () =>
      wheel(model, 0.62 + level * 0.16),
    )
    model.box(vector(width / 2 + 0.5, 0.02, 0), vector(0.75, 0.05, 2.6 + level * 0.2), stuff.water)
    for (const x of [0.08, 0.92])
      model.box(vector(width / 2 + x, 0.06, 0), vector(0.12, 0.16, 2.7 + level * 0.2), stuff.stone)
    if (level > 1) model.within({ x: -width / 2 + 0.5, y: top, z: -0.4 }, () => chimney(model, 1.5 + level * 0.1, 0.42))
    if (level === 3) model.within({ x: 0, y: 2.5, z: depth / 2 + 0.26 }, () => banner(model, 0.46, 0.9, green))
  })
  model.within({ x: -1.25, z: 1.25 }, () => logPile(model, level + 1, 1.05 + level * 0.1))
  model.within({ x: 0.55, z: 1.45 }, () => {
    for (const x of [-0.4, 0.4])
      model.within({ x, spin: 90 }, () => model.box(vector(0, 0.2, 0), vector(0.5, 0.4, 0.1), stuff.beam))
    model.within({ y: 0.38 }, () => log(model, 1.2, 0.13))
    model.box(vector(0.1, 0.72, 0), vector(0.7, 0.22, 0.02), { ...stuff.iron, shine: 0.8 })
  })
  if (level > 1) model.within({ x: 1.55, z: 1.5 }, () => post(model, 1.4))
}

function anvil(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0, 0.34, 0), 0.2, 0.18, stuff.beam)
  model.taper(vector(0, 0.34, 0), 0.12, [0.18, 0.11], [0.1, 0.08], stuff.iron)
  model.box(vector(0.02, 0.52, 0), vector(0.5, 0.13, 0.22), stuff.iron, 0.04)
  model.bar(vector(-0.22, 0.53, 0), vector(-0.48, 0.55, 0), 0.08, 0.01, stuff.iron)
  model.box(vector(0.1, 0.6, 0), vector(0.34, 0.03, 0.06), hot)
}

function forge(model: Model, level: Level): void {
  const width = [2, 2.4, 2.7][level - 1] ?? 2
  const depth = 1.9
  model.within({ x: -0.3, z: -0.7 }, () => {
    const storeys = level === 3 ? [1.25, 0.95] : [1 + level * 0.12]
    const top = house(model, {
      width,
      depth,
      foot: 0.6,
      storeys,
      rise: 1.05 + level * 0.12,
      tile: level === 1 ? stuff.dark : stuff.slate,
      front: [[-width / 2 + 0.5], level === 3 ? [-0.75, 0.75] : []],
      side: [[level === 1 ? 0 : -0.45], level === 3 ? [0] : []],
    })
    model.within({ x: width / 2 - 0.75, z: depth / 2 + 0.1 }, () => {
      stones(model, 1.15, 0.3, 1.35)
      model.box(vector(0, 0.66, 0.2), vector(0.66, 0.72, 0.1), hot)
      model.within({ y: 1.02, z: 0.21 }, () =>
        model.slab(
          [
            [-0.33, 0],
            [0.33, 0],
            [0.2, 0.2],
            [-0.2, 0.2],
          ],
          -0.05,
          0.05,
          hot,
        ),
      )
      model.box(vector(0, 0.26, 0.25), vector(0.9, 0.14, 0.3), stuff.stone)
      model.within({ y: 0.33, z: 0.28, scale: 0.5 }, () => flames(model, 0.7, 1))
      model.lamp(vector(0, 0.7, 0.75), hex('#ff8a3a'), 1.5 + level * 0.3, 0.3)
    })
    model.within({ x: width / 2 - 0.55, y: 0.4, z: -0.45 }, () =>
      chimney(model, top + 1.05 + level * 0.12, 0.6 + level * 0.05),
    )
    if (level > 1)
      model.within({ x: -width / 2 + 0.45, y: top, z: -0.3 }, () => chimney(model, 1.2 + level * 0.12, 0.42))
    if (level === 3) model.within({ x: 0, y: 2.75, z: depth / 2 + 0.26 }, () => banner(model, 0.5, 0.95))
    if (level > 1) model.within({ x: width / 2 + 0.45, z: -0.2 }, () => barrel(model, 0.65))
  })
  model.within({ x: -0.35, z: 1.45, spin: 20, scale: 1.1 }, () => anvil(model))
  if (level > 1) {
    model.within({ x: -1.5, z: 1.15 }, () => {
      model.box(vector(0, 0.28, 0), vector(0.6, 0.5, 0.4), stuff.plank)
      for (const [x, roll] of [
        [-0.2, 14],
        [0, -4],
        [0.18, -16],
      ] as const) {
        model.within({ x, y: 0.5, roll }, () => {
          model.box(vector(0, 0.3, 0), vector(0.07, 0.75, 0.025), { ...stuff.iron, shine: 0.9 })
          model.box(vector(0, 0.52, 0), vector(0.22, 0.06, 0.06), stuff.brass)
        })
      }
    })
  }
  if (level === 3) model.within({ x: 1.45, z: 1.55 }, () => post(model, 1.5))
}

function tavern(model: Model, level: Level): void {
  const width = [2.2, 2.7, 3.2][level - 1] ?? 2.2
  const depth = 2
  model.within({ x: -0.15, z: -0.6 }, () => {
    const storeys = level === 1 ? [1.15] : level === 2 ? [1.1, 0.95] : [1.1, 0.95]
    const top = house(model, {
      width,
      depth,
      storeys,
      rise: 1.15 + level * 0.12,
      tile: level === 1 ? stuff.thatch : plum,
      front: [[width / 2 - 0.6], [-width / 2 + 0.6, 0, width / 2 - 0.6]],
      side: [[0], [-0.45, 0.45]],
      door: -0.35,
    })
    model.within({ x: -width / 2 + 0.5, y: top, z: -0.4 }, () => chimney(model, 1.5 + level * 0.1, 0.45))
    const sign = level === 1 ? 1.5 : 1.62
    model.within({ x: -width / 2 - 0.05, y: sign + 0.35, z: depth / 2 + 0.1 }, () => {
      model.box(vector(-0.1, 0, 0.25), vector(0.08, 0.08, 0.85), stuff.beam)
      for (const z of [0.18, 0.52]) model.bar(vector(-0.1, 0, z), vector(-0.1, -0.2, z), 0.015, 0.015, stuff.iron)
      model.within({ x: -0.1, y: -0.44, z: 0.35, spin: 40 }, () => {
        model.box(vector(0, 0, 0), vector(0.62, 0.5, 0.07), stuff.pale, 0.05)
        model.bar(vector(-0.03, -0.14, 0.06), vector(-0.03, 0.12, 0.06), 0.12, 0.12, stuff.brass)
        model.ball(vector(-0.03, 0.14, 0.06), vector(0.14, 0.08, 0.13), { color: hex('#fff3d8') })
        model.box(vector(0.13, -0.01, 0.06), vector(0.08, 0.18, 0.05), stuff.brass)
      })
    })
    if (level === 3) {
      // A dormer breaks the long roof, as an inn's does.
      model.within({ x: 0.1, y: top + 0.25, z: 0.75, spin: -90 }, () => {
        model.within({ x: -0.15 }, () => roof(model, 0.95, 0.95, 0.62, { tile: plum, eave: 0.16 }))
        model.within({ x: 0.35, y: 0.18, spin: 90 }, () => window(model, 0.34, 0.34))
      })
      for (const x of [-0.72, 0.62])
        model.within({ x, y: 2.45, z: depth / 2 + 0.3 }, () => banner(model, 0.4, 0.8, blue))
    }
    if (level > 1) model.within({ x: 0.25, y: 1.62, z: depth / 2 + 0.3 }, () => lantern(model, 0.6, 1.1))
  })
  model.within({ x: 1.2, z: 1.25 }, () => barrel(model, 0.75))
  if (level > 1) {
    model.within({ x: 1.72, z: 1 }, () => barrel(model, 0.7))
    model.within({ x: 0.55, z: 1.6 }, () => {
      model.bar(vector(0, 0.42, 0), vector(0, 0.5, 0), 0.36, 0.36, stuff.plank)
      model.bar(vector(0, 0, 0), vector(0, 0.42, 0), 0.09, 0.07, stuff.beam)
      model.bar(vector(0.08, 0.5, 0.05), vector(0.08, 0.66, 0.05), 0.06, 0.06, stuff.brass)
      model.box(vector(-0.12, 0.55, 0), vector(0.07, 0.1, 0.07), stuff.bright)
    })
  }
  if (level === 3) {
    model.within({ x: 1.46, y: 0.7, z: 1.12 }, () => barrel(model, 0.6))
    model.within({ x: -1.5, z: 1.35, spin: 25 }, () => bench(model))
    model.within({ x: -1.95, z: 1.05 }, () => post(model, 1.5))
  }
}

function watchtower(model: Model, level: Level): void {
  const height = [2, 2.7, 3.2][level - 1] ?? 2
  const half = 0.62 + level * 0.06
  if (level === 1) {
    for (const [x, z] of [
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ] as const) {
      model.bar(vector(x * 0.85, 0, z * 0.85), vector(x * 0.6, height, z * 0.6), 0.1, 0.085, stuff.beam)
    }
    for (const spin of [0, 90, 180, 270]) {
      model.within({ spin }, () => {
        model.bar(vector(-0.82, 0.2, 0.8), vector(0.68, 1.7, 0.66), 0.05, 0.05, stuff.plank)
        model.bar(vector(0.82, 0.2, 0.8), vector(-0.68, 1.7, 0.66), 0.05, 0.05, stuff.plank)
      })
    }
    for (let rung = 0; rung < 8; rung++) {
      model.bar(
        vector(-0.18, 0.2 + rung * 0.25, 1.05 - rung * 0.03),
        vector(0.18, 0.2 + rung * 0.25, 1.05 - rung * 0.03),
        0.03,
        0.03,
        stuff.pale,
      )
    }
    for (const x of [-0.2, 0.2]) model.bar(vector(x, 0, 1.08), vector(x, 2.15, 0.82), 0.04, 0.04, stuff.pale)
  } else {
    model.within({}, () => {
      const courses = Math.round(height / 0.42)
      for (let course = 0; course < courses; course++) {
        model.within({ y: (course * height) / courses, spin: 0 }, () => {
          const wide = (half + 0.28 - (course / courses) * 0.24) * 2
          stones(
            model,
            wide,
            wide,
            height / courses,
            level === 3 ? { color: hex('#9a94b0'), grain: 'stone' } : stuff.stone,
          )
        })
      }
      model.within({ z: half + 0.34 }, () => door(model, 0.62, 1))
      for (const y of level === 3 ? [1.65, 2.55] : [1.85]) {
        model.within({ y, z: half + 0.22 - y * 0.03 }, () => window(model, 0.3, 0.5))
        model.within({ y: y - 0.35, x: half + 0.24 - y * 0.03, spin: 90 }, () => window(model, 0.3, 0.5))
      }
    })
  }
  model.within({ y: height }, () => {
    model.box(vector(0, 0.06, 0), vector(half * 2 + 0.7, 0.14, half * 2 + 0.7), stuff.plank, 0.05)
    for (const spin of [0, 90, 180, 270]) {
      model.within({ spin }, () => {
        const z = half + 0.26
        model.box(vector(0, 0.5, z), vector(half * 2 + 0.6, 0.09, 0.09), stuff.beam)
        for (let x = -half - 0.15; x <= half + 0.16; x += 0.22)
          model.box(vector(x, 0.28, z), vector(0.14, 0.4, 0.06), stuff.plank)
        model.box(vector(half + 0.26, 0.55, z), vector(0.14, 1.1, 0.14), stuff.beam)
        if (level === 3) model.within({ y: -0.15, z: z + 0.12 }, () => banner(model, 0.5, 1.1, blue))
      })
    }
    model.box(vector(0, 0.3, 0), vector(0.3, 0.4, 0.3), stuff.iron)
    model.within({ y: 0.48 }, () => flames(model, 0.42 + level * 0.1, 1.6 + level * 0.4))
    model.within({ y: 1.08 }, () =>
      spire(model, half + 0.5, 0.75 + level * 0.2, level === 1 ? stuff.thatch : stuff.slate),
    )
  })
  if (level > 1) {
    model.within({ x: -1.25, z: 0.9 }, () => barrel(model, 0.6))
    model.within({ x: 1.15, z: 1.15 }, () => post(model, 1.4))
  }
}

function mushroom(model: Model, size: number, top: Material): void {
  model.bar(vector(0, 0, 0), vector(0, size * 0.6, 0), size * 0.17, size * 0.12, { color: hex('#f0e2c4') })
  model.ball(vector(0, size * 0.6, 0), vector(size * 0.42, size * 0.3, size * 0.42), top)
  if (top === shroom) model.lamp(vector(0, size * 0.35, size * 0.5), hex('#6fd0e8'), size * 0.4, 0.1)
}

function plot(model: Model, width: number, kind: number): void {
  model.box(vector(0, 0.1, 0), vector(width, 0.2, 0.62), stuff.plank, 0.04)
  model.box(vector(0, 0.19, 0), vector(width - 0.14, 0.08, 0.48), stuff.soil)
  for (let x = -width / 2 + 0.2; x < width / 2 - 0.1; x += 0.25) {
    for (const z of [-0.12, 0.12]) {
      model.within({ x: x + model.random.range(-0.03, 0.03), y: 0.2, z }, () => {
        if (kind === 0) mushroom(model, model.random.range(0.26, 0.42), model.random.next() < 0.6 ? shroom : cap)
        else {
          const r = model.random.range(0.1, 0.15)
          model.ball(vector(0, r * 0.8, 0), vector(r, r, r), stuff.leaf)
          model.ball(
            vector(0, r * 1.7, 0),
            vector(r * 0.6, r * 0.6, r * 0.6),
            kind === 1 ? stuff.moss : { color: hex('#c86aa8') },
          )
        }
      })
    }
  }
}

function greenhouse(model: Model, width: number, depth: number, height: number, rise: number): void {
  stones(model, width + 0.12, depth + 0.12, 0.4)
  model.within({ y: 0.4 }, () => {
    model.box(vector(0, height / 2, 0), vector(width - 0.1, height, depth - 0.1), glass)
    model.within({ y: height, spin: 90 }, () => {
      model.slab(
        [
          [-depth / 2, 0],
          [depth / 2, 0],
          [0, rise],
        ],
        -width / 2 + 0.05,
        width / 2 - 0.05,
        glass,
      )
    })
    const bays = Math.round(width / 0.5)
    for (let bay = 0; bay <= bays; bay++) {
      const x = -width / 2 + (bay * width) / bays
      for (const z of [-depth / 2, depth / 2]) {
        model.box(vector(x, height / 2, z), vector(0.08, height, 0.08), stuff.pale)
        model.bar(vector(x, height, z), vector(x, height + rise, 0), 0.045, 0.045, stuff.pale)
      }
    }
    for (const y of [0.03, height * 0.5, height]) {
      for (const z of [-depth / 2, depth / 2]) model.box(vector(0, y, z), vector(width + 0.1, 0.07, 0.09), stuff.pale)
      for (const x of [-width / 2, width / 2]) model.box(vector(x, y, 0), vector(0.09, 0.07, depth + 0.1), stuff.pale)
    }
    for (const x of [-width / 2, width / 2]) {
      for (const z of [-depth / 4, 0, depth / 4]) {
        model.box(
          vector(x, (height + rise * (1 - Math.abs(z) / (depth / 2))) / 2, z),
          vector(0.08, height + rise * (1 - Math.abs(z) / (depth / 2)), 0.06),
          stuff.pale,
        )
      }
    }
    model.box(vector(0, height + rise, 0), vector(width + 0.2, 0.09, 0.12), stuff.brass)
    model.lamp(vector(0, 0.5, depth / 2 + 0.5), hex('#b8e8a0'), 0.45, 0.3)
    model.lamp(vector(width / 2 + 0.5, 0.5, 0), hex('#b8e8a0'), 0.35, 0.3)
    for (let plant = 0; plant < 7; plant++) {
      // Herbs pressed against the panes, seen as dabs of green from outside.
      const r = model.random.range(0.16, 0.3)
      const x = model.random.range(-width / 2 + 0.3, width / 2 - 0.3)
      model.ball(vector(x, r * 0.8, depth / 2 - 0.06), vector(r, r * 1.3, 0.06), stuff.leaf)
      model.ball(
        vector(width / 2 - 0.06, r, model.random.range(-depth / 2 + 0.3, depth / 2 - 0.3)),
        vector(0.06, r * 1.3, r),
        stuff.moss,
      )
    }
  })
}

function garden(model: Model, level: Level): void {
  if (level === 1) {
    model.within({ x: -0.5, z: -0.9 }, () => {
      house(model, {
        width: 1.5,
        depth: 1.2,
        foot: 0.3,
        storeys: [0.85],
        rise: 0.95,
        tile: stuff.thatch,
        front: [[0.4]],
        side: [[]],
        door: -0.25,
      })
    })
  } else if (level === 2) {
    model.within({ x: -0.3, z: -0.8 }, () => greenhouse(model, 2.3, 1.6, 1, 0.85))
  } else {
    model.within({ x: -0.3, z: -0.85 }, () => {
      greenhouse(model, 3, 1.9, 1.25, 0.95)
      model.within({ y: 2.3 }, () => {
        stones(model, 0.9, 0.9, 0.25, stuff.pale)
        model.box(vector(0, 0.55, 0), vector(0.8, 0.6, 0.8), glass)
        for (const [x, z] of [
          [-1, -1],
          [1, -1],
          [-1, 1],
          [1, 1],
        ] as const)
          model.box(vector(x * 0.42, 0.55, z * 0.42), vector(0.08, 0.65, 0.08), stuff.pale)
        model.within({ y: 0.85 }, () => spire(model, 0.6, 0.85, { color: hex('#3f9a7a'), grain: 'metal', shine: 0.3 }))
      })
    })
  }
  const plots =
    level === 1
      ? [
          [0.9, 0.2, 1.2, 0],
          [-0.6, 1.3, 1.5, 1],
          [1.15, 1.25, 1.2, 2],
        ]
      : level === 2
        ? [
            [-0.75, 1.05, 1.5, 0],
            [0.95, 1.1, 1.3, 2],
            [0.1, 1.75, 1.6, 1],
          ]
        : [
            [-1.1, 1, 1.5, 0],
            [0.75, 1, 1.6, 2],
            [-0.35, 1.75, 1.6, 1],
            [1.45, 1.75, 1.1, 0],
          ]
  for (const [x, z, width, kind] of plots)
    model.within({ x: x ?? 0, z: z ?? 0 }, () => plot(model, width ?? 1, kind ?? 0))
  model.within({ x: 1.6, z: 0.1 }, () => mushroom(model, 0.5 + level * 0.16, shroom))
  model.within({ x: -1.75, z: 0.9 }, () => mushroom(model, 0.4 + level * 0.12, shroom))
  if (level > 1) model.within({ x: 1.95, z: -0.35 }, () => mushroom(model, 0.8, cap))
  if (level === 3) model.within({ x: -2.05, z: 1.5 }, () => post(model, 1.5))
}

const builders = { hearth, sawmill, forge, tavern, watchtower, garden }

/** A building's id. */
export type Building = keyof typeof builders

/** Every building's id. */
export const buildings = Object.keys(builders) as Building[]

/** A building of the village at one of its three levels, 512 px square, its ground line at 84 % of the height. */
export function paintBuilding(id: Building, level: Level, side = 5): Picture {
  const model = createModel(`${id} ${level}`)
  model.within({ spin: -30, scale: level === 3 && id !== 'sawmill' ? 0.88 : 0.94 }, () => builders[id](model, level))
  return render(model, {
    width: 512,
    height: 512,
    eye: vector(0, 6.2, 18),
    target: vector(0, 2.2, 0),
    angle: 19.6,
    side,
    ground: 3.5,
  })
}
