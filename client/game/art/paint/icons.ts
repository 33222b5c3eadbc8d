import { palette } from './color.ts'
import { relight } from './figure.ts'
import { blank, blur, lay, silhouette, type Picture } from './picture.ts'
import { emoji } from './sources.ts'

const signs = {
  village: '1f3e0',
  missions: '1f5fa-fe0f',
  battle: '2694-fe0f',
  market: '1f4b0',
  hero: '1f6e1-fe0f',
  friends: '1f91d',
  feed: '1f4dc',
  ladder: '1f3c6',
  coin: '1fa99',
  energy: '26a1',
  heart: '2764-fe0f',
  xp: '1f31f',
  gift: '1f381',
  lock: '1f512',
  check: '2705',
  star: '2b50',
} as const

/** An icon's id. */
export type Icon = keyof typeof signs

/** Every icon's id. */
export const icons = Object.keys(signs) as Icon[]

/** An icon, 128 px square, light and clear enough for 24 px. */
export async function paintIcon(id: Icon): Promise<Picture> {
  const canvas = blank(128, 128)
  const sign = relight(await emoji(signs[id], 112), {
    air: palette.dusk,
    amount: 0.1,
    rim: palette.ember,
    rimStrength: 0.35,
    keyStrength: 0.3,
  })
  lay(canvas, blur(silhouette(sign, palette.night, 0.55), 4), 11, 13)
  return lay(canvas, sign, 8, 6)
}
