import { hex, palette } from '../color.ts'
import { banner, barrel, flames, log } from '../models/fittings.ts'
import { stuff } from '../models/stuff.ts'
import type { Picture } from '../picture.ts'
import { createModel, type Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { unit, vector } from '../trace/space.ts'
import { render } from '../trace/studio.ts'

const steel: Material = { color: hex('#8f97b3'), shine: 0.85 }

const rug: Material = { color: hex('#8a2f3a'), grain: 'cloth' }

const gold: Material = { color: hex('#d9a04a'), shine: 0.7 }

const night: Material = { color: hex('#4a6ac8'), hot: hex('#7f9ef0'), glow: 0.4 }

const wax: Material = { color: hex('#f4e2b8'), glow: 0.25 }

function shell(model: Model): void {
  const { random } = model
  for (let plank = 0; plank < 26; plank++) {
    let z = -3.4 - random.range(0, 1.5)
    while (z < 6) {
      const long = random.range(1.6, 2.8)
      model.box(vector(-6.5 + plank * 0.52, -0.06, z + long / 2), vector(0.5, 0.12, long - 0.03), stuff.plank, 0.03)
      z += long
    }
  }
  model.box(vector(0, 3, -3.6), vector(14, 6, 0.3), stuff.plaster)
  for (let row = 0; row < 4; row++) {
    let x = -6.6 - random.range(0, 0.5)
    while (x < 6.6) {
      const long = random.range(0.5, 1)
      model.box(
        vector(x + long / 2, 0.16 + row * 0.32, -3.4),
        vector(long - 0.04, 0.29, 0.22 + random.range(0, 0.06)),
        stuff.stone,
        0.08,
      )
      x += long
    }
  }
  for (const x of [-6.2, -4.75, -1.75, 1.75, 4.3, 6.2])
    model.box(vector(x, 3, -3.36), vector(0.3, 6, 0.26), stuff.beam, 0.06)
  for (const y of [1.42, 3.9]) model.box(vector(0, y, -3.36), vector(13, 0.24, 0.24), stuff.beam, 0.06)
  for (const [x, roll] of [
    [-1.15, -38],
    [1.15, 38],
  ] as const) {
    model.within({ x, y: 4.6, z: -3.3, roll }, () =>
      model.box(vector(0, 0, 0), vector(0.2, 1.7, 0.2), stuff.beam, 0.05),
    )
  }
  for (let z = -2.6; z < 6; z += 1.9) {
    model.box(vector(0, 5.1, z), vector(14, 0.36, 0.36), stuff.beam, 0.06)
    for (const side of [-1, 1]) {
      model.box(vector(side * 6.1, 2.6, z), vector(0.36, 5.2, 0.36), stuff.beam, 0.06)
      model.within({ x: side * 5.4, y: 4.4, z, roll: side * -45 }, () =>
        model.box(vector(0, 0, 0), vector(0.24, 1.9, 0.24), stuff.beam, 0.05),
      )
    }
  }
  for (const side of [-1, 1]) model.box(vector(side * 6.5, 3, 1), vector(0.3, 6, 11), stuff.plaster)
  model.box(vector(0, 5.6, 1), vector(14, 0.3, 11), stuff.beam)
}

function fireplace(model: Model): void {
  const { random } = model
  for (const x of [-1.15, 1.15]) {
    for (let row = 0; row < 6; row++) {
      model.box(
        vector(x + random.range(-0.03, 0.03), 0.18 + row * 0.34, 0.25),
        vector(0.6 + random.range(0, 0.08), 0.31, 0.9),
        stuff.stone,
        0.09,
      )
    }
  }
  model.box(vector(0, 2.2, 0.28), vector(3.1, 0.3, 1.1), stuff.beam, 0.06)
  model.taper(vector(0, 2.35, 0.1), 2.7, [1.25, 0.5], [0.75, 0.4], stuff.stone, 0.1)
  for (let row = 0; row < 7; row++) {
    for (let stone = 0; stone < 5; stone++) {
      const wide = 1.2 - row * 0.07
      model.box(
        vector(
          -wide + (stone + 0.5 + (row % 2) * 0.3 - 0.15) * ((wide * 2) / 5),
          2.55 + row * 0.37,
          0.58 - row * 0.016,
        ),
        vector((wide * 2) / 5 - 0.05, 0.33, 0.14 + random.range(0, 0.06)),
        stuff.stone,
        0.08,
      )
    }
  }
  model.box(vector(0, 1, -0.2), vector(1.8, 2.1, 0.2), stuff.dark)
  model.box(vector(0, 0.06, 0.4), vector(3, 0.14, 1.6), stuff.stone, 0.06)
  for (const spin of [8, -12]) model.within({ spin, y: 0.14, z: 0.2 }, () => log(model, 1.2, 0.13))
  model.within({ y: 0.3, z: 0.2 }, () => flames(model, 1.15, 5))
  for (const x of [-1.2, -0.9, 1.1]) {
    model.bar(vector(x, 2.35, 0.5), vector(x, 2.6, 0.5), 0.06, 0.06, wax)
    model.ball(vector(x, 2.7, 0.5), vector(0.05, 0.1, 0.05), stuff.core)
    model.lamp(vector(x, 2.8, 0.7), palette.glow, 0.35, 0.1)
  }
}

function armourStand(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0, 0.14, 0), 0.85, 0.8, stuff.plank)
  model.bar(vector(0, 0.14, 0), vector(0, 0.24, 0), 0.68, 0.66, stuff.pale)
  model.bar(vector(0, 0.2, 0), vector(0, 2.2, 0), 0.08, 0.08, stuff.beam)
  model.taper(vector(0, 1.12, 0), 0.42, [0.42, 0.28], [0.36, 0.24], steel, 0.12)
  model.taper(vector(0, 1.5, 0), 0.62, [0.38, 0.26], [0.54, 0.32], steel, 0.14)
  model.ball(vector(0, 1.78, 0.14), vector(0.44, 0.38, 0.26), steel)
  model.box(vector(0, 1.5, 0.02), vector(0.84, 0.09, 0.6), gold, 0.03)
  for (let strip = 0; strip < 5; strip++) {
    model.within({ x: -0.32 + strip * 0.16, y: 0.92, z: 0.2, tilt: -8 }, () =>
      model.box(vector(0, 0, 0), vector(0.14, 0.46, 0.06), { color: hex('#7a4a2c'), grain: 'cloth' }),
    )
  }
  for (const side of [-1, 1]) {
    for (let plate = 0; plate < 3; plate++)
      model.ball(
        vector(side * (0.58 + plate * 0.06), 2.04 - plate * 0.13, 0.02),
        vector(0.28, 0.17, 0.3),
        plate === 0 ? gold : steel,
      )
    model.bar(vector(side * 0.68, 1.9, 0), vector(side * 0.74, 1.4, 0.05), 0.13, 0.11, steel)
    model.ball(vector(side * 0.75, 1.32, 0.06), vector(0.14, 0.16, 0.14), steel)
  }
  model.within({ y: 2.2 }, () => {
    model.ball(vector(0, 0.32, 0), vector(0.3, 0.34, 0.32), steel)
    model.box(vector(0, 0.26, 0.27), vector(0.44, 0.07, 0.1), { color: hex('#10131f') })
    model.box(vector(0, 0.2, 0.3), vector(0.07, 0.3, 0.08), gold, 0.02)
    for (let part = 0; part < 9; part++) {
      const turn = 0.5 + part * 0.2
      model.ball(vector(0, 0.34 + Math.sin(turn) * 0.4, Math.cos(turn) * 0.38), vector(0.06, 0.12, 0.12), rug)
    }
  })
  model.slab(
    [
      [-0.5, 0],
      [0.5, 0],
      [0.42, 1.5],
      [-0.42, 1.5],
    ].map(([x, y]) => [x ?? 0, (y ?? 0) + 0.5] as const),
    -0.42,
    -0.36,
    rug,
    0.05,
  )
}

function shield(model: Model, color: Material): void {
  model.within({ tilt: 90 }, () => {
    model.bar(vector(0, 0, 0), vector(0, 0.09, 0), 0.52, 0.5, gold)
    model.bar(vector(0, 0.09, 0), vector(0, 0.13, 0), 0.44, 0.42, color)
    model.ball(vector(0, 0.14, 0), vector(0.15, 0.11, 0.15), gold)
  })
}

function chandelier(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0, 1.5, 0), 0.025, 0.025, stuff.iron)
  const count = 8
  for (let part = 0; part < count; part++) {
    const [a, b] = [(part / count) * Math.PI * 2, ((part + 1) / count) * Math.PI * 2]
    model.bar(
      vector(Math.cos(a), 0, Math.sin(a) * 0.9),
      vector(Math.cos(b), 0, Math.sin(b) * 0.9),
      0.06,
      0.06,
      stuff.beam,
    )
    model.bar(
      vector(Math.cos(a), 0.04, Math.sin(a) * 0.9),
      vector(Math.cos(a), 0.24, Math.sin(a) * 0.9),
      0.055,
      0.055,
      wax,
    )
    model.ball(vector(Math.cos(a), 0.33, Math.sin(a) * 0.9), vector(0.045, 0.1, 0.045), stuff.core)
    model.bar(vector(Math.cos(a), 0, Math.sin(a) * 0.9), vector(0, 0.8, 0), 0.012, 0.012, stuff.iron)
  }
  model.lamp(vector(0, 0.1, 0.3), palette.glow, 2.6, 0.7)
}

/** The hero's hall, 1600x900: a fire on the left, the armour in the light, the moon in a window. */
export function paintHall(): Picture {
  const model = createModel('hall')
  shell(model)
  model.within({ x: -3.25, z: -3.3 }, () => fireplace(model))
  model.within({ x: 0, z: -1.5 }, () => armourStand(model))
  model.box(vector(0, 0.02, -0.2), vector(4.2, 0.05, 3.4), rug)
  model.box(vector(0, 0.03, -0.2), vector(3.8, 0.05, 3), gold)
  model.box(vector(0, 0.04, -0.2), vector(3.66, 0.05, 2.86), rug)
  model.within({ x: 3, y: 2.75, z: -3.4 }, () => {
    model.box(vector(0, 0, 0), vector(1.5, 1.7, 0.14), night)
    for (const x of [-0.8, -0.27, 0.27, 0.8])
      model.box(vector(x, 0, 0.1), vector(x * x > 0.5 ? 0.2 : 0.06, 1.85, 0.16), stuff.beam, 0.04)
    for (const y of [-0.9, -0.3, 0.3, 0.9])
      model.box(vector(0, y, 0.1), vector(1.8, y * y > 0.5 ? 0.2 : 0.06, 0.18), stuff.beam, 0.04)
    model.lamp(vector(0, -0.2, 0.9), hex('#9ab8ff'), 1.6, 0.6)
  })
  for (const x of [-1.15, 1.15])
    model.within({ x, y: 3.7, z: -3.1 }, () =>
      banner(model, 0.75, 1.9, x < 0 ? rug : { color: hex('#2f4a8a'), grain: 'cloth' }),
    )
  model.within({ x: 0, y: 3.2, z: -3.3 }, () => shield(model, { color: hex('#c8642a'), grain: 'metal', shine: 0.4 }))
  for (const roll of [-42, 42]) {
    model.within({ y: 3.2, z: -3.28, roll }, () => {
      model.box(vector(0, 0.1, 0), vector(0.1, 1.9, 0.03), steel, 0.03)
      model.box(vector(0, -0.75, 0), vector(0.42, 0.08, 0.08), gold, 0.03)
      model.bar(vector(0, -0.75, 0), vector(0, -1.05, 0), 0.04, 0.05, stuff.beam)
    })
  }
  for (const [x, z, tall] of [
    [5.2, -2.6, 1],
    [4.5, -2.9, 0.8],
    [5.4, -1.7, 0.75],
  ] as const)
    model.within({ x, z }, () => barrel(model, tall))
  model.within({ x: 3.1, z: -2.5 }, () => {
    model.box(vector(0, 0.72, 0), vector(1.9, 0.12, 0.8), stuff.plank, 0.04)
    for (const x of [-0.8, 0.8]) model.box(vector(x, 0.35, 0), vector(0.16, 0.7, 0.6), stuff.beam)
    model.bar(vector(-0.5, 0.78, 0.1), vector(-0.5, 1, 0.1), 0.05, 0.05, wax)
    model.ball(vector(-0.5, 1.08, 0.1), vector(0.04, 0.09, 0.04), stuff.core)
    model.lamp(vector(-0.5, 1.2, 0.35), palette.glow, 0.5, 0.1)
    for (const [x, color] of [
      [0.1, '#3fa0d8'],
      [0.36, '#c04a8a'],
      [0.6, '#58b04a'],
    ] as const) {
      model.ball(vector(x, 0.9, 0), vector(0.12, 0.13, 0.12), { color: hex(color), glow: 0.35, shine: 0.8 })
      model.bar(vector(x, 1, 0), vector(x, 1.16, 0), 0.04, 0.045, { color: hex('#b8c8d8'), shine: 0.6 })
    }
  })
  model.within({ x: -5.3, z: -1.6, spin: 40 }, () => {
    model.box(vector(0, 0.4, 0), vector(1.1, 0.5, 0.7), stuff.plank, 0.04)
    model.bar(vector(-0.55, 0.66, 0), vector(0.55, 0.66, 0), 0.35, 0.35, stuff.plank)
    for (const x of [-0.42, 0.42]) model.box(vector(x, 0.5, 0), vector(0.1, 0.8, 0.76), stuff.iron)
    model.box(vector(0, 0.64, 0.37), vector(0.2, 0.22, 0.06), gold, 0.03)
  })
  model.within({ x: 0, y: 3.65, z: 0.6 }, () => chandelier(model))
  model.lamp(vector(0.4, 4.2, 1.2), palette.glow, 2.2, 0.5)
  return render(model, {
    width: 1600,
    height: 900,
    eye: vector(0, 2.15, 8.6),
    target: vector(0, 2.05, -1),
    angle: 32,
    side: 3,
    key: { way: unit(vector(-0.3, 0.9, 1)), color: [0.6, 0.68, 1], power: 0.25 },
    sky: { up: [0.2, 0.18, 0.32], side: [0.3, 0.22, 0.3], down: [0.2, 0.14, 0.1], power: 0.5 },
    rim: 0.25,
    exposure: 1.35,
    still: true,
    bloom: 0.7,
  })
}
