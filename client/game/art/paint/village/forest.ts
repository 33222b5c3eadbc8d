import { hex, mix, palette, type Color } from '../color.ts'
import { mist, motes } from '../land/air.ts'
import { bush, row } from '../land/trees.ts'
import { blank, lay, type Picture } from '../picture.ts'
import { createRandom } from '../random.ts'
import { draw } from '../svg.ts'
import { haze, stage } from './stage.ts'

const { width, height } = stage

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
