import { motes, mist, pool } from './air.ts'
import { css, hex, mix, palette, type Color } from './color.ts'
import { edgeOf, paintMeadow, type Meadow } from './meadow.ts'
import { blank, lay, resize, type Picture } from './picture.ts'
import { fence, footOf, lampPost, signpost, traceProp, well } from './props.ts'
import { createRandom, type Random } from './random.ts'
import { paintRidge } from './ridges.ts'
import { paintSky } from './sky.ts'
import { draw, n } from './svg.ts'
import { boulder, bush, row, tuft } from './trees.ts'

/** All five layers share this canvas; the horizon lies at 45 % of its height. */
export const stage = { width: 2400, height: 1350 }

const { width, height } = stage
const haze: Color = hex('#6d5a86')
const moon = { x: 0.405, y: 0.265, radius: 0.026, color: hex('#fff6df') }

/** The lowest layer, opaque: a deep dusk, a moon, stars, thin clouds, the last warmth on the horizon. */
export function villageSky(): Picture {
  return paintSky(width, height, {
    seed: 'village sky',
    horizon: 0.5,
    stops: [
      [0, hex('#0d1130')],
      [0.3, hex('#1d1d4c')],
      [0.55, hex('#3b2c68')],
      [0.75, hex('#744377')],
      [0.9, hex('#c86b66')],
      [1, hex('#f09a5c')],
    ],
    moon,
    stars: 190,
    clouds: { amount: 0.85, dark: hex('#2c2452'), light: hex('#d98d8a') },
    glow: { x: 0.56, width: 0.3, color: hex('#ffbf73'), strength: 0.7 },
  })
}

/** Three chains of mountains, each paler than the one before it. */
export function villageMountains(): Picture {
  const picture = blank(width, height)
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village far',
      top: 0.2,
      foot: 0.56,
      peaks: 5,
      light: hex('#a78fb4'),
      dark: hex('#4c3f78'),
      haze: hex('#b9798a'),
      hazy: 0.62,
      snow: 0.5,
      snowColor: hex('#ffe3cf'),
      gap: 0.25,
    }),
  )
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village middle',
      top: 0.29,
      foot: 0.57,
      peaks: 7,
      light: hex('#7c72a6'),
      dark: hex('#2f2a5a'),
      haze: hex('#7d5a86'),
      hazy: 0.6,
      snow: 0.22,
      snowColor: hex('#e8d8ee'),
      gap: 0.5,
    }),
  )
  lay(
    picture,
    paintRidge(width, height, {
      seed: 'village near',
      top: 0.38,
      foot: 0.56,
      peaks: 9,
      light: hex('#4d5a86'),
      dark: hex('#1f2450'),
      haze: hex('#54487c'),
      hazy: 0.62,
    }),
  )
  return mist(picture, { seed: 3, y: 0.5, thick: 0.05, color: haze, amount: 0.75 })
}

function eyes(): string {
  const random = createRandom('village eyes')
  let out = ''
  for (const [x, y, size] of [
    [0.335, 0.497, 4],
    [0.405, 0.512, 3.2],
    [0.602, 0.507, 3.4],
    [0.655, 0.492, 4],
    [0.21, 0.5, 4.4],
    [0.79, 0.503, 4.2],
    [0.52, 0.503, 2.6],
  ] as const) {
    const [px, py] = [x * width, y * height]
    out += `<circle cx="${px}" cy="${py}" r="${size * 7}" fill="url(#eye)"/>`
    for (const side of [-1, 1]) {
      out += `<ellipse cx="${px + side * size * 1.5}" cy="${py}" rx="${size}" ry="${size * 0.62}" fill="#ffd27a" transform="rotate(${side * -14 + random.range(-4, 4)} ${px + side * size * 1.5} ${py})"/>`
    }
  }
  return `<defs><radialGradient id="eye"><stop offset="0" stop-color="#ff9a3d" stop-opacity=".5"/><stop offset="1" stop-color="#ff9a3d" stop-opacity="0"/></radialGradient></defs>${out}`
}

/** Bushes along the feet of a row of trees, so that no trunk stands on air. */
function undergrowth(index: number, line: (x: number) => number, tones: { dark: Color; light: Color }): string {
  const random = createRandom(`village undergrowth ${index}`)
  let out = ''
  for (let x = -40; x < width + 40; x += 34 + index * 12) {
    if (index === 3 && Math.abs(x / width - 0.47) < 0.17) continue
    const size = (40 + index * 18) * random.range(0.6, 1.2)
    const at = x + random.range(-20, 20)
    out += bush(random, at, line(at) + 14 + size * 0.1, size, {
      dark: mix(tones.dark, [0.02, 0.06, 0.1], 0.25),
      light: mix(tones.dark, tones.light, 0.6),
    })
  }
  return out
}

/** The forest's edge: rows of spruces in thinning haze, and what looks out between them. */
export async function villageForest(): Promise<Picture> {
  const picture = blank(width, height)
  const layers = [
    {
      base: 0.49,
      tall: [90, 190],
      every: 21,
      dark: mix(hex('#23405a'), haze, 0.42),
      light: hex('#8b7fa8'),
      detail: 0.35,
      dip: 0.01,
      fog: 0.5,
    },
    {
      base: 0.506,
      tall: [130, 260],
      every: 30,
      dark: mix(hex('#1a3a4a'), haze, 0.2),
      light: hex('#5f7d92'),
      detail: 0.6,
      dip: 0.02,
      fog: 0.42,
    },
    {
      base: 0.522,
      tall: [170, 350],
      every: 44,
      dark: hex('#163640'),
      light: hex('#4b7f86'),
      detail: 0.85,
      dip: 0.04,
      fog: 0.32,
    },
    {
      base: 0.54,
      tall: [190, 500],
      every: 46,
      dark: hex('#0f2a31'),
      light: hex('#3f7a72'),
      detail: 1,
      dip: 0.085,
      fog: 0.16,
      rim: hex('#ff9a3d'),
    },
  ] as const
  for (const [index, layer] of layers.entries()) {
    // The wood steps back around the middle, where the path runs into it.
    const line = (x: number) =>
      (layer.base + layer.dip * (Math.abs(x / width - 0.47) - 0.12)) * height + Math.sin(x * 0.004 + index) * 6
    const trees = row(`village wood ${index}`, width, {
      line,
      tall: layer.tall,
      every: layer.every,
      tones: { dark: layer.dark, light: layer.light, ...('rim' in layer ? { rim: layer.rim } : {}) },
      detail: layer.detail,
      open: index === 3 ? 0.3 : index === 2 ? 0.12 : 0,
      bare: index > 1 ? 0.03 : 0,
    })
    lay(picture, await draw(width, height, trees + undergrowth(index, line, layer) + (index === 2 ? eyes() : '')))
    mist(picture, {
      seed: 20 + index,
      y: layer.base + 0.005,
      thick: 0.035,
      color: mix(haze, hex('#c98a84'), 0.35),
      amount: layer.fog,
    })
  }
  return motes(picture, {
    seed: 'village flies',
    count: 46,
    box: [0.12, 0.42, 0.88, 0.535],
    size: [1.1, 2.1],
    color: palette.glow,
  })
}

const meadow: Meadow = {
  seed: 77,
  top: 0.512,
  roll: 0.045,
  far: hex('#4d5670'),
  middle: hex('#2f5b4c'),
  near: hex('#16352f'),
  light: hex('#769c62'),
  path: {
    middle: (depth) => 0.5 + 0.05 * Math.sin(depth * 5.2 + 0.4) * (0.35 + depth) + 0.012,
    half: 0.062,
    color: hex('#b08a66'),
  },
}

/** Meadow, path, grass and stones, with pools of lantern light where the houses stand. */
export async function villageGround(): Promise<Picture> {
  const picture = paintMeadow(width, height, meadow)
  for (const [x, y, rx, ry, strength] of [
    [0.5, 0.66, 320, 74, 0.42],
    [0.36, 0.62, 240, 56, 0.5],
    [0.64, 0.63, 240, 56, 0.5],
    [0.33, 0.8, 300, 90, 0.5],
    [0.67, 0.82, 300, 90, 0.5],
    [0.17, 0.68, 260, 70, 0.35],
    [0.83, 0.69, 260, 70, 0.35],
  ] as const)
    pool(picture, { x: x * width, y: y * height, rx, ry, color: palette.ember, strength })
  const random = createRandom('village grass')
  const tufts: { y: number; body: string }[] = []
  for (let count = 0; count < 2600; count++) {
    const depth = random.next() ** 0.75
    const x = random.next() * width
    const edge = edgeOf(meadow, x / width) * height
    const y = edge + depth * (height - edge)
    const { path } = meadow
    if (path && Math.abs(x / width - path.middle(depth)) < path.half * (0.035 + depth ** 1.25) * 0.95) continue
    const size = 5 + depth * 26 * random.range(0.6, 1.3)
    const dark = mix(meadow.middle, meadow.near, depth)
    body(
      tufts,
      y,
      tuft(
        random,
        x,
        y,
        size,
        { dark: mix(dark, [0.05, 0.14, 0.13], 0.3), light: mix(meadow.light, dark, 0.25 + 0.4 * depth) },
        5,
      ),
    )
  }
  for (let count = 0; count < 36; count++) {
    const depth = random.range(0.06, 0.95)
    const side = random.next() < 0.5 ? -1 : 1
    const { path } = meadow
    const x =
      ((path?.middle(depth) ?? 0.5) +
        side * ((path?.half ?? 0) * (0.04 + depth ** 1.25) + random.next() ** 2 * 0.2 + 0.004)) *
      width
    const y = edgeOf(meadow, x / width) * height + depth * height * 0.48
    body(
      tufts,
      y,
      boulder(random, x, y, 8 + depth * random.range(14, 46), { dark: hex('#2b3550'), light: hex('#8a94a6') }),
    )
  }
  for (let count = 0; count < 150; count++) {
    const depth = random.range(0.1, 1)
    const x = random.next() * width
    const y = edgeOf(meadow, x / width) * height + depth * height * 0.48
    const tone = random.pick(['#ffd27a', '#f6e7c8', '#c9a4e8', '#ff9a3d'])
    body(tufts, y, `<circle cx="${x}" cy="${y - 4 - depth * 10}" r="${1 + depth * 2.4}" fill="${tone}" opacity=".8"/>`)
  }
  await furnish(picture)
  tufts.sort((a, b) => a.y - b.y)
  return lay(picture, await draw(width, height, tufts.map(({ body }) => body).join('')))
}

/** What people have put up on the meadow: lamp posts by the way, fences, a signpost, a well. */
async function furnish(picture: Picture): Promise<void> {
  const put = async (prop: Picture, x: number, y: number, size: number) => {
    lay(picture, await resize(prop, size, size), x * width - size / 2, y * height - size * footOf)
  }
  const lamp = traceProp('lamp post', lampPost, { size: 360, span: 3 })
  const rails = [4, 5].map((posts) =>
    traceProp(`fence ${posts}`, (model) => fence(model, posts), {
      size: 420,
      span: 5,
      spin: posts === 4 ? 22 : -24,
      ground: 0.4,
    }),
  )
  const [left, right] = rails
  if (!left || !right) return
  await put(left, 0.23, 0.575, 150)
  await put(right, 0.755, 0.575, 150)
  await put(left, 0.1, 0.61, 210)
  await put(right, 0.9, 0.62, 220)
  await put(traceProp('well', well, { size: 360, span: 3.4 }), 0.602, 0.618, 140)
  await put(traceProp('signpost', signpost, { size: 360, span: 2.6 }), 0.483, 0.588, 92)
  for (const [x, y, size] of [
    [0.533, 0.572, 84],
    [0.487, 0.672, 108],
    [0.574, 0.742, 132],
    [0.398, 0.862, 165],
    [0.248, 0.7, 116],
    [0.69, 0.862, 165],
  ] as const) {
    await put(lamp, x, y, size)
    pool(picture, {
      x: (x + 0.01) * width,
      y: y * height,
      rx: size * 0.8,
      ry: size * 0.24,
      color: palette.ember,
      strength: 0.42,
    })
  }
}

function body(list: { y: number; body: string }[], y: number, svg: string): void {
  list.push({ y, body: svg })
}

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
