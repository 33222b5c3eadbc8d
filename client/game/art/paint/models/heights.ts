import { hex, palette } from '../color.ts'
import { basalt } from './cinderpeak.ts'
import { lantern } from './fittings.ts'
import { stuff } from './stuff.ts'
import { roof, stones } from './timber.ts'
import type { Model } from '../trace/model.ts'
import { vector } from '../trace/space.ts'

/** A hanging bridge of planks along x, `half` units to each side, sagging. */
export function ropeBridge(model: Model, half: number): void {
  const sag = (x: number) => 1 - 0.62 * (1 - (x / half) ** 2)
  for (let x = -half; x <= half; x += 0.2) {
    const slope = (Math.atan2(sag(x + 0.1) - sag(x - 0.1), 0.2) * 180) / Math.PI
    model.within({ x, y: sag(x), roll: slope + model.random.range(-4, 4) }, () => {
      model.box(vector(0, 0, 0), vector(0.17, 0.06, 0.95 + model.random.range(-0.05, 0.05)), stuff.plank)
    })
    for (const z of [-0.5, 0.5]) {
      model.bar(
        vector(x - 0.1, sag(x - 0.1) + 0.55, z),
        vector(x + 0.1, sag(x + 0.1) + 0.55, z),
        0.035,
        0.035,
        stuff.rope,
      )
      if (Math.round(x * 5) % 2 === 0)
        model.bar(vector(x, sag(x), z), vector(x, sag(x) + 0.55, z), 0.02, 0.02, stuff.rope)
    }
  }
  for (const end of [-1, 1]) {
    for (const z of [-0.55, 0.55])
      model.bar(vector(end * half, -0.2, z), vector(end * (half + 0.06), 1.8, z), 0.11, 0.09, stuff.beam)
    model.within({ x: end * (half + 0.75), y: -0.9 }, () => {
      for (let block = 0; block < 14; block++) {
        model.within(
          { x: model.random.range(-0.55, 0.55), z: model.random.range(-0.7, 0.7), spin: model.random.range(0, 90) },
          () => {
            model.taper(vector(0, 0, 0), model.random.range(1.6, 1.95), [0.62, 0.62], [0.4, 0.4], basalt, 0.1)
          },
        )
      }
    })
  }
  model.within({ x: half, y: 1.85, z: 0.6 }, () => lantern(model, 0.9, 1.2))
  model.within({ x: -half, y: 1.85, z: 0.6 }, () => lantern(model, 0.9, 1.2))
}

/** A great bell in a frame of oak on a step of stone. */
export function bellFrame(model: Model): void {
  stones(model, 3, 2, 0.4, basalt)
  model.within({ y: 0.4 }, () => {
    for (const x of [-1.15, 1.15]) {
      model.box(vector(x, 1.3, 0), vector(0.24, 2.6, 0.28), stuff.beam, 0.05)
      for (const z of [-1, 1]) model.bar(vector(x, 0.1, z * 0.75), vector(x, 1.5, z * 0.08), 0.08, 0.08, stuff.beam)
    }
    model.box(vector(0, 2.68, 0), vector(3, 0.28, 0.34), stuff.beam, 0.05)
    model.within({ y: 2.8 }, () => roof(model, 3, 1, 0.6, { tile: stuff.clay, gable: stuff.plank, eave: 0.14 }))
    const profile = [
      [0.16, 2.2],
      [0.42, 2.1],
      [0.52, 1.85],
      [0.58, 1.45],
      [0.68, 1.1],
      [0.86, 0.85],
      [0.9, 0.76],
    ] as const
    for (let ring = 0; ring < profile.length - 1; ring++) {
      const [above, below] = [profile[ring], profile[ring + 1]]
      if (above && below)
        model.bar(vector(0, below[1], 0), vector(0, above[1], 0), below[0], above[0], {
          color: hex('#c98a34'),
          shine: 0.7,
        })
    }
    model.bar(vector(0, 1.02, 0), vector(0, 1.1, 0), 0.75, 0.72, { color: hex('#8a5a24'), shine: 0.6 })
    model.bar(vector(0, 2.2, 0), vector(0, 2.6, 0), 0.1, 0.1, stuff.iron)
    model.ball(vector(0, 0.62, 0), vector(0.19, 0.19, 0.19), stuff.iron)
    model.bar(vector(0, 0.5, 0), vector(0.04, -0.1, 0.1), 0.025, 0.025, stuff.rope)
  })
  model.lamp(vector(-0.9, 1, 1.4), palette.ember, 0.9, 0.2)
}
