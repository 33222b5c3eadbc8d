import { hex } from '../color.ts'
import { flames, log } from './fittings.ts'
import { stuff } from './stuff.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

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
