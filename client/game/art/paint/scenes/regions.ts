import { hex, palette } from '../color.ts'
import { finish, paintLand } from '../land/land.ts'
import type { Region, View } from '../land/view.ts'
import { mine } from '../models/cinderpeak.ts'
import { bellFrame } from '../models/heights.ts'
import { ferry, witchHut } from '../models/mirefen.ts'
import { lampPost, signpost } from '../models/wayside.ts'
import type { Picture } from '../picture.ts'
import { createCard, type Card } from './card.ts'

/** The canvas of views and battle floors. */
export const wide = { width: 1600, height: 900 }

/** What marks a region from afar: traced things with their place, foot and size as shares of the canvas. */
const landmarks: Record<Region, (card: Card) => Promise<void>> = {
  async thornwood(card) {
    for (const [x, foot, size, flip] of [
      [0.535, 0.66, 0.13, false],
      [0.44, 0.74, 0.24, false],
      [0.64, 0.86, 0.4, true],
    ] as const) {
      await card.trace(lampPost, x, foot, size, { span: 2.6, flip })
      card.light(x, foot, size * 0.3, palette.ember, 0.7)
      await card.glow(x + (flip ? -1 : 1) * size * 0.095, foot - size * 0.53, size * 0.2, palette.ember, 0.6)
    }
    await card.trace(signpost, 0.36, 0.86, 0.3, { span: 2.4 })
  },
  async mirefen(card) {
    await card.trace(witchHut, 0.64, 0.78, 0.5, { span: 5.7, spin: -26, above: 10, shot: { rim: 0.4 } })
    await card.glow(0.65, 0.6, 0.14, hex('#a8ff8a'), 0.35)
    await card.trace(ferry, 0.36, 0.9, 0.5, { span: 4.5, spin: -14, above: 12 })
    await card.glow(0.437, 0.78, 0.08, palette.ember, 0.7)
  },
  async cinderpeak(card) {
    await card.trace(mine, 0.66, 0.86, 0.6, { span: 4.9, spin: -14, above: 12 })
    await card.trace(bellFrame, 0.3, 0.8, 0.32, { span: 4.5, spin: 20, above: 8 })
    await card.glow(0.65, 0.74, 0.14, palette.ember, 0.5)
  },
}

/** A region's view from afar, 1600x900. */
export async function paintRegion(region: Region): Promise<Picture> {
  const view: View = { ...wide, seed: `region ${region}`, light: { x: 0.34, y: 0.24 }, path: [0.46, 0.56], lava: 0.8 }
  const picture = await paintLand(region, view)
  await landmarks[region](createCard(picture, region, view))
  return finish(picture, region, view)
}
