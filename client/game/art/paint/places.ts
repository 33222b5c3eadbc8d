import { pool, stand } from './air.ts'
import { palette } from './color.ts'
import { figure } from './figures.ts'
import { finish, paintLand, type Region, type View } from './lands.ts'
import type { Picture } from './picture.ts'

const wide = { width: 1600, height: 900 }

/** A region's view from afar, 1600x900. */
export async function paintRegion(region: Region): Promise<Picture> {
  const view: View = { ...wide, seed: `region ${region}`, light: { x: 0.34, y: 0.2 }, path: [0.46, 0.56], lava: 0.8 }
  return finish(await paintLand(region, view), region, view)
}

/** Where a fight takes place: an open floor in the lower half, 1600x900. */
export async function paintBattle(region: Region): Promise<Picture> {
  const view: View = { ...wide, seed: `battle ${region}`, horizon: 0.5, open: 0.75, water: 0.1, lava: 0.4 }
  const picture = await paintLand(region, view)
  pool(picture, { x: 800, y: 720, rx: 620, ry: 170, color: palette.ember, strength: 0.6 })
  return finish(picture, region, view)
}

/** The market at night, 1600x900. */
export async function paintMarket(): Promise<Picture> {
  const view: View = { ...wide, seed: 'market', open: 0.7 }
  const picture = await paintLand('thornwood', view)
  for (const [x, code] of [
    [0.25, '1f3ee'],
    [0.75, '1f3ee'],
    [0.5, '1f3ee'],
  ] as const) {
    pool(picture, { x: x * 1600, y: 700, rx: 300, ry: 140, color: palette.ember, strength: 1 })
    stand(picture, await figure(code, 240), x * 1600, 740)
  }
  return finish(picture, 'thornwood', view)
}

/** The hero's hall, 1600x900. */
export async function paintHall(): Promise<Picture> {
  const view: View = { ...wide, seed: 'hall', open: 0.5, light: { x: 0.5, y: 0.3, radius: 0.1 } }
  return finish(await paintLand('thornwood', view), 'thornwood', view)
}

/** The app's icon, 512 px square and opaque: an ember flame before the wood. */
export async function paintAppIcon(): Promise<Picture> {
  const view: View = {
    width: 512,
    height: 512,
    seed: 'app',
    horizon: 0.66,
    light: { x: 0.5, y: 0.4, radius: 0.3 },
    frame: false,
  }
  const picture = await paintLand('thornwood', view)
  stand(picture, await figure('1f525', 330), 256, 460)
  return picture
}
