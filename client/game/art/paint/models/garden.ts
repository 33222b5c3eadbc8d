import { hex } from '../color.ts'
import { house, post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { spire, stones } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

const glass: Material = { color: hex('#9fe0c4'), glow: 0.16, shine: 0.6 }

const cap: Material = { color: hex('#e2543f'), glow: 0.18 }

const shroom: Material = { color: hex('#3f9fd0'), glow: 0.75 }

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

/** The garden: a hut and herb plots; then a greenhouse; then a great one under a lantern roof. Its mushrooms glow. */
export function garden(model: Model, level: Level): void {
  if (level === 1) {
    model.within({ x: -0.5, z: -0.9 }, () => {
      house(model, {
        width: 1.5,
        depth: 1.2,
        foot: 0.3,
        storeys: [1.05],
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
