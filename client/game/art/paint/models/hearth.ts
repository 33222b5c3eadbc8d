import { banner, flames } from './fittings.ts'
import { bench, fireRing, house, post, type Level } from './house.ts'
import { stuff } from './stuff.ts'
import { chimney } from './timber.ts'
import type { Model } from '../trace/model.ts'
import { vector } from '../trace/space.ts'

/** The hearth: the hall of all with the fire before it, at last with a flame on its ridge. */
export function hearth(model: Model, level: Level): void {
  if (level === 1) {
    model.within({ x: -0.25, z: -0.7 }, () => {
      house(model, {
        width: 2.6,
        depth: 1.9,
        storeys: [1],
        rise: 1.35,
        tile: stuff.thatch,
        front: [[0.75]],
        side: [[0]],
        door: -0.4,
      })
    })
    model.within({ x: 0.55, z: 1.35 }, () => fireRing(model, 0.5, 0.95, 1.5))
    model.within({ x: -0.7, z: 1.5, spin: 50 }, () => bench(model))
  } else if (level === 2) {
    model.within({ x: -0.2, z: -0.8 }, () => {
      house(model, {
        width: 3.4,
        depth: 2.2,
        storeys: [1.25],
        rise: 1.7,
        tile: stuff.clay,
        front: [[-1.2, 1.2]],
        side: [[0]],
        door: 0,
      })
      model.within({ x: -1.1, y: 1.6, z: -0.5 }, () => chimney(model, 1.9, 0.5))
      model.within({ x: 1.86, y: 2.75, z: 0.2, spin: 90 }, () => banner(model, 0.5, 0.95))
    })
    model.within({ x: 0.9, z: 1.45 }, () => fireRing(model, 0.58, 1.15, 2))
    model.within({ x: -0.5, z: 1.7, spin: 40 }, () => bench(model))
    model.within({ x: -1.7, z: 1.1 }, () => post(model, 1.5))
  } else {
    model.within({ x: -0.1, z: -0.8 }, () => {
      const top = house(model, {
        width: 3.7,
        depth: 2.5,
        storeys: [1.25, 1.05],
        rise: 1.75,
        tile: stuff.clay,
        front: [
          [-1.35, 1.35],
          [-1.35, 0, 1.35],
        ],
        side: [[0], [-0.6, 0.6]],
        door: 0,
      })
      model.within({ x: -1.25, y: 1.7, z: -0.7 }, () => chimney(model, 3.1, 0.55))
      model.within({ y: top + 1.75, x: 0.35 }, () => {
        model.taper(vector(0, 0.1, 0), 0.25, [0.22, 0.22], [0.4, 0.4], stuff.brass)
        model.within({ y: 0.3 }, () => flames(model, 0.95, 1.8))
      })
      for (const x of [-0.68, 0.68]) model.within({ x, y: 2.55, z: 1.48 }, () => banner(model, 0.46, 1.05))
      model.within({ x: 2.08, y: 3.7, spin: 90 }, () => banner(model, 0.5, 1.1))
    })
    model.within({ x: 1.2, z: 1.5 }, () => fireRing(model, 0.55, 1.1, 2))
    model.within({ x: -0.9, z: 1.65 }, () => post(model, 1.6))
    model.within({ x: -1.9, z: 1.2 }, () => bench(model))
  }
}
