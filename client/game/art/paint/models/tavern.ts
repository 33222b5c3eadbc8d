import { hex } from '../color.ts'
import { banner, barrel, lantern } from './fittings.ts'
import { bench, house, post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { chimney, roof, window } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

/** The cloth of banners that are not the hearth's red. */
export const blue: Material = { color: hex('#3f5fb0'), grain: 'cloth' }

const plum: Material = { color: hex('#6b4a63'), grain: 'stone' }

/** The tavern: a hanging sign, barrels, a table outside; then a storey more, then a dormer and banners. */
export function tavern(model: Model, level: Level): void {
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
