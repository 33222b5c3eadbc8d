import { css, hex, mix, type Color } from '../color.ts'
import { createRandom } from '../random.ts'
import type { Card } from '../scenes/card.ts'
import { n } from '../svg.ts'

/** A tangle of thorny canes from (x, y) to the other side, each a bent line with hooks. */
export function brambles(
  seed: string,
  width: number,
  height: number,
  canes: number,
  dark: Color,
  light: Color,
): string {
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

/** A spider's web about (x, y), `reach` pixels to its outer ring. */
export function web(x: number, y: number, reach: number, seed: string): string {
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

/** A lily pad on (x, y), `r` pixels from its middle to its rim. */
export const pad = (x: number, y: number, r: number): string =>
  `<g transform="translate(${n(x)} ${n(y)}) scale(1 .34)"><circle cx="${n(r * 0.08)}" cy="${n(r * 0.2)}" r="${n(r)}" fill="#0a2226" opacity=".6"/><path d="M0 0L${n(r * 0.94)} ${n(-r * 0.34)}A${n(r)} ${n(r)} 0 1 1 ${n(r * 0.6)} ${n(-r * 0.8)}Z" fill="#3f7d4a"/><path d="M0 0L${n(-r * 0.9)} ${n(-r * 0.2)}A${n(r * 0.92)} ${n(r * 0.92)} 0 0 1 ${n(r * 0.3)} ${n(-r * 0.86)}Z" fill="#6fae5c" opacity=".7"/></g>`

/** A shaft of moonlight on the water under a light. */
export async function glitter(card: Card, x: number, from: number, color: Color): Promise<void> {
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
