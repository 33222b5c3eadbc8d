import { motes, vignette } from './air.ts'
import { createCard, type Card } from './card.ts'
import { hex, palette } from './color.ts'
import { bellFrame, ferry, mine, witchHut } from './machines.ts'
import type { Model } from './model.ts'
import { lampPost, signpost } from './props.ts'
import { vector } from './space.ts'
import { flames, stuff } from './timber.ts'
import { finish, paintLand, type Region, type View } from './lands.ts'
import { blur, lay, silhouette, type Picture } from './picture.ts'
import { createRandom } from './random.ts'
import { emoji } from './sources.ts'
import { draw } from './svg.ts'
import { spruce } from './trees.ts'

const wide = { width: 1600, height: 900 }

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

/** A fire basket on an iron foot. */
function brazier(model: Model): void {
  for (let leg = 0; leg < 3; leg++) {
    model.within({ spin: leg * 120 }, () =>
      model.bar(vector(0, 0, 0.42), vector(0, 0.8, 0.14), 0.045, 0.04, stuff.iron),
    )
  }
  model.bar(vector(0, 0.72, 0), vector(0, 1.05, 0), 0.22, 0.42, stuff.iron)
  model.bar(vector(0, 1.05, 0), vector(0, 1.12, 0), 0.46, 0.46, stuff.brass)
  model.within({ y: 1.08 }, () => flames(model, 0.95, 1.8))
}

/** Where a fight takes place: an open floor in the lower half between two fires, 1600x900. */
export async function paintBattle(region: Region): Promise<Picture> {
  const view: View = { ...wide, seed: `battle ${region}`, horizon: 0.5, open: 0.75, water: 0.1, lava: 0.4 }
  const picture = await paintLand(region, view)
  const card = createCard(picture, region, view)
  card.light(0.5, 0.8, 0.4, palette.ember, 0.4)
  for (const [x, foot, size] of [
    [0.12, 0.78, 0.44],
    [0.88, 0.78, 0.44],
    [0.27, 0.63, 0.2],
    [0.73, 0.63, 0.2],
  ] as const) {
    card.light(x, foot, size * 0.4, palette.ember, 0.8)
    await card.trace(brazier, x, foot, size, { span: 2.7 })
    await card.glow(x, foot - size * 0.46, size * 0.34, palette.ember, 0.6)
  }
  return finish(picture, region, view)
}

/** The app's icon, 512 px square and opaque: an ember flame before the wood, all that matters within the middle. */
export async function paintAppIcon(): Promise<Picture> {
  const size = 512
  const random = createRandom('app icon')
  const picture = await draw(
    size,
    size,
    `<defs><radialGradient id="a" cx=".5" cy=".56" r=".75"><stop offset="0" stop-color="#ffb45a"/><stop offset=".28" stop-color="#c8583f"/><stop offset=".55" stop-color="#5a2f63"/><stop offset="1" stop-color="#15143a"/></radialGradient></defs><rect width="512" height="512" fill="url(#a)"/>`,
  )
  for (const [base, tall, dark, light] of [
    [400, 190, '#4a2c5c', '#8a5a78'],
    [445, 250, '#1c2a48', '#4a5a80'],
    [500, 300, '#0c1828', '#24485a'],
  ] as const) {
    let trees = ''
    for (let x = -10; x < size + 20; x += 44) {
      const away = Math.abs(x / size - 0.5) * 2
      trees += spruce(
        random,
        x + random.range(-9, 9),
        base,
        tall * (0.34 + 0.75 * away) * random.range(0.85, 1.12),
        { dark: hex(dark), light: hex(light), rim: palette.ember },
        0.8,
      )
    }
    lay(picture, await draw(size, size, trees))
  }
  motes(picture, { seed: 'app sparks', count: 22, box: [0.2, 0.1, 0.8, 0.7], size: [4, 11], color: palette.glow })
  const flame = await emoji('1f525', 310)
  lay(picture, blur(silhouette(flame, palette.ember, 0.9), 26), 101, 108, { blend: 'screen' })
  lay(picture, flame, 101, 108)
  return vignette(picture, 0.35)
}
