import { beams, mist, motes, vignette } from './air.ts'
import { hex, mix, palette, type Color } from './color.ts'
import { edgeOf, paintMeadow, type Meadow } from './meadow.ts'
import { lay, type Picture } from './picture.ts'
import { createRandom } from './random.ts'
import { paintRidge } from './ridges.ts'
import { paintSky } from './sky.ts'
import { draw, n } from './svg.ts'
import { boulder, bush, row, snag, tuft } from './trees.ts'

/** Which land, and how this view of it differs from the others. */
export interface View {
  width: number
  height: number
  seed: string
  /** Where the ground begins, a share of the height; default 0.6. */
  horizon?: number
  /** Where the light stands, shares of the canvas; left out, it is behind the viewer. */
  light?: { x: number; y: number; radius?: number }
  /** Where the way goes: its middle near and far, as shares of the width. */
  path?: readonly [number, number]
  /** Share of the width left free of near trees; default 0.45. */
  open?: number
  /** Share of the mire that is water, 0 to 1; default 0.5. */
  water?: number
  /** Lava in the ground and on the slopes, 0 to 1; default 0.6. */
  lava?: number
  /** Big dark shapes at the sides, close to the viewer; default true. */
  frame?: boolean
}

/** Each region: its name is its id. */
export type Region = 'thornwood' | 'mirefen' | 'cinderpeak'

/** The air of a region, for what stands in it. */
export const airs: Record<Region, { air: Color; rim: Color; key: Color }> = {
  thornwood: { air: hex('#1d3350'), rim: hex('#ff9a3d'), key: hex('#b9c8ff') },
  mirefen: { air: hex('#1c4a4a'), rim: hex('#ffc26b'), key: hex('#b8f0dc') },
  cinderpeak: { air: hex('#4a1f38'), rim: hex('#ff7a2a'), key: hex('#d5b8ff') },
}

const wayOf = (path: readonly [number, number]) => (depth: number) =>
  path[1] + (path[0] - path[1]) * depth ** 0.8 + 0.03 * Math.sin(depth * 7) * depth

function grass(view: View, meadow: Meadow, amount: number, skipWater: boolean): string {
  const { width, height } = view
  const random = createRandom(`${view.seed} grass`)
  const list: { y: number; svg: string }[] = []
  for (let count = 0; count < amount; count++) {
    const depth = random.next() ** 0.7
    const x = random.next() * width
    const edge = edgeOf(meadow, x / width) * height
    const y = edge + depth * (height - edge)
    const { path } = meadow
    if (path && Math.abs(x / width - path.middle(depth)) < path.half * (0.035 + depth ** 1.25)) continue
    const size = (0.006 + depth * 0.035) * height * random.range(0.6, 1.4)
    const dark = mix(meadow.middle, meadow.near, depth)
    const tones = { dark: mix(dark, [0.03, 0.08, 0.1], 0.35), light: mix(meadow.light, dark, 0.35 + 0.4 * depth) }
    list.push({ y, svg: tuft(random, x, y, skipWater ? size * 1.5 : size, tones, 5) })
    if (count % 26 === 0) {
      list.push({
        y,
        svg: boulder(random, x, y, size * random.range(0.8, 1.8), {
          dark: mix(hex('#2b2f4a'), dark, 0.3),
          light: mix(hex('#8a8cab'), dark, 0.3),
        }),
      })
    }
  }
  return [...list]
    .sort((a, b) => a.y - b.y)
    .map(({ svg }) => svg)
    .join('')
}

async function thornwood(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.6, light, path = [0.5, 0.5], open = 0.45 } = view
  const far = hex('#5b6a94')
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#101638')],
      [0.45, hex('#27315f')],
      [0.8, hex('#55598c')],
      [1, hex('#c98a86')],
    ],
    stars: 90,
    clouds: { amount: 0.7, dark: hex('#232a56'), light: hex('#8e8fb8') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.05, color: hex('#fff3d6') } } : {}),
    glow: { x: light?.x ?? 0.5, width: 0.35, color: hex('#ffbf8a'), strength: 0.5 },
  })
  lay(
    picture,
    paintRidge(width, height, {
      seed,
      top: horizon - 0.34,
      foot: horizon + 0.04,
      peaks: 4,
      light: hex('#7f86b0'),
      dark: hex('#3a4276'),
      haze: hex('#8a86ad'),
      hazy: 0.6,
      snow: 0.3,
    }),
  )
  const s = height / 900
  for (const [index, layer] of [
    {
      drop: 0,
      tall: [90, 210],
      every: 22,
      dark: mix(hex('#28465e'), far, 0.5),
      lit: hex('#8b9cc0'),
      detail: 0.4,
      fog: 0.55,
      gap: 0,
    },
    {
      drop: 0.02,
      tall: [150, 320],
      every: 36,
      dark: mix(hex('#1d3f4c'), far, 0.2),
      lit: hex('#6d93a8'),
      detail: 0.7,
      fog: 0.45,
      gap: 0.3,
    },
    {
      drop: 0.05,
      tall: [260, 520],
      every: 62,
      dark: hex('#12313a'),
      lit: hex('#4c8a86'),
      detail: 1,
      fog: 0.25,
      gap: 1,
    },
  ].entries()) {
    const trees = row(`${seed} ${index}`, width, {
      line: (x) => (horizon + layer.drop + 0.06 * index * Math.abs(x / width - 0.5)) * height,
      tall: [layer.tall[0] ?? 0, layer.tall[1] ?? 0].map((value) => value * s) as [number, number],
      every: layer.every * s,
      tones: { dark: layer.dark, light: layer.lit, ...(index === 2 ? { rim: palette.ember } : {}) },
      detail: layer.detail,
      open: open * layer.gap,
      bare: 0.06,
    })
    lay(picture, await draw(width, height, trees))
    mist(picture, {
      seed: 40 + index,
      y: horizon + layer.drop,
      thick: 0.06,
      color: mix(far, hex('#d8a08e'), 0.35),
      amount: layer.fog,
    })
  }
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.02,
    roll: 0.05,
    far: hex('#56688a'),
    middle: hex('#2c5a4d'),
    near: hex('#12302e'),
    light: hex('#7fae6c'),
    path: { middle: wayOf(path), half: 0.12, color: hex('#a5825f') },
  }
  lay(picture, paintMeadow(width, height, meadow))
  lay(picture, await draw(width, height, grass(view, meadow, 900, false)))
  if (light) beams(picture, { x: light.x, y: light.y, color: hex('#ffdcae'), strength: 0.5, seed: 3 })
  return picture
}

function reeds(view: View, count: number, from: number, tall: number, tones: { dark: Color; light: Color }): string {
  const { width, height } = view
  const random = createRandom(`${view.seed} reeds ${from}`)
  let out = ''
  for (let index = 0; index < count; index++) {
    const side = random.next() < 0.5 ? -1 : 1
    const x = (0.5 + side * (0.5 - random.next() ** 1.8 * 0.42)) * width
    const y = (from + random.next() * (1.03 - from)) * height
    const up = tall * height * random.range(0.5, 1.2) * (0.35 + (y / height - from) * 1.6)
    const bend = random.range(-0.25, 0.25) * up
    const tone = mix(tones.dark, tones.light, random.next() * 0.8)
    const thick = Math.max(1, up * 0.016)
    out += `<path d="M${n(x)} ${n(y)}Q${n(x)} ${n(y - up * 0.6)} ${n(x + bend)} ${n(y - up)}" fill="none" stroke="rgb(${tone.map((c) => Math.round(c * 255)).join(',')})" stroke-width="${n(thick)}" stroke-linecap="round"/>`
    if (random.next() < 0.45) {
      out += `<path d="M${n(x + bend * 0.9)} ${n(y - up * 0.95)}L${n(x + bend * 1.02)} ${n(y - up * 1.13)}" stroke="#5b3b2a" stroke-width="${n(thick * 3.6)}" stroke-linecap="round"/>`
    }
  }
  return out
}

async function mirefen(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.56, light, water = 0.5 } = view
  const far = hex('#7fa79a')
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#122634')],
      [0.45, hex('#1f4a54')],
      [0.8, hex('#4f8378')],
      [1, hex('#c9c78a')],
    ],
    stars: 50,
    clouds: { amount: 0.9, dark: hex('#1d3c48'), light: hex('#93b7a0') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.055, color: hex('#f3f7cf') } } : {}),
    glow: { x: light?.x ?? 0.5, width: 0.4, color: hex('#e8dc94'), strength: 0.5 },
  })
  const random = createRandom(`${seed} snags`)
  const s = height / 900
  for (const [index, layer] of [
    { drop: -0.005, tall: [60, 150], every: 30, dark: mix(hex('#2f5a5c'), far, 0.5), fog: 0.7 },
    { drop: 0.015, tall: [110, 240], every: 64, dark: mix(hex('#1f4548'), far, 0.2), fog: 0.6 },
  ].entries()) {
    const trees = row(`${seed} ${index}`, width, {
      line: () => (horizon + layer.drop + 0.02) * height,
      tall: [layer.tall[0] ?? 0, layer.tall[1] ?? 0].map((value) => value * s) as [number, number],
      every: layer.every * s,
      tones: { dark: layer.dark, light: mix(layer.dark, hex('#a9d0b8'), 0.35) },
      detail: 0.6,
      bare: 0.45,
      open: index * 0.16,
    })
    lay(picture, await draw(width, height, trees))
    mist(picture, { seed: 60 + index, y: horizon + layer.drop, thick: 0.07, color: hex('#a9c9a8'), amount: layer.fog })
  }
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.015,
    roll: 0.03,
    far: hex('#6f9488'),
    middle: hex('#3a6652'),
    near: hex('#16342f'),
    light: hex('#9fb562'),
    water: { amount: 0.36 + water * 0.3, color: hex('#1d4a55'), shine: hex('#a8d8bd') },
  }
  lay(picture, paintMeadow(width, height, meadow))
  let near = reeds(view, 150, horizon + 0.04, 0.2, { dark: hex('#1d4238'), light: hex('#8aa85c') })
  if (view.frame ?? true) {
    near += snag(random, width * random.range(0.03, 0.12), height * 0.86, height * 0.85, hex('#0f2426'))
    near += snag(random, width * random.range(0.88, 0.97), height * 0.9, height * 0.95, hex('#0f2426'))
  }
  lay(picture, await draw(width, height, near))
  mist(picture, { seed: 71, y: horizon + 0.16, thick: 0.05, color: hex('#a8cdb4'), amount: 0.35 })
  return picture
}

async function cinderpeak(view: View): Promise<Picture> {
  const { width, height, seed, horizon = 0.6, light, lava = 0.6, path } = view
  const picture = paintSky(width, height, {
    seed,
    horizon,
    stops: [
      [0, hex('#1a1030')],
      [0.4, hex('#401c48')],
      [0.75, hex('#8f3350')],
      [1, hex('#ff8f4a')],
    ],
    stars: 40,
    clouds: { amount: 1, dark: hex('#2c1738'), light: hex('#e0705a') },
    ...(light ? { moon: { x: light.x, y: light.y, radius: light.radius ?? 0.045, color: hex('#ffd9a8') } } : {}),
    glow: { x: light?.x ?? 0.6, width: 0.35, color: hex('#ffb45a'), strength: 0.9 },
  })
  lay(
    picture,
    paintRidge(width, height, {
      seed: `${seed} far`,
      top: horizon - 0.44,
      foot: horizon + 0.05,
      peaks: 3.4,
      light: hex('#9a5468'),
      dark: hex('#4a2350'),
      haze: hex('#d9694f'),
      hazy: 0.55,
      lava: lava * 0.7,
    }),
  )
  mist(picture, { seed: 81, y: horizon - 0.03, thick: 0.06, color: hex('#ff9a5a'), amount: 0.5 })
  lay(
    picture,
    paintRidge(width, height, {
      seed: `${seed} near`,
      top: horizon - 0.24,
      foot: horizon + 0.06,
      peaks: 6,
      light: hex('#6f3f5a'),
      dark: hex('#2a1738'),
      haze: hex('#a8455a'),
      hazy: 0.4,
      lava,
      gap: 0.7,
    }),
  )
  mist(picture, { seed: 82, y: horizon + 0.02, thick: 0.05, color: hex('#e8754a'), amount: 0.55 })
  const meadow: Meadow = {
    seed: Math.floor(createRandom(seed).next() * 1000),
    top: horizon + 0.02,
    roll: 0.06,
    far: hex('#8a4658'),
    middle: hex('#43263f'),
    near: hex('#1b1226'),
    light: hex('#96606a'),
    lava,
    ...(path ? { path: { middle: wayOf(path), half: 0.12, color: hex('#7d5a5e') } } : {}),
  }
  lay(picture, paintMeadow(width, height, meadow))
  const random = createRandom(`${seed} rocks`)
  const rocks: { y: number; svg: string }[] = []
  for (let index = 0; index < 90; index++) {
    const depth = random.next()
    const side = random.next() < 0.5 ? -1 : 1
    const x = (0.5 + side * (0.12 + 0.42 * random.next() ** 0.7)) * width
    const y = (horizon + 0.06 + depth * (0.98 - horizon)) * height
    rocks.push({
      y,
      svg: boulder(random, x, y, (0.012 + depth * random.range(0.03, 0.12)) * height, {
        dark: mix(hex('#2a1838'), hex('#5a2f48'), 1 - depth),
        light: mix(hex('#7a566e'), hex('#b56a62'), 1 - depth),
      }),
    })
  }
  lay(
    picture,
    await draw(
      width,
      height,
      [...rocks]
        .sort((a, b) => a.y - b.y)
        .map(({ svg }) => svg)
        .join(''),
    ),
  )
  return motes(picture, {
    seed: `${seed} sparks`,
    count: 60,
    box: [0, 0.1, 1, 0.95],
    size: [0.9, 2.2],
    color: palette.ember,
  })
}

const lands = { thornwood, mirefen, cinderpeak }

/** Paints a view of a region, without anybody in it yet. */
export function paintLand(region: Region, view: View): Promise<Picture> {
  return lands[region](view)
}

/** The last touch on a view, after its figures: near leaves or rocks at the sides, small lights, darker edges. */
export async function finish(picture: Picture, region: Region, view: View): Promise<Picture> {
  const { width, height } = view
  const random = createRandom(`${view.seed} front`)
  if (view.frame ?? true) {
    const dark = { thornwood: hex('#081420'), mirefen: hex('#08191c'), cinderpeak: hex('#140a1c') }[region]
    const tones = { dark, light: mix(dark, airs[region].key, 0.16) }
    let out = ''
    const size = height * 0.34
    for (const x of [random.range(-0.02, 0.04), random.range(0.96, 1.02)]) {
      out +=
        region === 'cinderpeak'
          ? boulder(random, x * width, height * 1.1, size * 1.2, { dark, light: mix(dark, hex('#7a4a5a'), 0.45) })
          : bush(random, x * width, height * 1.07, size, tones)
    }
    for (let index = 0; index < (region === 'cinderpeak' ? 0 : 150); index++) {
      const x = random.next() * width
      const away = Math.abs(x / width - 0.5) * 2
      out += tuft(random, x, height + 4, height * (0.015 + 0.1 * away ** 2.2) * random.range(0.6, 1.3), tones, 5)
    }
    lay(picture, await draw(width, height, out))
  }
  const color = { thornwood: palette.glow, mirefen: hex('#a8f0d0'), cinderpeak: palette.ember }[region]
  motes(picture, { seed: `${view.seed} motes`, count: 24, box: [0.03, 0.35, 0.97, 0.95], size: [1.2, 2.6], color })
  return vignette(picture, 0.5)
}
