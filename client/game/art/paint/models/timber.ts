import { hex, type Color } from '../color.ts'
import { stuff } from './stuff.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

/** Courses of rough stones around a rectangle: `width` by `depth`, `height` tall, standing on y = 0. */
export function stones(
  model: Model,
  width: number,
  depth: number,
  height: number,
  material: Material = stuff.stone,
): void {
  const { random } = model
  model.box(vector(0, height / 2, 0), vector(width - 0.08, height, depth - 0.08), stuff.dark)
  const rows = Math.max(1, Math.round(height / 0.3))
  const tall = height / rows
  for (let row = 0; row < rows; row++) {
    for (const [length, spin, off] of [
      [width, 0, depth / 2],
      [width, 180, depth / 2],
      [depth, 90, width / 2],
      [depth, -90, width / 2],
    ] as const) {
      model.within({ spin }, () => {
        let x = -length / 2 - 0.04
        while (x < length / 2 - 0.08) {
          const long = Math.min(random.range(0.3, 0.62), length / 2 + 0.04 - x)
          const out = random.range(0, 0.07)
          model.box(
            vector(x + long / 2, (row + 0.5) * tall, off - 0.04),
            vector(long - 0.035, tall - 0.035, 0.16 + out),
            material,
            0.07,
          )
          x += long
        }
      })
    }
  }
}

/** A timber-framed block on y = 0: plaster between posts, rails and braces. */
export function wall(model: Model, width: number, depth: number, height: number, fill: Material = stuff.plaster): void {
  model.box(vector(0, height / 2, 0), vector(width, height, depth), fill, 0.05)
  const post = 0.17
  for (const [length, spin, off] of [
    [width, 0, depth / 2],
    [width, 180, depth / 2],
    [depth, 90, width / 2],
    [depth, -90, width / 2],
  ] as const) {
    model.within({ spin }, () => {
      for (const y of [post / 2, height - post / 2]) {
        model.box(vector(0, y, off), vector(length + 0.16, post, 0.16), stuff.beam, 0.05)
      }
      const bays = Math.max(1, Math.round(length / 1.15))
      for (let bay = 0; bay <= bays; bay++) {
        model.box(
          vector(-length / 2 + (length * bay) / bays, height / 2, off),
          vector(post, height, 0.15),
          stuff.beam,
          0.05,
        )
      }
      for (const [x, roll] of [
        [-length / 2 + length / bays / 2, -32],
        [length / 2 - length / bays / 2, 32],
      ] as const) {
        if (bays < 2) continue
        model.within({ x, y: height / 2, z: off, roll }, () => {
          model.box(vector(0, 0, 0), vector(0.12, height * 0.98, 0.11), stuff.beam, 0.04)
        })
      }
    })
  }
}

/** A gabled roof on y = 0, ridge along x: rows of shingles, gable walls, barge boards. `rise` is the ridge's height. */
export function roof(
  model: Model,
  width: number,
  depth: number,
  rise: number,
  { tile = stuff.slate, gable = stuff.plaster, eave = 0.2 }: { tile?: Material; gable?: Material; eave?: number } = {},
): void {
  const { random } = model
  const half = depth / 2
  const w = width / 2
  model.within({ spin: 90 }, () => {
    model.slab(
      [
        [-half, 0],
        [half, 0],
        [0, rise],
      ],
      -w + 0.02,
      w - 0.02,
      gable,
      0.05,
    )
    for (const end of [-w, w]) {
      model.box(vector(0, rise * 0.28, end), vector(depth * 0.6, 0.13, 0.14), stuff.beam)
      model.box(vector(0, rise * 0.42, end), vector(0.14, rise * 0.8, 0.14), stuff.beam)
    }
  })
  const slope = Math.hypot(half, rise)
  const pitch = (Math.atan2(rise, half) * 180) / Math.PI
  const run = slope + eave
  const rows = Math.round(run / 0.27)
  const step = run / rows
  const length = width + eave * 1.5
  for (const spin of [0, 180]) {
    model.within({ spin }, () => {
      model.within({ y: rise, tilt: pitch }, () => {
        model.box(vector(0, 0.03, run / 2), vector(length, 0.1, run), stuff.beam)
        for (let row = 0; row < rows; row++) {
          let x = -length / 2 - random.range(0, 0.15)
          while (x < length / 2 - 0.05) {
            const wide = random.range(0.26, 0.4)
            const over = random.range(0, 0.05)
            const right = Math.min(x + wide, length / 2 + 0.03)
            const left = Math.max(x, -length / 2 - 0.03)
            model.within({ x: (left + right) / 2, y: 0.13, z: (row + 0.5) * step, tilt: 6 }, () => {
              model.box(vector(0, 0, over), vector(right - left - 0.02, 0.085, step * 1.28), tile, 0.05)
            })
            x += wide
          }
        }
        for (const end of [-1, 1]) {
          model.box(vector((end * length) / 2, 0.07, run / 2), vector(0.13, 0.26, run + 0.05), stuff.beam, 0.05)
        }
      })
    })
  }
  for (let x = -length / 2 + 0.15; x < length / 2; x += 0.34) {
    model.box(vector(x, rise + 0.14, 0), vector(0.36, 0.15, 0.3), tile, 0.07)
  }
}

/** A roof of four sides coming to a point, shingled; `half` is half its width at the eaves. */
export function spire(model: Model, half: number, rise: number, tile: Material = stuff.slate): void {
  const rows = Math.round(rise / 0.24)
  for (let row = 0; row < rows; row++) {
    const low = row / rows
    const wide = half * (1 - low) ** 1.12 + 0.03
    const next = half * (1 - (row + 1) / rows) ** 1.12
    model.taper(vector(0, rise * low, 0), rise / rows + 0.05, [wide, wide], [next + 0.02, next + 0.02], tile, 0.05)
    const count = Math.max(2, Math.round((wide * 2) / 0.3))
    for (const spin of [0, 90, 180, 270]) {
      model.within({ spin }, () => {
        for (let index = 0; index < count; index++) {
          const x = -wide + ((index + 0.5) * wide * 2) / count
          const lean = (Math.atan2(wide - next, rise / rows) * 180) / Math.PI
          model.within({ x, y: rise * low + 0.05, z: wide, tilt: -lean }, () => {
            const out = model.random.range(0.06, 0.1)
            model.box(vector(0, 0.05, 0), vector((wide * 2) / count - 0.02, (rise / rows) * 1.2, out), tile, 0.04)
          })
        }
      })
    }
  }
  model.bar(vector(0, rise - 0.05, 0), vector(0, rise + 0.35, 0), 0.04, 0.02, stuff.brass)
  model.ball(vector(0, rise + 0.36, 0), vector(0.08, 0.08, 0.08), stuff.brass)
}

/** A lit window in the frame's z = 0 plane, its middle at the origin. */
export function window(model: Model, width = 0.54, height = 0.6, lit: Material = stuff.window): void {
  model.box(vector(0, 0, 0.02), vector(width, height, 0.06), lit)
  for (const x of [-1, 1])
    model.box(vector((x * width) / 2, 0, 0.07), vector(0.09, height + 0.16, 0.12), stuff.beam, 0.04)
  model.box(vector(0, 0, 0.07), vector(0.045, height, 0.06), stuff.beam)
  model.box(vector(0, 0.02, 0.07), vector(width, 0.045, 0.06), stuff.beam)
  model.box(vector(0, height / 2 + 0.05, 0.08), vector(width + 0.16, 0.11, 0.16), stuff.beam, 0.04)
  model.box(vector(0, -height / 2 - 0.05, 0.12), vector(width + 0.24, 0.1, 0.24), stuff.pale, 0.04)
  model.lamp(vector(0, -0.05, 0.42), fire, 0.24, 0.14)
}

/** A plank door under a lintel, its threshold at the origin, in the z = 0 plane. */
export function door(model: Model, width = 0.68, height = 0.98): void {
  for (let plank = 0; plank < 4; plank++) {
    model.box(
      vector(((plank - 1.5) * width) / 4, height / 2, 0.03),
      vector(width / 4 - 0.015, height, 0.08),
      stuff.plank,
    )
  }
  for (const y of [0.24, 0.78]) model.box(vector(0, height * y, 0.09), vector(width * 0.9, 0.07, 0.04), stuff.iron)
  for (const x of [-1, 1]) {
    model.box(vector(x * (width / 2 + 0.07), height / 2, 0.05), vector(0.15, height + 0.05, 0.2), stuff.beam, 0.05)
  }
  model.box(vector(0, height + 0.09, 0.06), vector(width + 0.36, 0.18, 0.24), stuff.beam, 0.05)
  model.ball(vector(width * 0.3, height * 0.48, 0.12), vector(0.05, 0.05, 0.05), stuff.brass)
  model.box(vector(0, -0.04, 0.2), vector(width + 0.3, 0.1, 0.42), stuff.stone, 0.05)
}

/** A stone chimney standing on the origin, with a curl of smoke. */
export function chimney(model: Model, height: number, size = 0.5, smoke = true): void {
  stones(model, size, size, height)
  model.box(vector(0, height + 0.05, 0), vector(size + 0.2, 0.14, size + 0.2), stuff.stone, 0.06)
  model.box(vector(0, height + 0.14, 0), vector(size * 0.6, 0.12, size * 0.6), stuff.dark)
  if (!smoke) return
  model.smoke(vector(0, height + 0.25, 0), size * 0.9)
}

/** The light of lamps and fires. */
export const fire: Color = hex('#ffa04a')
