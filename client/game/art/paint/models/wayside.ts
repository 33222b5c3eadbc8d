import { palette } from '../color.ts'
import { lantern } from './fittings.ts'
import { stuff } from './stuff.ts'
import type { Model } from '../trace/model.ts'
import { vector } from '../trace/space.ts'

/** A lantern on a post by the way. */
export function lampPost(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0.02, 1.9, 0), 0.08, 0.065, stuff.beam)
  model.bar(vector(0, 1.75, 0), vector(0.5, 1.86, 0), 0.045, 0.035, stuff.beam)
  model.bar(vector(0, 1.45, 0), vector(0.3, 1.8, 0), 0.03, 0.03, stuff.beam)
  model.within({ x: 0.44, y: 1.84 }, () => lantern(model, 0.7, 1.3))
  for (let stone = 0; stone < 5; stone++) {
    const turn = stone * 1.3
    const r = model.random.range(0.08, 0.14)
    model.ball(vector(Math.cos(turn) * 0.15, r * 0.5, Math.sin(turn) * 0.15), vector(r, r * 0.8, r), stuff.dark)
  }
}

/** A length of split-rail fence along x, `posts` posts long. */
export function fence(model: Model, posts: number): void {
  const { random } = model
  const half = ((posts - 1) * 0.9) / 2
  for (let post = 0; post < posts; post++) {
    const x = -half + post * 0.9
    model.within({ x, roll: random.range(-5, 5), tilt: random.range(-4, 4) }, () => {
      model.box(vector(0, 0.4, 0), vector(0.13, 0.86, 0.12), stuff.beam, 0.04)
      model.taper(vector(0, 0.83, 0), 0.08, [0.065, 0.06], [0.02, 0.02], stuff.beam)
    })
    if (post === posts - 1) continue
    for (const y of [0.3, 0.6]) {
      model.within({ x: x + 0.45, y: y + random.range(-0.04, 0.04), z: 0.08, roll: random.range(-4, 4) }, () => {
        model.box(vector(0, 0, 0), vector(1.02, 0.12, 0.06), stuff.plank, 0.03)
      })
    }
  }
}

/** A signpost with two arms. */
export function signpost(model: Model): void {
  model.bar(vector(0, 0, 0), vector(0, 1.5, 0), 0.08, 0.06, stuff.beam)
  for (const [y, spin, roll] of [
    [1.25, 20, 4],
    [0.92, 200, -5],
  ] as const) {
    model.within({ y, spin, roll }, () => {
      model.slab(
        [
          [0, -0.14],
          [0.62, -0.14],
          [0.8, 0],
          [0.62, 0.14],
          [0, 0.14],
        ],
        0.06,
        0.13,
        stuff.pale,
      )
    })
  }
}

/** A round well of stone under a little roof. */
export function well(model: Model): void {
  for (let row = 0; row < 3; row++) {
    for (let stone = 0; stone < 11; stone++) {
      model.within({ spin: (stone + row * 0.5) * (360 / 11), y: 0.13 + row * 0.22 }, () => {
        model.box(vector(0, 0, 0.56), vector(0.3, 0.19, 0.2 + model.random.range(0, 0.05)), stuff.stone, 0.06)
      })
    }
  }
  model.bar(vector(0, 0.1, 0), vector(0, 0.5, 0), 0.5, 0.5, { color: palette.night })
  for (const x of [-0.55, 0.55]) model.box(vector(x, 0.95, 0), vector(0.11, 1.2, 0.11), stuff.beam)
  model.bar(vector(-0.6, 1.2, 0), vector(0.6, 1.2, 0), 0.06, 0.06, stuff.plank)
  model.bar(vector(0, 1.2, 0), vector(0, 0.85, 0), 0.015, 0.015, stuff.rope)
  model.bar(vector(0, 0.66, 0), vector(0, 0.86, 0), 0.11, 0.14, stuff.plank)
  for (const spin of [0, 180]) {
    model.within({ spin, y: 1.95, tilt: 42 }, () => {
      for (let row = 0; row < 3; row++) {
        for (let x = -0.62; x < 0.6; x += 0.25) {
          model.box(vector(x + 0.12, 0.05, row * 0.25 + 0.12), vector(0.23, 0.06, 0.31), stuff.slate)
        }
      }
    })
  }
}
