import { css, hex, palette, type Color } from '../color.ts'
import { boulder } from '../land/trees.ts'
import type { Mission } from './mission.ts'
import { glitter, pad } from './strokes.ts'
import { ferry, sluice, witchHut } from '../models/mirefen.ts'
import { createRandom } from '../random.ts'
import { n } from '../svg.ts'

const wisp: Color = hex('#7fe0f0')

const violet: Color = hex('#b07cff')

/** The missions of the fen. */
export const mirefenMissions: Record<string, Mission> = {
  'wade-the-shallows': {
    region: 'mirefen',
    view: { water: 1, light: { x: 0.27, y: 0.24, radius: 0.05 }, horizon: 0.5 },
    async paint(card) {
      await glitter(card, 0.27, 0.52, hex('#eaffd8'))
      const random = createRandom('stepping stones')
      const steps = [
        [0.44, 0.58, 26],
        [0.5, 0.62, 36],
        [0.46, 0.67, 48],
        [0.54, 0.73, 64],
        [0.48, 0.81, 86],
        [0.6, 0.91, 120],
      ] as const
      await card.draw(
        steps
          .map(([x, y, size]) =>
            boulder(random, x * card.width, y * card.height + size * 0.2, size, {
              dark: hex('#2c4a4a'),
              light: hex('#9ab8a0'),
            }),
          )
          .join(''),
      )
      await card.put('1f9d1-1f3fe-200d-1f33e', 0.535, 0.74, 0.42)
      await card.put('1f40a', 0.83, 0.92, 0.44, { turn: 78, sunk: 0.34, shadow: 0 })
      await card.glow(0.53, 0.62, 0.13, palette.ember, 0.3)
    },
  },
  'find-the-ferryman': {
    region: 'mirefen',
    view: { water: 1, light: { x: 0.68, y: 0.26, radius: 0.085 }, horizon: 0.5 },
    async paint(card) {
      await glitter(card, 0.68, 0.52, hex('#f4ffd8'))
      await card.put('1f977-1f3fd', 0.42, 0.83, 0.44, { shadow: 0, tint: [[0.3, 0.42, 0.5], 0.5] })
      await card.trace(ferry, 0.46, 0.9, 0.98, { span: 4.5, spin: -14, above: 12 })
      await card.glow(0.665, 0.66, 0.14, palette.ember, 0.75)
      await glitter(card, 0.66, 0.86, palette.glow)
    },
  },
  'catch-the-wisps': {
    region: 'mirefen',
    view: { water: 0.7, horizon: 0.54 },
    async paint(card) {
      const lights = [
        [0.22, 0.4, 0.05],
        [0.36, 0.62, 0.07],
        [0.64, 0.3, 0.06],
        [0.8, 0.56, 0.08],
        [0.72, 0.74, 0.05],
        [0.3, 0.25, 0.04],
        [0.88, 0.3, 0.04],
      ] as const
      for (const [x, y, r] of lights) {
        card.light(x, Math.max(y, 0.7), r * 1.6, wisp, 0.5)
        await card.draw(
          `<path d="M${n((x - r * 0.2) * 960)} ${n((y + r * 0.4) * 540)}q${n(-r * 500)} ${n(r * 400)} ${n(-r * 1100)} ${n(r * 260)}" stroke="${css(wisp, 0.4)}" stroke-width="${n(r * 90)}" fill="none" stroke-linecap="round"/>`,
          5,
        )
        await card.glow(x, y, r * 1.6, wisp, 1)
        await card.glow(x, y, r * 0.6, hex('#e8ffff'), 1)
      }
      await card.draw(
        boulder(createRandom('jar stone'), 485, 545, 210, { dark: hex('#1d3a3c'), light: hex('#7aa08c') }),
      )
      await card.put('1fad9', 0.5, 0.86, 0.46, { tint: [[0.65, 0.95, 1], 0.35], light: { amount: 0.05 } })
      await card.glow(0.5, 0.66, 0.17, wisp, 1)
      card.sparks('wisps', 30, [0.12, 0.15, 0.9, 0.85], wisp, [2, 5])
    },
  },
  'drain-the-dyke': {
    region: 'mirefen',
    view: { water: 0.8, light: { x: 0.8, y: 0.2, radius: 0.035 }, horizon: 0.5 },
    async paint(card) {
      await card.trace(sluice, 0.47, 0.92, 1.22, { span: 4.6, spin: -16, above: 14 })
      await card.draw('<ellipse cx="455" cy="500" rx="210" ry="20" fill="#d8f5e8" opacity=".4"/>', 9)
      await card.put('1f438', 0.84, 0.92, 0.17)
    },
  },
  'silence-the-frogs': {
    region: 'mirefen',
    view: { water: 1, light: { x: 0.5, y: 0.26, radius: 0.11 }, horizon: 0.52 },
    async paint(card) {
      await glitter(card, 0.5, 0.54, hex('#f4ffd8'))
      const pads = [
        [0.18, 0.76, 96],
        [0.82, 0.78, 104],
        [0.5, 0.94, 170],
        [0.34, 0.65, 50],
        [0.66, 0.66, 52],
        [0.9, 0.95, 80],
      ] as const
      await card.draw(pads.map(([x, y, r]) => pad(x * card.width, y * card.height, r)).join(''))
      for (const [x, y, tall] of [
        [0.34, 0.65, 0.13],
        [0.66, 0.66, 0.14],
        [0.18, 0.77, 0.27],
        [0.82, 0.79, 0.3],
        [0.5, 0.95, 0.48],
      ] as const)
        await card.put('1f438', x, y, tall)
      for (const [x, y, tall, angle] of [
        [0.3, 0.42, 0.15, -12],
        [0.7, 0.4, 0.17, 10],
        [0.42, 0.3, 0.12, 8],
      ] as const) {
        await card.put('1f3b5', x, y, tall, { shadow: 0, turn: angle, tint: [palette.glow, 1], light: { amount: 0 } })
      }
      await card.put('1fab7', 0.73, 0.92, 0.16)
    },
  },
  'wake-the-witch': {
    region: 'mirefen',
    view: { water: 0.5, horizon: 0.58 },
    async paint(card) {
      await card.glow(0.56, 0.4, 0.4, hex('#8aff6a'), 0.3)
      await card.trace(witchHut, 0.58, 0.9, 1.16, { span: 5.7, spin: -26, above: 10, shot: { rim: 0.4 } })
      card.light(0.6, 0.86, 0.24, hex('#9aff7a'), 0.5)
      await card.put('1f9d9-1f3fb-200d-2640-fe0f', 0.26, 0.97, 0.44, { tint: [[0.62, 0.5, 0.8], 0.3], sunk: 0.07 })
      await card.glow(0.318, 0.62, 0.07, violet, 0.9)
      card.sparks('witch', 26, [0.3, 0.15, 0.85, 0.8], hex('#b0ff8a'))
    },
  },
}
