import { hex, palette } from '../color.ts'
import { motes, vignette } from '../land/air.ts'
import { spruce } from '../land/trees.ts'
import { blur, lay, silhouette, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { emoji } from '../sources.ts'
import { draw } from '../svg.ts'

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
