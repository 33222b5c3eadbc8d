import { stuff } from './stuff.ts'
import { fire } from './timber.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

/** A lantern hanging from the origin. */
export function lantern(model: Model, power = 0.5, size = 1): void {
  model.within({ scale: size }, () => {
    model.bar(vector(0, 0, 0), vector(0, -0.14, 0), 0.015, 0.015, stuff.iron)
    model.taper(vector(0, -0.24, 0), 0.1, [0.13, 0.13], [0.03, 0.03], stuff.iron)
    model.box(vector(0, -0.37, 0), vector(0.16, 0.25, 0.16), stuff.bright)
    for (const x of [-1, 1]) {
      for (const z of [-1, 1]) model.box(vector(x * 0.09, -0.37, z * 0.09), vector(0.03, 0.26, 0.03), stuff.iron)
    }
    model.box(vector(0, -0.51, 0), vector(0.23, 0.05, 0.23), stuff.iron)
    model.lamp(vector(0, -0.5, 0.22), fire, power, 0.16)
  })
}

/** A cloth banner hanging from the origin on a rod along x, with a notched end and a sun of brass. */
export function banner(model: Model, width = 0.5, height = 1.2, cloth: Material = stuff.cloth): void {
  model.bar(vector(-width / 2 - 0.1, 0, 0), vector(width / 2 + 0.1, 0, 0), 0.04, 0.04, stuff.brass)
  const [w, h] = [width / 2, -height]
  model.slab(
    [
      [-w, 0],
      [0, 0],
      [0, h * 0.86],
      [-w, h],
    ],
    -0.02,
    0.02,
    cloth,
    0.02,
  )
  model.slab(
    [
      [0, 0],
      [w, 0],
      [w, h],
      [0, h * 0.86],
    ],
    -0.02,
    0.02,
    cloth,
    0.02,
  )
  model.box(vector(0, -0.07, 0), vector(width + 0.02, 0.09, 0.07), stuff.brass)
  model.within({ y: h * 0.42, roll: 45 }, () => {
    model.box(vector(0, 0, 0.03), vector(width * 0.3, width * 0.3, 0.05), stuff.brass, 0.04)
  })
}

/** A barrel standing on the origin. */
export function barrel(model: Model, height = 0.7): void {
  const r = height * 0.36
  model.bar(vector(0, 0, 0), vector(0, height / 2, 0), r * 0.84, r, stuff.plank)
  model.bar(vector(0, height / 2, 0), vector(0, height, 0), r, r * 0.84, stuff.plank)
  for (const y of [0.16, 0.8]) {
    model.bar(vector(0, height * y, 0), vector(0, height * (y + 0.07), 0), r * 0.96, r * 0.96, stuff.iron)
  }
  model.bar(vector(0, height * 0.97, 0), vector(0, height * 0.985, 0), r * 0.7, r * 0.7, stuff.beam)
}

/** Tongues of fire on the origin, `size` tall. */
export function flames(model: Model, size: number, power = 2): void {
  const { random } = model
  for (let tongue = 0; tongue < 9; tongue++) {
    const turn = (tongue / 9) * Math.PI * 2
    const away = tongue === 0 ? 0 : size * random.range(0.12, 0.26)
    const tall = size * (tongue === 0 ? 1 : random.range(0.45, 0.8))
    const [x, z] = [Math.cos(turn) * away, Math.sin(turn) * away]
    model.ball(vector(x, tall * 0.2, z), vector(size * 0.17, tall * 0.24, size * 0.17), stuff.flame)
    model.bar(
      vector(x, tall * 0.25, z),
      vector(x * 0.6 + random.range(-0.06, 0.06), tall, z * 0.6),
      size * 0.165,
      0,
      stuff.flame,
    )
  }
  model.ball(vector(0, size * 0.16, size * 0.22), vector(size * 0.14, size * 0.2, size * 0.12), stuff.core)
  model.bar(vector(0, size * 0.2, size * 0.22), vector(0, size * 0.6, size * 0.18), size * 0.12, 0, stuff.core)
  model.lamp(vector(0, size * 0.6, size * 0.5), fire, power, size * 0.3)
}

/** A log lying along x on the origin. */
export function log(model: Model, length: number, radius = 0.16): void {
  model.bar(vector(-length / 2, radius, 0), vector(length / 2, radius, 0), radius, radius * 0.94, stuff.beam)
  model.bar(
    vector(length / 2, radius, 0),
    vector(length / 2 + 0.015, radius, 0),
    radius * 0.82,
    radius * 0.82,
    stuff.pale,
  )
  model.bar(
    vector(-length / 2 - 0.015, radius, 0),
    vector(-length / 2, radius, 0),
    radius * 0.82,
    radius * 0.82,
    stuff.pale,
  )
}
