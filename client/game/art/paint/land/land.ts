import { hex, mix, palette } from '../color.ts'
import { motes, vignette } from './air.ts'
import { cinderpeak } from './cinderpeak.ts'
import { mirefen } from './mirefen.ts'
import { thornwood } from './thornwood.ts'
import { boulder, bush, tuft } from './trees.ts'
import { airs, type Region, type View } from './view.ts'
import { lay, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw } from '../svg.ts'

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
