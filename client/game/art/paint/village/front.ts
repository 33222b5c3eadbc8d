import { css, hex, mix, palette } from '../color.ts'
import { motes } from '../land/air.ts'
import { tuft } from '../land/trees.ts'
import type { Picture } from '../picture.ts'
import { createRandom, type Random } from '../random.ts'
import { draw, n } from '../svg.ts'
import { stage } from './stage.ts'

const { width, height } = stage

/** A spruce bough reaching in from the side: a drooping twig, side twigs, needles on all of them. */
function bough(random: Random, x: number, y: number, reach: number, fall: number, size: number): string {
  let out = ''
  const twig = (fromX: number, fromY: number, dx: number, dy: number, needle: number, depth: number): void => {
    const steps = Math.round(Math.hypot(dx, dy) / 7)
    const tone = mix(hex('#060b17'), hex('#17383a'), random.next() ** 2)
    for (let step = 0; step <= steps; step++) {
      const t = step / steps
      const px = fromX + dx * t
      const py = fromY + dy * t * t
      const along = Math.atan2(dy * 2 * t, dx)
      for (const side of [-1, 1]) {
        const turn = along + side * random.range(0.45, 1)
        const long = needle * (1 - t * 0.55) * random.range(0.7, 1.2)
        out += `<path d="M${n(px)} ${n(py)}l${n(Math.cos(turn) * long)} ${n(Math.sin(turn) * long)}" stroke="${css(tone)}"/>`
      }
      if (depth > 0 && step % 9 === 5) {
        for (const side of [-1, 1]) {
          const turn = along + side * random.range(0.4, 0.75)
          const long = size * 2.3 * (1.05 - t)
          twig(px, py, Math.cos(turn) * long, Math.sin(turn) * long + long * 0.25, needle * 0.8, depth - 1)
        }
      }
    }
  }
  twig(x, y, reach, fall, size * 0.42, 1)
  return `<g fill="none" stroke-width="3" stroke-linecap="round">${out}</g>`
}

/** A fern: arching fronds of small leaves. */
function fern(random: Random, x: number, y: number, size: number): string {
  let out = ''
  for (let frond = 0; frond < 13; frond++) {
    const angle = -Math.PI / 2 + random.range(-1.15, 1.15)
    const long = size * random.range(0.7, 1.25)
    const droop = Math.cos(angle) * long * 0.5
    const tone = mix(hex('#08111d'), hex('#20463f'), random.next() ** 1.6)
    const leaves = 12
    for (let leaf = 1; leaf <= leaves; leaf++) {
      const t = leaf / leaves
      const px = x + Math.cos(angle) * long * t + droop * t * t * 0.5
      const py = y + Math.sin(angle) * long * t + Math.abs(droop) * t * t * 1.1
      const along = Math.atan2(Math.sin(angle) + Math.abs(droop / long) * t * 2.2, Math.cos(angle) + (droop / long) * t)
      const reach = size * 0.17 * (1 - t * 0.8)
      for (const side of [-1, 1]) {
        const turn = along + side * 1.05
        const [tx, ty] = [px + Math.cos(turn) * reach, py + Math.sin(turn) * reach]
        out += `<path d="M${n(px)} ${n(py)}Q${n((px + tx) / 2 + Math.cos(along) * reach * 0.35)} ${n((py + ty) / 2 + Math.sin(along) * reach * 0.35)} ${n(tx)} ${n(ty)}Q${n((px + tx) / 2 - Math.cos(along) * reach * 0.1)} ${n((py + ty) / 2 - Math.sin(along) * reach * 0.1)} ${n(px)} ${n(py)}Z" fill="${css(tone)}"/>`
      }
    }
  }
  return out
}

/** What hangs into the view from near: dark leaves and grass in the corners, nothing in the middle. */
export async function villageFront(): Promise<Picture> {
  const random = createRandom('village front')
  const tones = { dark: hex('#070c18'), light: hex('#1d3b38') }
  let out = ''
  for (let count = 0; count < 420; count++) {
    const x = random.next() * width
    const away = Math.abs(x / width - 0.5) * 2
    const size = (18 + 120 * away ** 2.4) * random.range(0.6, 1.2)
    out += tuft(random, x, height + 12, size, { dark: tones.dark, light: mix(tones.dark, tones.light, 0.7) }, 6)
  }
  // Boughs of a near spruce reach in from the upper corners; ferns and leaves stand in the lower ones.
  for (const [x, y, reach, fall, size] of [
    [-20, 40, 560, 150, 74],
    [-20, 190, 430, 190, 66],
    [-30, 360, 300, 150, 52],
    [-30, -30, 760, 90, 70],
    [2420, 30, -540, 170, 74],
    [2420, 210, -400, 170, 62],
    [2430, 380, -270, 140, 50],
    [2430, -30, -720, 80, 70],
  ] as const) {
    out += bough(random, x, y, reach, fall, size)
  }
  for (const [x, y, size] of [
    [0.01, 1.02, 300],
    [0.07, 1.05, 230],
    [0.13, 1.06, 170],
    [0.99, 1.02, 310],
    [0.92, 1.05, 240],
    [0.86, 1.06, 170],
  ] as const) {
    out += fern(random, x * width, y * height, size)
  }
  const picture = await draw(width, height, out)
  return motes(picture, {
    seed: 'front flies',
    count: 26,
    box: [0.02, 0.72, 0.98, 0.98],
    size: [1.5, 3.2],
    color: palette.glow,
  })
}
