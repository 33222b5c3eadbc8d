import { css, mix, palette, type Color } from '../color.ts'
import { relight, stand, tint, type Light } from '../figure.ts'
import { motes, pool } from '../land/air.ts'
import { airs, type Region, type View } from '../land/view.ts'
import { blur, lay, mirror, resize, turn, type Picture } from '../picture.ts'
import { emoji } from '../sources.ts'
import { draw } from '../svg.ts'
import type { Model } from '../trace/model.ts'
import { footOf, traceProp, type Prop } from '../trace/prop.ts'

/** How a figure stands on a card. */
export interface Pose {
  flip?: boolean
  /** Degrees clockwise. */
  turn?: number
  /** A colour to shift it to, and how much. */
  tint?: readonly [Color, number]
  /** Its shadow's depth; 0 for what hangs or floats. Default 0.55. */
  shadow?: number
  /** Share of its height that is sunk in water, grass or a boat. */
  sunk?: number
  light?: Partial<Light>
}

/** A mission's card being painted; places and sizes are shares of its canvas. */
export interface Card {
  readonly picture: Picture
  readonly width: number
  readonly height: number
  /** Stands an emoji, its middle at `x`, its foot at `foot`, `tall` high. */
  put(code: string, x: number, foot: number, tall: number, pose?: Pose): Promise<void>
  /** Stands a traced thing whose square is `size` of the canvas height. */
  trace(
    build: (model: Model) => void,
    x: number,
    foot: number,
    size: number,
    prop: Omit<Prop, 'size'> & { flip?: boolean },
  ): Promise<void>
  /** Draws SVG over the canvas, blurred by `soft` pixels. */
  draw(body: string, soft?: number): Promise<void>
  /** Light on what is there: its middle, its radius as a share of the width. */
  light(x: number, y: number, radius: number, color?: Color, strength?: number): void
  /** A soft ball of light in the air, covering nothing. */
  glow(x: number, y: number, radius: number, color: Color, strength?: number): Promise<void>
  /** Small lights in a box. */
  sparks(
    seed: string,
    count: number,
    box: readonly [number, number, number, number],
    color: Color,
    size?: readonly [number, number],
  ): void
}

/** Puts a {@link Card} round a painted land. */
export function createCard(picture: Picture, region: Region, view: View): Card {
  const { width, height } = view
  const air = airs[region]
  return {
    picture,
    width,
    height,
    async put(code, x, foot, tall, pose = {}) {
      let body = await emoji(code, Math.round(tall * height))
      if (pose.tint) body = tint(body, ...pose.tint)
      if (pose.flip) body = mirror(body)
      if (pose.turn) body = await turn(body, pose.turn)
      body = relight(body, {
        air: air.air,
        amount: 0.5 - tall * 0.36,
        rim: air.rim,
        key: air.key,
        rimStrength: 0.95,
        keyStrength: 0.55,
        ...pose.light,
      })
      if (pose.sunk) {
        const keep = body.height * (1 - pose.sunk)
        for (let y = 0; y < body.height; y++) {
          const share = Math.min(1, Math.max(0, (keep - y) / (body.height * 0.06) + 0.5))
          for (let at = y * body.width * 4; at < (y + 1) * body.width * 4; at++)
            body.data[at] = (body.data[at] ?? 0) * share
        }
      }
      if (pose.shadow === 0) lay(picture, body, x * width - body.width / 2, foot * height - body.height)
      else stand(picture, body, x * width, foot * height, pose.shadow ?? 0.55)
    },
    async trace(build, x, foot, size, prop) {
      const pixels = Math.round(size * height)
      // Traced at a set size: finer than shown when small, so that edges stay clean.
      let thing = traceProp(`${view.seed} ${x}`, build, {
        side: 3,
        ...prop,
        size: Math.min(620, Math.max(260, pixels)),
      })
      if (prop.flip) thing = mirror(thing)
      lay(picture, await resize(thing, pixels, pixels), x * width - pixels / 2, foot * height - pixels * footOf)
    },
    async draw(body, soft = 0) {
      const drawn = await draw(width, height, body)
      lay(picture, soft > 0 ? blur(drawn, soft) : drawn)
    },
    light(x, y, radius, color = palette.ember, strength = 0.8) {
      pool(picture, { x: x * width, y: y * height, rx: radius * width, ry: radius * width * 0.6, color, strength })
    },
    async glow(x, y, radius, color, strength = 0.8) {
      const r = radius * width
      const heart = mix(color, [1, 1, 1], 0.35)
      const ball = await draw(
        Math.ceil(r * 2),
        Math.ceil(r * 2),
        `<defs><radialGradient id="g"><stop offset="0" stop-color="${css(heart)}" stop-opacity="${strength}"/><stop offset=".3" stop-color="${css(color)}" stop-opacity="${strength * 0.5}"/><stop offset="1" stop-color="${css(color)}" stop-opacity="0"/></radialGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>`,
      )
      lay(picture, ball, x * width - r, y * height - r, { blend: 'screen' })
    },
    sparks(seed, count, box, color, size = [2, 5]) {
      motes(picture, { seed, count, box, size, color })
    },
  }
}
