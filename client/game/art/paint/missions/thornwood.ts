import { hex, palette } from '../color.ts'
import { bush, snag } from '../land/trees.ts'
import type { Mission } from './mission.ts'
import { brambles, web } from './strokes.ts'
import { stuff } from '../models/stuff.ts'
import { campfire, crag, woodpile } from '../models/thornwood.ts'
import { lampPost } from '../models/wayside.ts'
import { createRandom } from '../random.ts'
import { n } from '../svg.ts'
import { vector } from '../trace/space.ts'

const leaf = { dark: hex('#0f2c2b'), light: hex('#4d8a5c') }

function campfireFlame(model: Parameters<typeof campfire>[0]): void {
  model.ball(vector(0, 0.1, 0), vector(0.16, 0.16, 0.16), stuff.iron)
  for (const [x, z, tall] of [
    [0, 0, 1.2],
    [0.14, 0.06, 0.8],
    [-0.15, 0.05, 0.75],
    [0.02, 0.16, 0.7],
  ] as const) {
    model.ball(vector(x, 0.3, z), vector(0.2, 0.28, 0.2), stuff.flame)
    model.bar(vector(x, 0.35, z), vector(x * 1.2, tall, z), 0.19, 0, stuff.flame)
  }
  model.ball(vector(0, 0.32, 0.16), vector(0.13, 0.22, 0.12), stuff.core)
  model.lamp(vector(0, 0.6, 0.6), palette.ember, 2, 0.3)
}

/** The missions of the thorny wood. */
export const thornwoodMissions: Record<string, Mission> = {
  'gather-kindling': {
    region: 'thornwood',
    view: { light: { x: 0.2, y: 0.26, radius: 0.045 }, path: [0.3, 0.6] },
    async paint(card) {
      card.light(0.54, 0.82, 0.34)
      await card.trace(woodpile, 0.44, 0.88, 0.86, { span: 3.5, spin: -24 })
      await card.trace(campfire, 0.76, 0.86, 0.46, { span: 2.3 })
      await card.glow(0.76, 0.74, 0.16, palette.ember, 0.5)
      card.sparks('kindling', 22, [0.68, 0.25, 0.86, 0.7], palette.ember)
    },
  },
  'light-the-lanterns': {
    region: 'thornwood',
    view: { path: [0.42, 0.54], horizon: 0.55, open: 0.3 },
    async paint(card) {
      for (const [x, foot, size, flip] of [
        [0.5, 0.62, 0.2, false],
        [0.61, 0.66, 0.3, true],
        [0.385, 0.74, 0.44, false],
        [0.74, 0.84, 0.66, true],
        [0.2, 0.96, 0.98, false],
      ] as const) {
        await card.trace(lampPost, x, foot, size, { span: 2.6, flip })
        const side = flip ? -1 : 1
        card.light(x + side * size * 0.08, foot, size * 0.22, palette.ember, 0.9)
        await card.glow(x + side * size * 0.095, foot - size * 0.53, size * 0.19, palette.ember, 0.75)
      }
    },
  },
  'rescue-the-goat': {
    region: 'thornwood',
    view: { light: { x: 0.58, y: 0.32, radius: 0.13 }, horizon: 0.72, open: 0.7 },
    async paint(card) {
      await card.trace((model) => crag(model, 1.9), 0.55, 0.98, 1.05, { span: 3.2, spin: 10 })
      await card.put('1f410', 0.565, 0.515, 0.38, { shadow: 0 })
      const eyes = [
        [0.18, 0.78],
        [0.27, 0.84],
        [0.86, 0.8],
        [0.1, 0.88],
      ] as const
      for (const [x, y] of eyes) {
        await card.glow(x, y, 0.04, palette.ember, 0.5)
        const [px, py] = [x * card.width, y * card.height]
        await card.draw(
          [-9, 9]
            .map(
              (dx) =>
                `<ellipse cx="${n(px + dx)}" cy="${n(py)}" rx="6" ry="3.4" transform="rotate(${dx > 0 ? -16 : 16} ${n(px + dx)} ${n(py)})" fill="#ffd27a"/>`,
            )
            .join(''),
        )
      }
    },
  },
  'clear-the-brambles': {
    region: 'thornwood',
    view: { light: { x: 0.5, y: 0.44, radius: 0.05 }, path: [0.5, 0.5], frame: false, horizon: 0.6 },
    async paint(card) {
      await card.glow(0.5, 0.5, 0.3, palette.glow, 0.5)
      await card.draw(brambles('brambles far', card.width, card.height, 26, hex('#1b3140'), hex('#6d86a0')))
      await card.draw(brambles('brambles near', card.width, card.height * 1.05, 30, hex('#0d1626'), hex('#4c5a78')))
      await card.put('1f5e1-fe0f', 0.5, 0.93, 0.56, { turn: -45 })
    },
  },
  'chase-the-wolves': {
    region: 'thornwood',
    view: { light: { x: 0.66, y: 0.27, radius: 0.105 }, open: 0.6 },
    async paint(card) {
      const random = createRandom('wolf bushes')
      const cover = (x: number, y: number, size: number) => bush(random, x * card.width, y * card.height, size, leaf)
      await card.put('1f43a', 0.47, 0.72, 0.24, { shadow: 0 })
      await card.put('1f43a', 0.84, 0.76, 0.3, { shadow: 0, flip: true })
      await card.draw(cover(0.44, 0.79, 90) + cover(0.5, 0.8, 90) + cover(0.8, 0.85, 110) + cover(0.88, 0.86, 120))
      await card.put('1f43a', 0.64, 0.93, 0.54, { shadow: 0 })
      await card.draw(cover(0.54, 1.06, 150) + cover(0.64, 1.08, 170) + cover(0.74, 1.06, 150))
      await card.trace(
        (model) => {
          model.bar(vector(0, 0, 0), vector(0.1, 1.5, 0), 0.06, 0.08, stuff.beam)
          model.within({ x: 0.1, y: 1.45, scale: 0.55 }, () => campfireFlame(model))
        },
        0.2,
        1,
        0.78,
        { span: 2.4 },
      )
      await card.glow(0.215, 0.54, 0.18, palette.ember, 0.7)
      card.light(0.24, 0.88, 0.26, palette.ember, 0.8)
    },
  },
  'burn-the-nest': {
    region: 'thornwood',
    view: { frame: false, open: 0.9, horizon: 0.66 },
    async paint(card) {
      const random = createRandom('nest trees')
      const { width, height } = card
      await card.glow(0.5, 0.85, 0.5, palette.ember, 0.55)
      await card.draw(
        snag(random, width * 0.14, height * 0.98, height * 1.15, hex('#0b1522')) +
          snag(random, width * 0.87, height, height * 1.2, hex('#0b1522')),
      )
      await card.draw(web(width * 0.5, height * 0.4, height * 0.38, 'web'))
      for (const [x, y, tall] of [
        [0.36, 0.56, 0.16],
        [0.63, 0.6, 0.19],
        [0.6, 0.28, 0.13],
      ] as const) {
        await card.put('1f95a', x, y, tall, { shadow: 0, tint: [[0.85, 0.88, 1], 0.85], light: { amount: 0.3 } })
      }
      await card.put('1f577-fe0f', 0.49, 0.63, 0.46, {
        shadow: 0,
        tint: [[0.6, 0.5, 0.85], 0.45],
        light: { rimStrength: 1.3 },
      })
      await card.trace(campfire, 0.27, 0.98, 0.5, { span: 2.1 })
      await card.trace(campfire, 0.74, 1, 0.62, { span: 2.1 })
      await card.trace(campfire, 0.51, 1.03, 0.5, { span: 2.1 })
      card.sparks('nest', 60, [0.15, 0.1, 0.85, 0.85], palette.ember)
    },
  },
}
