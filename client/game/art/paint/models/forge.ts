import { hex } from '../color.ts'
import { banner, barrel, flames } from './fittings.ts'
import { house, post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { chimney, stones } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

const hot: Material = { color: hex('#d84a10'), hot: hex('#ffb04a'), glow: 1.1 }

function anvil(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0, 0.34, 0), 0.2, 0.18, stuff.beam)
  model.taper(vector(0, 0.34, 0), 0.12, [0.18, 0.11], [0.1, 0.08], stuff.iron)
  model.box(vector(0.02, 0.52, 0), vector(0.5, 0.13, 0.22), stuff.iron, 0.04)
  model.bar(vector(-0.22, 0.53, 0), vector(-0.48, 0.55, 0), 0.08, 0.01, stuff.iron)
  model.box(vector(0.1, 0.6, 0), vector(0.34, 0.03, 0.06), hot)
}

/** The forge: a glowing mouth, an anvil, a chimney; then a rack of blades and a second storey. */
export function forge(model: Model, level: Level): void {
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
