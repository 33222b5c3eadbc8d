import { hex } from '../color.ts'
import { banner, barrel, flames } from './fittings.ts'
import { post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { blue } from './tavern.ts'
import { door, spire, stones, window } from './timber.ts'
import type { Model } from '../trace/model.ts'
import { vector } from '../trace/space.ts'

/** The watchtower: a fire on a wooden stand, then on stone, then higher with banners. */
export function watchtower(model: Model, level: Level): void {
  const height = [2, 2.3, 3.2][level - 1] ?? 2
  const half = 0.62 + level * 0.06
  if (level === 1) {
    for (const [x, z] of [
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ] as const) {
      model.bar(vector(x * 0.85, 0, z * 0.85), vector(x * 0.6, height, z * 0.6), 0.1, 0.085, stuff.beam)
    }
    for (const spin of [0, 90, 180, 270]) {
      model.within({ spin }, () => {
        model.bar(vector(-0.82, 0.2, 0.8), vector(0.68, 1.7, 0.66), 0.05, 0.05, stuff.plank)
        model.bar(vector(0.82, 0.2, 0.8), vector(-0.68, 1.7, 0.66), 0.05, 0.05, stuff.plank)
      })
    }
    for (let rung = 0; rung < 8; rung++) {
      model.bar(
        vector(-0.18, 0.2 + rung * 0.25, 1.05 - rung * 0.03),
        vector(0.18, 0.2 + rung * 0.25, 1.05 - rung * 0.03),
        0.03,
        0.03,
        stuff.pale,
      )
    }
    for (const x of [-0.2, 0.2]) model.bar(vector(x, 0, 1.08), vector(x, 2.15, 0.82), 0.04, 0.04, stuff.pale)
  } else {
    model.within({}, () => {
      const courses = Math.round(height / 0.42)
      for (let course = 0; course < courses; course++) {
        model.within({ y: (course * height) / courses, spin: 0 }, () => {
          const wide = (half + 0.28 - (course / courses) * 0.24) * 2
          stones(
            model,
            wide,
            wide,
            height / courses,
            level === 3 ? { color: hex('#9a94b0'), grain: 'stone' } : stuff.stone,
          )
        })
      }
      model.within({ z: half + 0.34 }, () => door(model, 0.62, 1))
      for (const y of level === 3 ? [1.65, 2.55] : [1.6]) {
        model.within({ y, z: half + 0.22 - y * 0.03 }, () => window(model, 0.3, 0.5))
        model.within({ y: y - 0.35, x: half + 0.24 - y * 0.03, spin: 90 }, () => window(model, 0.3, 0.5))
      }
    })
  }
  model.within({ y: height }, () => {
    model.box(vector(0, 0.06, 0), vector(half * 2 + 0.7, 0.14, half * 2 + 0.7), stuff.plank, 0.05)
    for (const spin of [0, 90, 180, 270]) {
      model.within({ spin }, () => {
        const z = half + 0.26
        model.box(vector(0, 0.5, z), vector(half * 2 + 0.6, 0.09, 0.09), stuff.beam)
        for (let x = -half - 0.15; x <= half + 0.16; x += 0.22)
          model.box(vector(x, 0.28, z), vector(0.14, 0.4, 0.06), stuff.plank)
        model.box(vector(half + 0.26, 0.55, z), vector(0.14, 1.1, 0.14), stuff.beam)
        if (level === 3) model.within({ y: -0.15, z: z + 0.12 }, () => banner(model, 0.5, 1.1, blue))
      })
    }
    model.box(vector(0, 0.3, 0), vector(0.3, 0.4, 0.3), stuff.iron)
    model.within({ y: 0.48 }, () => flames(model, 0.42 + level * 0.1, 1.6 + level * 0.4))
    model.within({ y: 1.08 }, () =>
      spire(model, half + 0.5, 0.75 + level * 0.2, level === 1 ? stuff.thatch : stuff.slate),
    )
  })
  if (level > 1) {
    model.within({ x: -1.25, z: 0.9 }, () => barrel(model, 0.6))
    model.within({ x: 1.15, z: 1.15 }, () => post(model, 1.4))
  }
}
