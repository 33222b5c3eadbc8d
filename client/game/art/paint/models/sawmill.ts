import { hex } from '../color.ts'
import { banner, log } from './fittings.ts'
import { house, post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { chimney } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

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

/** The sawmill: a water wheel, a saw bench and more logs with every level. */
export function sawmill(model: Model, level: Level): void {
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

const green: Material = { color: hex('#3f8a54'), grain: 'cloth' }
