import { hex, palette } from './color.ts'
import type { Model } from './model.ts'
import type { Material } from './solids.ts'
import { vector } from './space.ts'
import { flames, lantern, log, roof, stones, stuff, wall, window } from './timber.ts'

const coal: Material = { color: hex('#3a3048'), grain: 'stone' }
const basalt: Material = { color: hex('#6b5468'), grain: 'stone' }
const magma: Material = { color: hex('#e8441a'), hot: hex('#ffc04a'), glow: 1.3 }
const witchlight: Material = { color: hex('#58c04a'), hot: hex('#e8ffa0'), glow: 1.4 }
const water: Material = { color: hex('#7fc8d8'), glow: 0.2, shine: 0.6 }
const egg: Material = { color: hex('#c07a3a'), glow: 0.1, shine: 0.5 }

/** Split logs in a stack beside a stump with an axe in it, and a small fire. */
export function woodpile(model: Model): void {
  model.within({ x: -0.7, z: -0.3 }, () => {
    for (let row = 0; row < 4; row++) {
      for (let index = 0; index < 5 - row; index++) {
        model.within({ y: row * 0.25, z: (index - (4 - row) / 2) * 0.3, spin: model.random.range(-3, 3) }, () =>
          log(model, 1.3, 0.145),
        )
      }
    }
  })
  model.within({ x: 0.75, z: 0.35 }, () => {
    model.bar(vector(0, 0, 0), vector(0, 0.5, 0), 0.36, 0.31, stuff.beam)
    model.bar(vector(0, 0.5, 0), vector(0, 0.52, 0), 0.28, 0.28, stuff.pale)
    model.within({ y: 0.55, x: -0.05, roll: 38 }, () => {
      model.bar(vector(0, 0, 0), vector(0, 1.05, 0), 0.045, 0.04, stuff.pale)
      model.slab(
        [
          [-0.28, -0.14],
          [0.02, -0.07],
          [0.02, 0.12],
          [-0.28, 0.2],
        ],
        -0.03,
        0.03,
        { ...stuff.iron, color: hex('#a8aec4') },
      )
    })
    for (const [x, z, spin] of [
      [0.5, 0.4, 30],
      [-0.4, 0.65, 70],
      [0.2, 0.75, 110],
    ] as const) {
      model.within({ x, z, spin }, () =>
        model.bar(vector(-0.25, 0.05, 0), vector(0.25, 0.06, 0), 0.05, 0.03, stuff.plank),
      )
    }
  })
}

/** A campfire in a ring of stones. */
export function campfire(model: Model): void {
  for (let stone = 0; stone < 11; stone++) {
    const turn = (stone / 11) * Math.PI * 2
    const r = model.random.range(0.11, 0.17)
    model.ball(vector(Math.cos(turn) * 0.6, 0.08, Math.sin(turn) * 0.6), vector(r, r * 0.85, r), stuff.stone)
  }
  for (const spin of [10, 70, 130]) model.within({ spin, y: 0.02 }, () => log(model, 1, 0.09))
  model.within({ y: 0.12 }, () => flames(model, 1.15, 2))
}

/** A ledge of broken rock, flat on top at `tall`. */
export function crag(model: Model, tall: number, rock: Material = stuff.stone): void {
  const { random } = model
  for (let block = 0; block < 34; block++) {
    const turn = random.range(0, Math.PI * 2)
    const away = random.next() ** 0.6 * 0.95
    const high = tall * (1 - away * 0.62) * random.range(0.8, 1)
    const wide = random.range(0.25, 0.5)
    model.within(
      {
        x: Math.cos(turn) * away,
        z: Math.sin(turn) * away * 0.8,
        spin: random.range(0, 90),
        roll: random.range(-7, 7),
      },
      () => {
        model.taper(vector(0, 0, 0), high, [wide, wide], [wide * 0.72, wide * 0.72], rock, 0.08)
      },
    )
  }
  model.taper(vector(0, 0, 0), tall, [0.75, 0.65], [0.5, 0.42], rock, 0.08)
}

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
