import { hex, palette } from '../color.ts'
import { stuff } from './stuff.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

const coal: Material = { color: hex('#3a3048'), grain: 'stone' }

/** The rock of Cinderpeak. */
export const basalt: Material = { color: hex('#6b5468'), grain: 'stone' }

const magma: Material = { color: hex('#e8441a'), hot: hex('#ffc04a'), glow: 1.3 }

const egg: Material = { color: hex('#c07a3a'), glow: 0.1, shine: 0.5 }

/** The mouth of a mine: timbers in the rock, rails, a cart heaped with embers. */
export function mine(model: Model): void {
  const { random } = model
  for (let block = 0; block < 40; block++) {
    const turn = random.range(0, Math.PI)
    const away = random.range(1.15, 2.1)
    const x = Math.cos(turn) * away
    const y = Math.sin(turn) * away
    model.within(
      { x, y: y - 0.35, z: random.range(-1, -0.3), spin: random.range(0, 90), roll: random.range(0, 90) },
      () => {
        model.box(
          vector(0, 0, 0),
          vector(random.range(0.6, 1.1), random.range(0.6, 1.1), random.range(0.7, 1.2)),
          basalt,
          0.12,
        )
      },
    )
  }
  model.box(vector(0, 0.75, -1.3), vector(2, 1.9, 0.3), { color: hex('#140a18') })
  model.lamp(vector(0, 0.7, -0.7), palette.ember, 1.6, 0.3)
  for (const z of [0.1, -0.7]) {
    for (const x of [-0.85, 0.85]) model.box(vector(x, 0.75, z), vector(0.22, 1.5, 0.22), stuff.beam, 0.05)
    model.box(vector(0, 1.56, z), vector(2.2, 0.24, 0.26), stuff.beam, 0.05)
  }
  for (let shard = 0; shard < 14; shard++) {
    const side = random.next() < 0.5 ? -1 : 1
    model.within(
      {
        x: side * random.range(1.05, 1.8),
        y: random.range(0, 0.9),
        z: random.range(0, 0.25),
        roll: side * random.range(-60, 10),
        tilt: 30,
      },
      () => {
        model.taper(vector(0, 0, 0), random.range(0.2, 0.45), [0.09, 0.09], [0.01, 0.01], magma)
      },
    )
  }
  for (const x of [-0.3, 0.3]) model.box(vector(x, 0.06, 0.7), vector(0.07, 0.06, 3.2), stuff.iron)
  for (let z = -0.7; z < 2.2; z += 0.36) model.box(vector(0, 0.02, z), vector(0.95, 0.06, 0.16), stuff.beam)
  model.within({ z: 0.95 }, () => {
    model.taper(vector(0, 0.24, 0), 0.55, [0.38, 0.46], [0.5, 0.6], stuff.plank, 0.04)
    for (const z of [-0.5, 0, 0.5]) model.box(vector(0, 0.52, z), vector(1.02, 0.56, 0.06), stuff.iron)
    for (const x of [-0.36, 0.36])
      for (const z of [-0.3, 0.3])
        model.bar(vector(x - 0.05, 0.19, z), vector(x + 0.05, 0.19, z), 0.17, 0.17, stuff.iron)
    for (let lump = 0; lump < 22; lump++) {
      const r = random.range(0.1, 0.18)
      model.ball(
        vector(random.range(-0.38, 0.38), 0.82 + random.range(0, 0.14), random.range(-0.45, 0.45)),
        vector(r, r, r),
        random.next() < 0.65 ? magma : coal,
      )
    }
    model.lamp(vector(0, 1.2, 0.5), palette.ember, 1.2, 0.3)
  })
}

/** A golem of basalt, sitting, embers in its joints and eyes. */
export function golem(model: Model): void {
  const { random } = model
  const rock = (x: number, y: number, z: number, w: number, h: number, d: number, roll = 0) => {
    model.within({ x, y, z, roll, spin: random.range(-9, 9) }, () => {
      model.taper(vector(0, -h / 2, 0), h / 2, [w * 0.42, d * 0.42], [w / 2, d / 2], basalt, 0.1)
      model.taper(vector(0, 0, 0), h / 2, [w / 2, d / 2], [w * 0.38, d * 0.38], basalt, 0.1)
    })
  }
  rock(0, 1.35, 0, 1.7, 1.5, 1.2)
  rock(0, 0.55, 0.05, 1.25, 0.8, 1)
  rock(0, 2.35, 0.3, 0.85, 0.8, 0.8)
  rock(0, 2.68, 0.42, 0.95, 0.26, 0.7)
  rock(0, 2.05, 0.5, 0.6, 0.3, 0.5)
  for (const side of [-1, 1]) {
    rock(side * 1.12, 1.85, 0, 0.85, 0.8, 0.85, side * 12)
    rock(side * 1.4, 1.15, 0.25, 0.6, 0.95, 0.6, side * 8)
    rock(side * 1.35, 0.45, 0.6, 0.8, 0.75, 0.8)
    rock(side * 0.6, 0.28, 0.75, 0.65, 0.58, 1.1)
    model.ball(vector(side * 0.2, 2.42, 0.71), vector(0.12, 0.085, 0.06), { ...magma, glow: 2 })
    model.ball(vector(side * 1.28, 1.52, 0.2), vector(0.26, 0.16, 0.26), magma)
    model.ball(vector(side * 1.38, 0.78, 0.45), vector(0.25, 0.14, 0.25), magma)
    model.lamp(vector(side * 0.2, 2.4, 1.1), palette.ember, 0.35, 0.1)
  }
  model.ball(vector(0, 1.4, 0.5), vector(0.32, 0.32, 0.16), magma)
  model.ball(vector(0, 0.92, 0.1), vector(0.6, 0.14, 0.5), magma)
  model.lamp(vector(0, 1.4, 1.1), palette.ember, 0.9, 0.2)
  for (const [x, y, z, r] of [
    [-0.5, 2.02, 0.3, 0.2],
    [0.9, 2.3, 0, 0.26],
    [-1.1, 2.28, 0, 0.3],
  ] as const) {
    model.ball(vector(x, y, z), vector(r, r * 0.45, r), stuff.moss)
  }
}

/** A nest of charred branches with glowing eggs. */
export function nest(model: Model): void {
  const { random } = model
  for (let branch = 0; branch < 130; branch++) {
    const turn = random.range(0, Math.PI * 2)
    const y = random.next() * 0.62
    const away = 0.85 + y * 0.55
    const [x, z] = [Math.cos(turn) * away, Math.sin(turn) * away]
    const long = random.range(0.35, 0.6)
    const [dx, dz] = [-Math.sin(turn) * long, Math.cos(turn) * long]
    const lift = random.range(-0.14, 0.14)
    model.bar(
      vector(x - dx, y + 0.08 - lift, z - dz),
      vector(x + dx, y + 0.08 + lift, z + dz),
      0.06,
      0.035,
      random.next() < 0.7 ? stuff.beam : stuff.plank,
    )
  }
  model.bar(vector(0, 0.05, 0), vector(0, 0.3, 0), 0.8, 1, stuff.soil)
  for (const [x, z, tall, roll] of [
    [-0.42, 0.05, 0.5, 10],
    [0.38, 0.1, 0.54, -12],
    [0, -0.35, 0.58, 3],
    [0.02, 0.42, 0.46, -4],
  ] as const) {
    model.within({ x, y: 0.3 + tall * 0.7, z, roll }, () => {
      model.ball(vector(0, 0, 0), vector(tall * 0.62, tall * 0.86, tall * 0.62), egg)
      for (let spot = 0; spot < 9; spot++) {
        const turn = random.range(0, Math.PI * 2)
        const y = random.range(-0.3, 0.6)
        const r = Math.sqrt(1 - y * y)
        model.ball(
          vector(Math.cos(turn) * r * tall * 0.6, y * tall * 0.84, Math.sin(turn) * r * tall * 0.6),
          vector(0.06, 0.06, 0.06),
          magma,
        )
      }
    })
  }
  model.lamp(vector(0, 1.2, 0.7), palette.ember, 1.1, 0.3)
}
