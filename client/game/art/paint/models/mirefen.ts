import { hex } from '../color.ts'
import { lantern } from './fittings.ts'
import { stuff } from './stuff.ts'
import { roof, stones, wall, window } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

const witchlight: Material = { color: hex('#58c04a'), hot: hex('#e8ffa0'), glow: 1.4 }

const water: Material = { color: hex('#7fc8d8'), glow: 0.2, shine: 0.6 }

/** A flat boat with a lantern on its prow and a pole; empty. */
export function ferry(model: Model): void {
  for (const side of [-1, 1]) {
    for (let plank = 0; plank < 7; plank++) {
      const x = -1.35 + plank * 0.45
      const bend = (u: number) => 0.52 * Math.sqrt(Math.max(0.05, 1 - (u / 1.85) ** 2))
      const rise = (u: number) => 0.18 * (u / 1.5) ** 4
      for (let row = 0; row < 3; row++) {
        const out = 0.72 + row * 0.16
        const y = 0.06 + row * 0.16
        model.bar(
          vector(x - 0.24, y + rise(x - 0.24), side * bend(x - 0.24) * out),
          vector(x + 0.24, y + rise(x + 0.24), side * bend(x + 0.24) * out),
          0.085,
          0.085,
          row === 2 ? stuff.pale : stuff.plank,
        )
      }
    }
  }
  for (let x = -1.3; x <= 1.3; x += 0.2) model.box(vector(x, 0.05, 0), vector(0.19, 0.05, 0.7), stuff.beam)
  for (const x of [-0.55, 0.5]) model.box(vector(x, 0.36, 0), vector(0.26, 0.06, 0.95), stuff.pale)
  for (const end of [-1, 1]) model.bar(vector(end * 1.5, 0.15, 0), vector(end * 1.85, 0.85, 0), 0.1, 0.06, stuff.beam)
  model.bar(vector(1.82, 0.8, 0), vector(2.0, 1.0, 0), 0.04, 0.03, stuff.iron)
  model.within({ x: 1.98, y: 1 }, () => lantern(model, 1.1, 1.2))
}

/** A sluice gate of oak in a stone dyke, water breaking through it. */
export function sluice(model: Model): void {
  for (const x of [-1.75, 1.75]) model.within({ x }, () => stones(model, 2, 0.9, 1.3))
  for (const x of [-0.8, 0.8]) model.box(vector(x, 1, 0.1), vector(0.24, 2, 0.3), stuff.beam, 0.05)
  model.box(vector(0, 2.02, 0.1), vector(2.1, 0.22, 0.34), stuff.beam, 0.05)
  for (let plank = 0; plank < 5; plank++)
    model.box(vector(-0.56 + plank * 0.28, 1.25, 0.08), vector(0.26, 0.85, 0.1), stuff.plank)
  for (const y of [1, 1.5]) model.box(vector(0, y, 0.16), vector(1.4, 0.1, 0.06), stuff.iron)
  for (const x of [-0.2, 0.2]) model.bar(vector(x, 1.6, 0.1), vector(x, 2.4, 0.1), 0.05, 0.05, stuff.iron)
  model.within({ y: 2.42, z: 0.1 }, () => {
    for (let spoke = 0; spoke < 8; spoke++) {
      model.within({ roll: spoke * 45 }, () => {
        model.bar(vector(0, 0, 0.1), vector(0, 0.42, 0.1), 0.035, 0.035, stuff.plank)
        model.within({ y: 0.4 }, () => model.box(vector(0, 0, 0.1), vector(0.35, 0.08, 0.08), stuff.brass))
      })
    }
  })
  for (let strand = 0; strand < 16; strand++) {
    const x = -0.66 + strand * 0.088
    const out = model.random.range(0.5, 0.95)
    model.bar(vector(x, 0.8, 0.05), vector(x * 1.15, 0.45, out * 0.6), 0.07, 0.08, water)
    model.bar(vector(x * 1.15, 0.45, out * 0.6), vector(x * 1.3, 0, out), 0.08, 0.1, water)
    model.ball(vector(x * 1.4, 0.04, out + 0.1), vector(0.16, 0.1, 0.14), { color: hex('#e8f8f0') })
  }
}

/** A crooked hut on stilts, its windows lit by something green. */
export function witchHut(model: Model): void {
  for (const [x, z] of [
    [-0.8, -0.6],
    [0.8, -0.6],
    [-0.8, 0.6],
    [0.8, 0.6],
  ] as const) {
    model.bar(vector(x * 1.25, 0, z * 1.25), vector(x, 1.05, z), 0.1, 0.08, stuff.beam)
  }
  model.box(vector(0, 1.08, 0.15), vector(2.3, 0.12, 2), stuff.plank)
  model.within({ y: 1.12, roll: -4 }, () => {
    wall(model, 1.7, 1.35, 1.25, { color: hex('#7a6a58'), grain: 'plaster' })
    model.within({ x: 0.42, y: 0.62, z: 0.68 }, () => window(model, 0.5, 0.5, witchlight))
    model.within({ x: 0.86, y: 0.65, spin: 90 }, () => window(model, 0.5, 0.5, witchlight))
    for (let plank = 0; plank < 3; plank++)
      model.box(vector(-0.58 + plank * 0.18, 0.45, 0.7), vector(0.17, 0.9, 0.06), stuff.beam)
    model.within({ y: 1.25, roll: 7 }, () =>
      roof(model, 1.9, 1.6, 1.7, { tile: stuff.dark, gable: { color: hex('#6a5a4c'), grain: 'plaster' }, eave: 0.25 }),
    )
    model.within({ x: -0.45, y: 1.6, z: -0.4, roll: -7 }, () => {
      stones(model, 0.36, 0.36, 1.9)
      model.smoke(vector(0, 2.05, 0), 0.4)
    })
  })
  for (let step = 0; step < 5; step++)
    model.box(vector(-0.5, 0.1 + step * 0.22, 1.75 - step * 0.16), vector(0.6, 0.07, 0.2), stuff.pale)
  model.lamp(vector(0.5, 1.6, 1.3), hex('#8aff6a'), 1.1, 0.2)
  model.lamp(vector(1.5, 1.6, 0), hex('#8aff6a'), 0.8, 0.2)
  model.within({ x: 1.05, y: 1.1, z: 1 }, () => model.within({ y: 0.9 }, () => lantern(model, 0.3, 0.9)))
  model.bar(vector(1.05, 1.1, 1), vector(1.05, 2.05, 1), 0.04, 0.04, stuff.beam)
}
