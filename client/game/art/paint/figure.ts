import { clamp, hex, mix, palette, smooth, type Color } from './color.ts'
import { blur, lay, paint, silhouette, touch, type Picture } from './picture.ts'
import { emoji } from './sources.ts'

/** How a figure is brought into a scene's light. */
export interface Light {
  /** What the scene's air does to its colours, and how much. */
  air: Color
  amount: number
  /** The light behind it on its right edge. */
  rim: Color
  rimStrength?: number
  /** The sky's light on its upper left. */
  key?: Color
  keyStrength?: number
}

/** Grades a cut-out figure: colours towards the air, darker to the lower right, sky light on its left edge, a warm edge on the right. */
export function relight(figure: Picture, light: Light): Picture {
  const { width, height, data } = figure
  const soft = blur(figure, Math.max(1.5, width * 0.014))
  const level = (x: number, y: number) =>
    soft.data[(Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))) * 4 + 3] ?? 0
  const step = Math.max(1, Math.round(width * 0.006))
  const out = paint(width, height, (x, y) => {
    const at = (y * width + x) * 4
    const alpha = data[at + 3] ?? 0
    if (alpha === 0) return [0, 0, 0, 0]
    let color: Color = [(data[at] ?? 0) / alpha, (data[at + 1] ?? 0) / alpha, (data[at + 2] ?? 0) / alpha]
    const gray = color[0] * 0.3 + color[1] * 0.55 + color[2] * 0.15
    color = mix(color, [gray, gray, gray], 0.1)
    const fall = smooth(-0.1, 1.25, (x / width) * 0.45 + (y / height) * 0.75)
    const tone = 1.08 - fall * 0.42
    color = mix(
      [color[0] * tone, color[1] * tone, color[2] * tone * 1.04],
      light.air,
      light.amount * (0.35 + 0.65 * fall),
    )
    const dx = level(x - step, y) - level(x + step, y)
    const dy = level(x, y - step) - level(x, y + step)
    const slope = Math.hypot(dx, dy) || 1
    const edge = smooth(0.05, 0.3, slope) * smooth(0.98, 0.6, level(x, y))
    const rim = edge * clamp((dx * 0.92 + dy * 0.2) / slope) ** 1.5 * (light.rimStrength ?? 0.75)
    const key = edge * clamp((dx * -0.6 + dy * -0.8) / slope) ** 1.5 * (light.keyStrength ?? 0.4)
    const cool = light.key ?? [0.78, 0.82, 1]
    color = [
      color[0] + rim * light.rim[0] * 0.8 + key * cool[0] * 0.6,
      color[1] + rim * light.rim[1] * 0.8 + key * cool[1] * 0.6,
      color[2] + rim * light.rim[2] * 0.8 + key * cool[2] * 0.6,
    ]
    return [clamp(color[0]) * alpha, clamp(color[1]) * alpha, clamp(color[2]) * alpha, alpha]
  })
  return out
}

/** Stands a figure on a picture: its shadow falls to the lower right, then the figure itself. `x` is its middle, `y` its foot. */
export function stand(picture: Picture, figure: Picture, x: number, y: number, shadow = 0.5): Picture {
  const { width, height } = figure
  const left = x - width / 2
  const dark = silhouette(figure, [0.02, 0.03, 0.09], shadow)
  const fallen = paint(Math.round(width * 1.7), Math.round(height * 0.34), (px, py) => {
    const up = 1 - py / (height * 0.34)
    const sourceY = Math.round(height * (1 - up * 0.98)) - 1
    const slanted = Math.round(px - width * 0.1 - up * width * 0.42)
    if (slanted < 0 || slanted >= width || sourceY < 0) return [0, 0, 0, 0]
    const at = (sourceY * width + slanted) * 4
    const a = (dark.data[at + 3] ?? 0) * (1 - up * 0.75)
    return [0.02 * a, 0.03 * a, 0.09 * a, a]
  })
  const contact = paint(Math.round(width * 1.2), Math.round(width * 0.2), (px, py) => {
    const dx = (px / (width * 1.2) - 0.5) * 2.1
    const dy = (py / (width * 0.2) - 0.5) * 2
    const a = smooth(1, 0.1, Math.hypot(dx, dy)) * shadow
    return [0.02 * a, 0.02 * a, 0.06 * a, a]
  })
  lay(picture, blur(fallen, width * 0.012), left - width * 0.1, y - height * 0.3)
  lay(picture, contact, x - width * 0.58, y - width * 0.1)
  return lay(picture, figure, left, y - height)
}

/** The village's evening light on a cut-out figure. */
export const evening: Light = { air: palette.dusk, amount: 0.3, rim: palette.ember, key: hex('#cdd6ff') }

/** An emoji brought into a light, `size` pixels square. */
export async function figure(code: string, size: number, light: Light = evening): Promise<Picture> {
  return relight(await emoji(code, size), light)
}

/** Tints a figure towards one colour, keeping its light and shade. */
export function tint(picture: Picture, color: readonly [number, number, number], amount: number): Picture {
  return touch(picture, (red, green, blue, alpha) => {
    const light = (red * 0.3 + green * 0.55 + blue * 0.15) * 1.7
    return [
      red + (Math.min(alpha, light * color[0]) - red) * amount,
      green + (Math.min(alpha, light * color[1]) - green) * amount,
      blue + (Math.min(alpha, light * color[2]) - blue) * amount,
      alpha,
    ]
  })
}
