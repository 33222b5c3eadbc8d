import { css, mix, type Color } from '../color.ts'
import { createRandom, fbm, type Random } from '../random.ts'
import { n, polygon } from '../svg.ts'

/** Tones of a tree: its shaded mass, its lit side (upper left) and its warm edge (right). */
export interface TreeTones {
  dark: Color
  light: Color
  rim?: Color
}

/** A spruce standing on (x, y): layers of drooping, ragged branches, each with its own lit strokes. */
export function spruce(random: Random, x: number, y: number, tall: number, tones: TreeTones, detail = 1): string {
  const wide = tall * random.range(0.18, 0.29)
  const lean = random.range(-0.03, 0.03) * tall
  const tiers = Math.max(6, Math.round((6 + tall / 34) * Math.min(1, detail + 0.35)))
  const mass: [number, number][] = []
  // Filled from the foot upwards, so that the outline runs on round the tree.
  const left: [number, number][] = []
  const right: [number, number][] = []
  const strokes: string[] = []
  const center = (t: number) => x + lean * (1 - t)
  for (let tier = 0; tier < tiers; tier++) {
    const t = (tier + 0.55) / tiers
    const inner = (tier + 0.05) / tiers
    const reach = wide * t ** 0.86 * random.range(0.78, 1.16)
    const back = wide * inner ** 0.95 * 0.44
    const level = y - tall * (1 - t * 0.96)
    const drop = (tall / tiers) * random.range(0.34, 0.62)
    for (const side of [-1, 1]) {
      const add = (point: [number, number]) => (side < 0 ? left.unshift(point) : right.push(point))
      const far = reach * random.range(0.86, 1.1)
      const tip = level + drop
      add([center(t) + side * back, level - (tall / tiers) * 0.55])
      add([center(t) + side * far * 0.62, level + drop * 0.16])
      add([center(t) + side * far, tip])
      if (detail > 0.5) {
        add([center(t) + side * far * 0.86, tip - drop * 0.18])
        add([center(t) + side * far * 0.74, tip + drop * 0.2])
        add([center(t) + side * far * 0.6, tip - drop * 0.1])
        add([center(t) + side * far * 0.46, tip + drop * 0.22])
      }
    }
    if (detail > 0.3) {
      const twigs = Math.round(2 + 5 * detail * t)
      for (let twig = 0; twig < twigs; twig++) {
        const share = random.range(-0.95, 0.7)
        const fromX = center(t) + reach * share * 0.35
        const fromY = level - (tall / tiers) * random.range(0.1, 0.5)
        const toX = center(t) + reach * share
        const toY = level + drop * (0.2 + 0.7 * Math.abs(share))
        const lit = share < 0 ? 0.85 : 0.3
        const bend = (fromX + toX) / 2
        strokes.push(
          `<path d="M${n(fromX)} ${n(fromY)}Q${n(bend)} ${n(fromY + (toY - fromY) * 0.25)} ${n(toX)} ${n(toY)}" stroke="${css(mix(tones.dark, tones.light, lit * random.range(0.4, 1)))}" stroke-width="${n(Math.max(0.7, tall * 0.008))}"/>`,
        )
      }
    }
  }
  mass.push(
    [center(0), y - tall * 1.04],
    ...right,
    [x + wide * 0.12, y - tall * 0.03],
    [x - wide * 0.12, y - tall * 0.03],
    ...left,
  )
  const trunk = `<path d="M${n(x - tall * 0.016)} ${n(y)}L${n(x - tall * 0.011)} ${n(y - tall * 0.2)}L${n(x + tall * 0.011)} ${n(y - tall * 0.2)}L${n(x + tall * 0.018)} ${n(y)}Z" fill="${css(mix(tones.dark, [0.1, 0.07, 0.08], 0.5))}"/>`
  const edge = tones.rim
    ? `<path d="M${n(center(0))} ${n(y - tall * 1.04)}L${right.map(([px, py]) => `${n(px)} ${n(py)}`).join('L')}" fill="none" stroke="${css(tones.rim, 0.26)}" stroke-width="${n(Math.max(0.6, tall * 0.006))}"/>`
    : ''
  return `${trunk}${polygon(mass, `fill="${css(tones.dark)}"`)}<g fill="none" stroke-linecap="round">${strokes.join('')}</g>${edge}`
}

/** A bare, crooked tree standing on (x, y). */
export function snag(random: Random, x: number, y: number, tall: number, color: Color): string {
  const limbs: string[] = []
  const grow = (fromX: number, fromY: number, angle: number, length: number, thick: number, depth: number): void => {
    const bend = angle + random.range(-0.35, 0.35)
    const midX = fromX + Math.cos(angle) * length * 0.5
    const midY = fromY + Math.sin(angle) * length * 0.5
    const toX = midX + Math.cos(bend) * length * 0.5
    const toY = midY + Math.sin(bend) * length * 0.5
    limbs.push(
      `<path d="M${n(fromX)} ${n(fromY)}Q${n(midX)} ${n(midY)} ${n(toX)} ${n(toY)}" stroke-width="${n(thick)}"/>`,
    )
    if (depth <= 0) return
    const twigs = depth > 3 ? 2 : 3
    for (let twig = 0; twig < twigs; twig++) {
      grow(toX, toY, bend + random.range(-0.85, 0.85), length * random.range(0.55, 0.8), thick * 0.6, depth - 1)
    }
  }
  grow(x, y, -Math.PI / 2 + random.range(-0.15, 0.15), tall * 0.34, tall * 0.06, 4)
  return `<g fill="none" stroke="${css(color)}" stroke-linecap="round">${limbs.join('')}</g>`
}

/** A round bush or crown of leaves: many small dabs, lighter towards the upper left. */
export function bush(random: Random, x: number, y: number, size: number, tones: TreeTones): string {
  const dabs: string[] = []
  const count = Math.round(60 + size * 0.5)
  for (let dab = 0; dab < count; dab++) {
    const turn = random.range(0, Math.PI * 2)
    const away = Math.sqrt(random.next()) * size * 0.5
    const dx = Math.cos(turn) * away
    const dy = Math.sin(turn) * away * 0.72
    const lit = Math.max(0, Math.min(1, 0.35 - (dx + dy * 1.4) / size + (dab / count - 0.6) * 0.5))
    const r = size * random.range(0.03, 0.075)
    dabs.push(
      `<ellipse cx="${n(x + dx)}" cy="${n(y - size * 0.34 + dy)}" rx="${n(r * 1.3)}" ry="${n(r * 0.8)}" transform="rotate(${n(random.range(-60, 60))} ${n(x + dx)} ${n(y - size * 0.34 + dy)})" fill="${css(mix(tones.dark, tones.light, lit * random.range(0.6, 1)))}"/>`,
    )
  }
  return dabs.join('')
}

/** A tuft of grass blades on (x, y). */
export function tuft(random: Random, x: number, y: number, size: number, tones: TreeTones, blades = 7): string {
  let out = ''
  for (let blade = 0; blade < blades; blade++) {
    const bend = random.range(-0.6, 0.6) * size
    const tall = size * random.range(0.55, 1.1)
    const foot = x + random.range(-0.3, 0.3) * size
    const thick = size * random.range(0.035, 0.07)
    const tone = mix(tones.dark, tones.light, random.next())
    out += `<path d="M${n(foot - thick)} ${n(y)}Q${n(foot + bend * 0.25)} ${n(y - tall * 0.6)} ${n(foot + bend)} ${n(y - tall)}Q${n(foot + bend * 0.35 + thick)} ${n(y - tall * 0.5)} ${n(foot + thick)} ${n(y)}Z" fill="${css(tone)}"/>`
  }
  return out
}

/** A rough stone on (x, y), lit from the upper left. */
export function boulder(random: Random, x: number, y: number, size: number, tones: TreeTones): string {
  const around: [number, number][] = []
  const sides = 9
  for (let side = 0; side < sides; side++) {
    const turn = (side / sides) * Math.PI * 2
    const r = size * random.range(0.42, 0.54)
    around.push([x + Math.cos(turn) * r, y - size * 0.26 + Math.sin(turn) * r * 0.66])
  }
  const lit = around.map(([px, py]): [number, number] => [
    x - size * 0.08 + (px - x) * 0.72,
    y - size * 0.33 + (py - y + size * 0.26) * 0.66,
  ])
  const top = lit.map(([px, py]): [number, number] => [
    x - size * 0.14 + (px - x + size * 0.08) * 0.6,
    y - size * 0.39 + (py - y + size * 0.33) * 0.5,
  ])
  return (
    `<ellipse cx="${n(x + size * 0.14)}" cy="${n(y + size * 0.06)}" rx="${n(size * 0.6)}" ry="${n(size * 0.16)}" fill="#05060f" opacity="0.35"/>` +
    polygon(around, `fill="${css(tones.dark)}"`) +
    polygon(lit, `fill="${css(mix(tones.dark, tones.light, 0.5))}"`) +
    polygon(top, `fill="${css(tones.light)}" opacity="0.8"`)
  )
}

/** A row of spruces along a ground line given as y for each x; nearer rows are taller and darker. */
export function row(
  seed: string,
  width: number,
  {
    line,
    tall,
    every,
    tones,
    detail = 1,
    open = 0,
    bare = 0,
  }: {
    line: (x: number) => number
    tall: readonly [number, number]
    /** Pixels between trunks. */
    every: number
    tones: TreeTones
    detail?: number
    /** Share of the width left free around the middle. */
    open?: number
    /** Share of trees that are bare. */
    bare?: number
  },
): string {
  const random = createRandom(seed)
  const shift = random.range(0, 50)
  const trees: { x: number; y: number; tall: number; bare: boolean }[] = []
  for (let x = -every * 2; x < width + every * 2; x += every * random.range(0.5, 1.4)) {
    if (Math.abs(x / width - 0.5) < open / 2) continue
    const clump = fbm((x / width) * 7 + shift, 1, 3)
    const height = (tall[0] + (tall[1] - tall[0]) * clump ** 1.2) * random.range(0.72, 1.28)
    trees.push({ x, y: line(x) + random.range(-4, 10), tall: height, bare: random.next() < bare })
  }
  return [...trees]
    .sort((a, b) => a.y - b.y)
    .map((tree) =>
      tree.bare
        ? snag(random, tree.x, tree.y, tree.tall * 0.8, tones.dark)
        : spruce(random, tree.x, tree.y, tree.tall, tones, detail),
    )
    .join('')
}
