import { hex, palette, type Color } from '../color.ts'
import { finish, paintLand } from '../land/land.ts'
import type { View } from '../land/view.ts'
import { barrel, lantern } from '../models/fittings.ts'
import { stuff } from '../models/stuff.ts'
import type { Picture } from '../picture.ts'
import { createCard } from './card.ts'
import { n } from '../svg.ts'
import type { Model } from '../trace/model.ts'
import type { Material } from '../trace/solids.ts'
import { vector } from '../trace/space.ts'

type Wares = 'fruit' | 'potions' | 'arms'

const cream: Material = { color: hex('#c9b48a'), grain: 'cloth' }

function crate(model: Model, color: Color, count: number): void {
  model.box(vector(0, 0.13, 0), vector(0.62, 0.26, 0.5), stuff.pale, 0.04)
  for (let index = 0; index < count; index++) {
    const r = model.random.range(0.075, 0.1)
    model.ball(
      vector(model.random.range(-0.22, 0.22), 0.27 + model.random.range(0, 0.07), model.random.range(-0.16, 0.16)),
      vector(r, r, r),
      { color, shine: 0.3 },
    )
  }
}

function goods(model: Model, wares: Wares): void {
  if (wares === 'fruit') {
    for (const [x, color] of [
      [-0.85, '#c8442f'],
      [-0.15, '#d99a2f'],
      [0.55, '#6a9a3a'],
    ] as const)
      model.within({ x, tilt: 14 }, () => crate(model, hex(color), 16))
    return
  }
  if (wares === 'potions') {
    for (const [x, z, color, size] of [
      [-0.95, 0.1, '#d0483c', 0.2],
      [-0.6, -0.1, '#4aa0e0', 0.24],
      [-0.2, 0.12, '#b060e0', 0.19],
      [0.15, -0.08, '#58c04a', 0.25],
      [0.55, 0.1, '#ff9a3d', 0.2],
      [0.9, -0.05, '#4ac0b0', 0.22],
    ] as const) {
      model.ball(vector(x, size * 0.9, z), vector(size, size * 0.95, size), {
        color: hex(color),
        glow: 0.45,
        shine: 0.9,
      })
      model.bar(vector(x, size * 1.7, z), vector(x, size * 2.4, z), size * 0.3, size * 0.34, {
        color: hex('#c0d0e0'),
        shine: 0.7,
      })
      model.bar(vector(x, size * 2.35, z), vector(x, size * 2.6, z), size * 0.26, size * 0.24, stuff.pale)
    }
    return
  }
  for (const [x, roll] of [
    [-0.8, 70],
    [-0.2, 100],
  ] as const) {
    model.within({ x, y: 0.08, z: 0.1, spin: 20, roll }, () => {
      model.box(vector(0, 0.1, 0), vector(0.1, 0.95, 0.03), { color: hex('#aab2c8'), shine: 0.8 })
      model.box(vector(0, -0.38, 0), vector(0.3, 0.07, 0.07), stuff.brass)
    })
  }
  model.within({ x: 0.5, y: 0.3, tilt: 68 }, () => {
    model.bar(vector(0, 0, 0), vector(0, 0.08, 0), 0.36, 0.34, stuff.brass)
    model.bar(vector(0, 0.08, 0), vector(0, 0.12, 0), 0.28, 0.27, { color: hex('#3a5aa8'), shine: 0.4 })
  })
  model.ball(vector(0.98, 0.16, 0.1), vector(0.17, 0.2, 0.18), { color: hex('#9aa2ba'), shine: 0.8 })
}

/** A stall: a counter with wares, four posts, a striped awning, a lantern. */
function stall(model: Model, stripe: Color, wares: Wares): void {
  for (let plank = 0; plank < 9; plank++)
    model.box(vector(-1.2 + plank * 0.3, 0.42, 0.5), vector(0.28, 0.84, 0.08), stuff.plank, 0.03)
  for (const z of [0.5, -0.3]) model.box(vector(1.33, 0.42, (z + 0.1) / 1), vector(0.08, 0.84, 0.36), stuff.plank)
  model.box(vector(0, 0.88, 0.2), vector(2.95, 0.1, 0.95), stuff.pale, 0.04)
  for (const [x, z] of [
    [-1.4, 0.6],
    [1.4, 0.6],
    [-1.4, -0.8],
    [1.4, -0.8],
  ] as const)
    model.box(vector(x, z > 0 ? 0.95 : 1.3, z), vector(0.12, z > 0 ? 1.9 : 2.6, 0.12), stuff.beam, 0.04)
  model.within({ y: 0.93, z: 0.25 }, () => goods(model, wares))
  const cloth: Material = { color: stripe, grain: 'cloth' }
  for (let band = 0; band < 9; band++) {
    const x = -1.6 + band * 0.4
    const material = band % 2 ? cream : cloth
    model.within({ x, y: 2.62, z: -0.85, tilt: 19 }, () =>
      model.box(vector(0, 0, 0.95), vector(0.395, 0.06, 1.95), material, 0.03),
    )
    model.within({ x, y: 2, z: 1 }, () => {
      model.box(vector(0, -0.08, 0), vector(0.395, 0.26, 0.05), material, 0.03)
      model.ball(vector(0, -0.2, 0), vector(0.19, 0.12, 0.03), material)
    })
  }
  for (const x of [-1.05, 1.05]) model.within({ x, y: 1.98, z: 0.75 }, () => lantern(model, 0.75, 1.15))
}

const stalls: readonly {
  x: number
  foot: number
  size: number
  stripe: string
  wares: Wares
  spin: number
}[] = [
  { x: 0.5, foot: 0.66, size: 0.52, stripe: '#33684c', wares: 'fruit', spin: 0 },
  { x: 0.19, foot: 0.8, size: 0.78, stripe: '#963428', wares: 'arms', spin: 24 },
  {
    x: 0.81,
    foot: 0.82,
    size: 0.8,
    stripe: '#4a3d86',
    wares: 'potions',
    spin: -24,
  },
]

/** The market at dusk, 1600x900: three stalls round a trodden square, lanterns on lines between the trees. */
export async function paintMarket(): Promise<Picture> {
  const view: View = {
    width: 1600,
    height: 900,
    seed: 'market square',
    horizon: 0.52,
    open: 0.5,
    path: [0.5, 0.5],
    frame: true,
  }
  const { width, height } = view
  const picture = await paintLand('thornwood', view)
  const card = createCard(picture, 'thornwood', view)
  card.light(0.5, 0.82, 0.5, palette.ember, 0.22)
  for (const [y, sag, count] of [
    [0.1, 0.16, 13],
    [0.2, 0.13, 9],
  ] as const) {
    let line = ''
    const bulbs: [number, number][] = []
    for (let index = 0; index <= count; index++) {
      const t = index / count
      const x = (y > 0.15 ? 0.12 + t * 0.76 : t) * width
      const py = (y + sag * (1 - (t * 2 - 1) ** 2)) * height
      line += `${index ? 'L' : 'M'}${n(x)} ${n(py)}`
      if (index > 0 && index < count) bulbs.push([x, py])
    }
    await card.draw(`<path d="${line}" fill="none" stroke="#1a1426" stroke-width="3"/>`)
    for (const [x, py] of bulbs) {
      await card.draw(
        `<path d="M${n(x)} ${n(py)}v14" stroke="#1a1426" stroke-width="2"/><rect x="${n(x - 10)}" y="${n(py + 14)}" width="20" height="26" rx="6" fill="#ffb94e"/><rect x="${n(x - 5)}" y="${n(py + 17)}" width="9" height="19" rx="4" fill="#fff0c0"/><path d="M${n(x - 12)} ${n(py + 14)}h24l-5-7h-14Z" fill="#3a2230"/><path d="M${n(x - 11)} ${n(py + 39)}h22v5h-22Z" fill="#3a2230"/>`,
      )
      await card.glow(x / width, (py + 27) / height, 0.055, palette.ember, 0.75)
    }
  }
  for (const { x, foot, size, stripe, wares, spin } of stalls) {
    card.light(x, foot + 0.02, size * 0.3, palette.ember, 0.5)
    await card.trace((model) => stall(model, hex(stripe), wares), x, foot, size, {
      span: 4.1,
      spin,
      above: 11,
      side: 4,
      shot: { exposure: 0.82 },
    })
    await card.glow(x, foot - size * 0.34, size * 0.2, palette.ember, 0.28)
  }
  await card.trace(
    (model) => {
      barrel(model, 0.8)
      model.within({ x: 0.65, z: 0.2 }, () => barrel(model, 0.65))
      model.within({ x: 0.1, z: 0.7, spin: 20 }, () => crate(model, hex('#d99a2f'), 14))
    },
    0.335,
    0.9,
    0.34,
    { span: 2.6 },
  )
  return finish(picture, 'thornwood', view)
}
