import { hex, mix, palette } from '../color.ts'
import { pool } from '../land/air.ts'
import { edgeOf, paintMeadow, type Meadow } from '../land/meadow.ts'
import { boulder, tuft } from '../land/trees.ts'
import { fence, lampPost, signpost, well } from '../models/wayside.ts'
import { lay, resize, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw } from '../svg.ts'
import { footOf, traceProp } from '../trace/prop.ts'
import { stage } from './stage.ts'

const { width, height } = stage

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
