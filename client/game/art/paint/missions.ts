import { createCard, type Card } from './card.ts'
import { css, hex, mix, palette, type Color } from './color.ts'
import { finish, paintLand, type Region, type View } from './lands.ts'
import {
  bellFrame,
  campfire,
  crag,
  ferry,
  golem,
  mine,
  nest,
  ropeBridge,
  sluice,
  witchHut,
  woodpile,
} from './machines.ts'
import type { Picture } from './picture.ts'
import { lampPost } from './props.ts'
import { createRandom } from './random.ts'
import { n } from './svg.ts'
import { boulder, bush, snag } from './trees.ts'
import { vector } from './space.ts'
import { stuff } from './timber.ts'

interface Mission {
  region: Region
  view?: Partial<View>
  paint(card: Card): Promise<void>
}

const wisp: Color = hex('#7fe0f0')
const violet: Color = hex('#b07cff')
const leaf = { dark: hex('#0f2c2b'), light: hex('#4d8a5c') }

/** A tangle of thorny canes from (x, y) to the other side, each a bent line with hooks. */
function brambles(seed: string, width: number, height: number, canes: number, dark: Color, light: Color): string {
  const random = createRandom(seed)
  let out = ''
  for (let cane = 0; cane < canes; cane++) {
    const side = cane % 2 === 0 ? -1 : 1
    const x0 = width * (0.5 + side * random.range(0.3, 0.62))
    const y0 = height * random.range(0.75, 1.1)
    const x1 = width * (0.5 + side * random.range(0.1, 0.34))
    const y1 = height * random.range(-0.1, 0.4)
    const x2 = width * (0.5 - side * random.range(0.02, 0.45))
    const y2 = height * random.range(0.02, 0.3)
    const tone = mix(dark, light, random.next() ** 2 * 0.7)
    const thick = random.range(4, 13)
    out += `<path d="M${n(x0)} ${n(y0)}Q${n(x1)} ${n(y1)} ${n(x2)} ${n(y2)}" fill="none" stroke="${css(tone)}" stroke-width="${n(thick)}" stroke-linecap="round"/>`
    out += `<path d="M${n(x0)} ${n(y0)}Q${n(x1)} ${n(y1)} ${n(x2)} ${n(y2)}" fill="none" stroke="${css(mix(tone, light, 0.6))}" stroke-width="${n(thick * 0.25)}" transform="translate(${n(-thick * 0.2)} ${n(-thick * 0.2)})"/>`
    for (let t = 0.06; t < 1; t += 0.05) {
      const px = x0 * (1 - t) ** 2 + 2 * x1 * t * (1 - t) + x2 * t * t
      const py = y0 * (1 - t) ** 2 + 2 * y1 * t * (1 - t) + y2 * t * t
      const turn = random.range(0, Math.PI * 2)
      const long = thick * random.range(1, 1.7)
      const [cx, cy] = [Math.cos(turn), Math.sin(turn)]
      out += `<path d="M${n(px - cy * thick * 0.4)} ${n(py + cx * thick * 0.4)}L${n(px + cx * long)} ${n(py + cy * long)}L${n(px + cy * thick * 0.4)} ${n(py - cx * thick * 0.4)}Z" fill="${css(mix(tone, light, 0.35))}"/>`
      if (random.next() < 0.3) {
        out += `<ellipse cx="${n(px + cx * long)}" cy="${n(py + cy * long)}" rx="${n(thick * 1.3)}" ry="${n(thick * 0.6)}" transform="rotate(${n((turn * 180) / Math.PI)} ${n(px + cx * long)} ${n(py + cy * long)})" fill="${css(mix(hex('#1d4a38'), hex('#5a9a5c'), random.next()))}"/>`
      }
    }
  }
  return out
}

function web(x: number, y: number, reach: number, seed: string): string {
  const random = createRandom(seed)
  const spokes = Array.from({ length: 15 }, (_, index) => {
    const turn = (index / 15) * Math.PI * 2 + random.range(-0.09, 0.09)
    const long = reach * random.range(0.85, 1.25)
    return [Math.cos(turn) * long * 1.25, Math.sin(turn) * long] as const
  })
  let out = ''
  for (const [dx, dy] of spokes) out += `<path d="M${n(x)} ${n(y)}L${n(x + dx)} ${n(y + dy)}"/>`
  for (let ring = 0.16; ring < 1; ring += 0.11) {
    spokes.forEach(([dx, dy], index) => {
      const next = spokes[(index + 1) % spokes.length]
      if (!next) return
      const [ax, ay, bx, by] = [x + dx * ring, y + dy * ring, x + next[0] * ring, y + next[1] * ring]
      out += `<path d="M${n(ax)} ${n(ay)}Q${n((ax + bx) / 2 - (dx + next[0]) * ring * 0.07)} ${n((ay + by) / 2 - (dy + next[1]) * ring * 0.07)} ${n(bx)} ${n(by)}"/>`
    })
  }
  return `<g fill="none" stroke="#e6ecff" stroke-opacity=".75" stroke-width="1.7">${out}</g>`
}

const pad = (x: number, y: number, r: number): string =>
  `<g transform="translate(${n(x)} ${n(y)}) scale(1 .34)"><circle cx="${n(r * 0.08)}" cy="${n(r * 0.2)}" r="${n(r)}" fill="#0a2226" opacity=".6"/><path d="M0 0L${n(r * 0.94)} ${n(-r * 0.34)}A${n(r)} ${n(r)} 0 1 1 ${n(r * 0.6)} ${n(-r * 0.8)}Z" fill="#3f7d4a"/><path d="M0 0L${n(-r * 0.9)} ${n(-r * 0.2)}A${n(r * 0.92)} ${n(r * 0.92)} 0 0 1 ${n(r * 0.3)} ${n(-r * 0.86)}Z" fill="#6fae5c" opacity=".7"/></g>`

/** A shaft of moonlight on the water under a light. */
async function glitter(card: Card, x: number, from: number, color: Color): Promise<void> {
  const random = createRandom(`glitter ${x}`)
  let out = ''
  for (let dash = 0; dash < 130; dash++) {
    const depth = random.next()
    const y = (from + depth * (1 - from)) * card.height
    const wide = (10 + depth * 46) * random.range(0.4, 1.2)
    const px = x * card.width + random.range(-1, 1) * (10 + depth * 70)
    out += `<ellipse cx="${n(px)}" cy="${n(y)}" rx="${n(wide / 2)}" ry="${n(1 + depth * 1.6)}" fill="${css(color, random.range(0.2, 0.75))}"/>`
  }
  await card.draw(out, 0.8)
}

const table: Record<string, Mission> = {
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
      await card.put('1f9d9-1f3fb-200d-2640-fe0f', 0.26, 0.94, 0.42, { tint: [[0.62, 0.5, 0.8], 0.3] })
      await card.glow(0.318, 0.62, 0.07, violet, 0.9)
      card.sparks('witch', 26, [0.3, 0.15, 0.85, 0.8], hex('#b0ff8a'))
    },
  },
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

/** Every mission's id. */
export const missions: readonly string[] = Object.keys(table)

/** A mission's card, 960x540: its region's land, seen from a place of its own, and what is to be done there. */
export async function paintMission(id: string): Promise<Picture> {
  const mission = table[id]
  if (!mission) throw new Error(`Expected a mission's id, got "${id}"; they are listed in missions.ts.`)
  const { region } = mission
  const view: View = { width: 960, height: 540, seed: id, ...mission.view }
  const picture = await paintLand(region, view)
  await mission.paint(createCard(picture, region, view))
  return finish(picture, region, view)
}
