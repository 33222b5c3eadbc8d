import type { Picture } from '../picture.ts'
import { createModel, type Model } from './model.ts'
import { vector } from './space.ts'
import { render, type Shot } from './studio.ts'

/** A traced thing, to stand in a painted view; its ground line lies at {@link footOf} of its height. */
export interface Prop {
  /** Pixels, square. */
  size: number
  /** Units of the model seen from left to right; a man is about 1.6 units tall. */
  span: number
  /** How it is turned, in degrees. Default -30. */
  spin?: number
  /** Rays a pixel, side of a square. Default 4. */
  side?: number
  /** Radius of its shadow and light on the ground, as a share of the span. Default 0.5; 0 for none. */
  ground?: number
  /** Other light than the village's. */
  shot?: Partial<Shot>
  /** How high above the ground the viewer looks from, in degrees. Default 16. */
  above?: number
}

/** The ground line of a prop's picture, as a share of its height. */
export const footOf = 0.84

/** Traces a thing built on the origin, alone on a transparent square. */
export function traceProp(seed: string, build: (model: Model) => void, prop: Prop): Picture {
  const { size, span, spin = -30, side = 4, ground = 0.5, above = 16 } = prop
  const model = createModel(seed)
  model.within({ spin }, () => build(model))
  const lift = (above * Math.PI) / 180
  const away = span * 3
  // The middle of the view lies as far above the ground as puts the ground line where it belongs.
  const middle = (span * (footOf - 0.5)) / Math.cos(lift)
  return render(model, {
    width: size,
    height: size,
    eye: vector(0, middle + away * Math.sin(lift), away * Math.cos(lift)),
    target: vector(0, middle, 0),
    angle: (Math.atan(0.5 / 3) * 360) / Math.PI,
    side,
    ground: ground * span,
    ...prop.shot,
  })
}
