import { hex, mix, palette } from '../color.ts'
import { boulder } from '../land/trees.ts'
import type { Mission } from './mission.ts'
import { golem, mine, nest } from '../models/cinderpeak.ts'
import { bellFrame, ropeBridge } from '../models/heights.ts'
import { crag } from '../models/thornwood.ts'
import { createRandom } from '../random.ts'
import { n } from '../svg.ts'

/** The missions of the burning mountain. */
export const cinderpeakMissions: Record<string, Mission> = {
  'climb-the-scree': {
    region: 'cinderpeak',
    view: { lava: 0.15, horizon: 0.62, light: { x: 0.2, y: 0.3, radius: 0.05 }, frame: false },
    async paint(card) {
      const random = createRandom('scree')
      const { width, height } = card
      const slope = (x: number) => height * (1.02 - 0.92 * Math.max(0, (x / width - 0.16) / 0.84) ** 0.92)
      let out = `<path d="M0 ${height}L${n(width * 0.14)} ${n(slope(width * 0.14))}`
      for (let x = width * 0.16; x <= width; x += 14) out += `L${n(x)} ${n(slope(x) + random.range(-8, 8))}`
      out += `L${width} ${height}Z" fill="#3a2140"/>`
      const rocks: { y: number; svg: string }[] = []
      for (let rock = 0; rock < 420; rock++) {
        const x = random.range(0.1, 1.02) * width
        const low = slope(x)
        const y = low + random.next() * (height * 1.06 - low)
        const near = (y - low) / height
        const tone = mix(hex('#8a5a6c'), hex('#33203c'), Math.min(1, near * 1.5))
        rocks.push({
          y,
          svg: boulder(random, x, y, 12 + near * 90 * random.range(0.3, 1.1), {
            dark: mix(tone, palette.night, 0.5),
            light: tone,
          }),
        })
      }
      await card.draw(
        out +
          rocks
            .sort((a, b) => a.y - b.y)
            .map(({ svg }) => svg)
            .join(''),
      )
      await card.draw(
        `<path d="M940 20Q790 130 700 200Q600 270 520 300" fill="none" stroke="#d8b27a" stroke-width="4.5"/><path d="M940 18Q790 128 700 198Q600 268 520 298" fill="none" stroke="#fff0c0" stroke-width="1.3" opacity=".7"/>`,
      )
      await card.put('1f9d7-1f3fd-200d-2642-fe0f', 0.545, 0.82, 0.46, {
        shadow: 0,
        flip: true,
        tint: [[0.62, 0.42, 0.56], 0.42],
      })
      // The emoji brings a white wall along: rock of the mountain's own stands before it.
      await card.trace((model) => crag(model, 2.1, { color: hex('#6b4a60'), grain: 'stone' }), 0.7, 0.93, 0.66, {
        span: 2.6,
        spin: 40,
      })
    },
  },
  'mine-the-embers': {
    region: 'cinderpeak',
    view: { horizon: 0.6, lava: 0.4, frame: false },
    async paint(card) {
      await card.trace(mine, 0.47, 0.93, 1.32, { span: 4.9, spin: -14, above: 12 })
      await card.glow(0.45, 0.66, 0.17, palette.ember, 0.45)
      card.light(0.5, 0.94, 0.22, palette.ember, 0.6)
      await card.put('26cf-fe0f', 0.83, 0.95, 0.36, { turn: -14 })
      card.sparks('mine', 26, [0.3, 0.2, 0.7, 0.8], palette.ember)
    },
  },
  'calm-the-golem': {
    region: 'cinderpeak',
    view: { light: { x: 0.74, y: 0.27, radius: 0.09 }, horizon: 0.62, lava: 0.5 },
    async paint(card) {
      await card.trace(golem, 0.45, 0.93, 1.25, { span: 4.2, spin: 16, above: 8 })
      card.light(0.45, 0.94, 0.22, palette.ember, 0.5)
      await card.put('1f9da-1f3fd-200d-2640-fe0f', 0.76, 0.78, 0.3, { shadow: 0, flip: true })
      await card.glow(0.73, 0.62, 0.12, palette.glow, 0.55)
    },
  },
  'steal-the-eggs': {
    region: 'cinderpeak',
    view: { horizon: 0.56, lava: 0.6 },
    async paint(card) {
      await card.glow(0.64, 0.4, 0.3, palette.ember, 0.4)
      await card.put('1f409', 0.68, 0.78, 0.68, { flip: true })
      await card.trace(nest, 0.33, 0.93, 0.9, { span: 3.4, above: 26 })
      await card.glow(0.35, 0.72, 0.15, palette.ember, 0.45)
    },
  },
  'cross-the-lava': {
    region: 'cinderpeak',
    view: { lava: 1, horizon: 0.52, frame: false },
    async paint(card) {
      await card.draw(
        '<path d="M-20 470Q240 420 480 452T980 430V560H-20Z" fill="#ff7a1f" opacity=".85"/><path d="M-20 492Q260 450 480 476T980 460" fill="none" stroke="#ffd27a" stroke-width="16" opacity=".8"/>',
        7,
      )
      await card.glow(0.5, 0.95, 0.6, palette.ember, 0.6)
      await card.trace((model) => ropeBridge(model, 2.6), 0.5, 0.8, 1.75, {
        span: 6.9,
        spin: -12,
        ground: 0,
        above: 13,
        shot: { rim: 1 },
      })
      await card.put('1f9d1-1f3fc-200d-1f3a4', 0.47, 0.715, 0.26, { shadow: 0, light: { rimStrength: 1.2 } })
      card.sparks('lava', 60, [0, 0.2, 1, 0.95], palette.ember)
    },
  },
  'ring-the-bell': {
    region: 'cinderpeak',
    view: { light: { x: 0.5, y: 0.4, radius: 0.15 }, horizon: 0.74, lava: 0.2 },
    async paint(card) {
      await card.glow(0.5, 0.4, 0.45, palette.glow, 0.45)
      await card.trace(bellFrame, 0.5, 0.96, 1.02, { span: 4.5, spin: -20, above: 8 })
      for (const r of [0.2, 0.28, 0.37]) {
        await card.draw(
          [-1, 1]
            .map(
              (side) =>
                `<path d="M${n(480 + side * r * 960 * 0.8)} ${n(270 - r * 300)}Q${n(480 + side * r * 960)} 270 ${n(480 + side * r * 960 * 0.8)} ${n(270 + r * 300)}" fill="none" stroke="#ffe6a8" stroke-width="5" opacity="${0.6 - r}" stroke-linecap="round"/>`,
            )
            .join(''),
          1.2,
        )
      }
    },
  },
}
