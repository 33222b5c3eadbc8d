import sharp, { type Sharp } from 'sharp'
import type { Color } from './color.ts'

/** A raster of premultiplied red, green, blue, alpha, each from 0 to 1 (light may exceed 1 until it is saved). */
export interface Picture {
  /** Pixels across. */
  readonly width: number
  /** Pixels down. */
  readonly height: number
  /** Four numbers a pixel, row by row. */
  readonly data: Float32Array
}

/** One premultiplied pixel. */
export type Pixel = readonly [number, number, number, number]

/** How a layer meets what is under it. */
export type Blend = 'over' | 'add' | 'screen' | 'multiply'

/** A fully transparent picture. */
export function blank(width: number, height: number): Picture {
  return { width, height, data: new Float32Array(width * height * 4) }
}

/** A picture from a function of the pixel's place. */
export function paint(width: number, height: number, pixel: (x: number, y: number) => Pixel): Picture {
  const picture = blank(width, height)
  const { data } = picture
  let index = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, alpha] = pixel(x, y)
      data[index++] = red
      data[index++] = green
      data[index++] = blue
      data[index++] = alpha
    }
  }
  return picture
}

/** Changes each pixel in place. */
export function touch(
  picture: Picture,
  change: (red: number, green: number, blue: number, alpha: number, x: number, y: number) => Pixel,
): Picture {
  const { width, height, data } = picture
  let index = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = change(data[index] ?? 0, data[index + 1] ?? 0, data[index + 2] ?? 0, data[index + 3] ?? 0, x, y)
      data[index++] = pixel[0]
      data[index++] = pixel[1]
      data[index++] = pixel[2]
      data[index++] = pixel[3]
    }
  }
  return picture
}

/** The same picture again, to change without harm. */
export function copy(picture: Picture): Picture {
  return { ...picture, data: picture.data.slice() }
}

/** Alpha at a pixel, 0 outside. */
export function alphaAt(picture: Picture, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return 0
  return picture.data[(Math.floor(y) * picture.width + Math.floor(x)) * 4 + 3] ?? 0
}

/** Lays `top` on `base` in place, its upper left corner at (x, y). */
export function lay(
  base: Picture,
  top: Picture,
  x = 0,
  y = 0,
  { opacity = 1, blend = 'over' }: { opacity?: number; blend?: Blend } = {},
): Picture {
  const left = Math.round(x)
  const upper = Math.round(y)
  const from = base.data
  const over = top.data
  for (let row = Math.max(0, -upper); row < top.height && row + upper < base.height; row++) {
    for (let column = Math.max(0, -left); column < top.width && column + left < base.width; column++) {
      const at = ((row + upper) * base.width + column + left) * 4
      const source = (row * top.width + column) * 4
      const alpha = (over[source + 3] ?? 0) * opacity
      for (let channel = 0; channel < 3; channel++) {
        const under = from[at + channel] ?? 0
        const value = (over[source + channel] ?? 0) * opacity
        from[at + channel] =
          blend === 'over'
            ? value + under * (1 - alpha)
            : blend === 'add'
              ? under + value
              : blend === 'screen'
                ? under + value - Math.min(1, under) * value
                : under * (1 - alpha + value)
      }
      if (blend === 'over') from[at + 3] = alpha + (from[at + 3] ?? 0) * (1 - alpha)
    }
  }
  return base
}

/** Keeps `picture` only where `mask` is opaque (both of one size), in place. */
export function clip(picture: Picture, mask: Picture): Picture {
  for (let index = 0; index < picture.data.length; index++) {
    picture.data[index] = (picture.data[index] ?? 0) * (mask.data[index | 3] ?? 0)
  }
  return picture
}

/** A picture of one colour in the shape of another's alpha. */
export function silhouette(picture: Picture, color: Color, opacity = 1): Picture {
  return touch(copy(picture), (_red, _green, _blue, alpha) => {
    const a = alpha * opacity
    return [color[0] * a, color[1] * a, color[2] * a, a]
  })
}

/** Softens, as three box passes do (close to a Gaussian of `sigma` pixels). */
export function blur(picture: Picture, sigma: number): Picture {
  const radius = Math.max(1, Math.round(sigma * 0.94))
  let result = copy(picture)
  for (let pass = 0; pass < 3; pass++) {
    result = boxPass(result, radius, true)
    result = boxPass(result, radius, false)
  }
  return result
}

function boxPass(picture: Picture, radius: number, across: boolean): Picture {
  const { width, height, data } = picture
  const result = blank(width, height)
  const lines = across ? height : width
  const length = across ? width : height
  const step = across ? 4 : width * 4
  const stride = across ? width * 4 : 4
  const share = 1 / (radius * 2 + 1)
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 4; channel++) {
      const start = line * stride + channel
      let sum = 0
      for (let at = -radius; at <= radius; at++) {
        sum += data[start + Math.min(length - 1, Math.max(0, at)) * step] ?? 0
      }
      for (let at = 0; at < length; at++) {
        result.data[start + at * step] = sum * share
        sum += data[start + Math.min(length - 1, at + radius + 1) * step] ?? 0
        sum -= data[start + Math.max(0, at - radius) * step] ?? 0
      }
    }
  }
  return result
}

function bytes(picture: Picture): Buffer {
  const { width, height, data } = picture
  const out = Buffer.alloc(width * height * 4)
  for (let index = 0; index < data.length; index += 4) {
    const alpha = Math.min(1, data[index + 3] ?? 0)
    const scale = alpha > 0 ? 255 / alpha : 0
    for (let channel = 0; channel < 3; channel++) {
      out[index + channel] = Math.min(255, Math.max(0, Math.round((data[index + channel] ?? 0) * scale)))
    }
    out[index + 3] = Math.round(alpha * 255)
  }
  return out
}

function fromBytes(out: Buffer, width: number, height: number): Picture {
  const picture = blank(width, height)
  for (let index = 0; index < out.length; index += 4) {
    const alpha = (out[index + 3] ?? 0) / 255
    for (let channel = 0; channel < 3; channel++) {
      picture.data[index + channel] = ((out[index + channel] ?? 0) / 255) * alpha
    }
    picture.data[index + 3] = alpha
  }
  return picture
}

/** The picture as sharp takes it. */
export function toSharp(picture: Picture): Sharp {
  return sharp(bytes(picture), { raw: { width: picture.width, height: picture.height, channels: 4 } })
}

/** Reads an encoded raster or an SVG, resized to `width` x `height` when they are given. */
export async function load(input: Buffer, width?: number, height?: number): Promise<Picture> {
  let image = sharp(input, { limitInputPixels: false })
  if (width) image = image.resize(width, height ?? width, { kernel: 'lanczos3', fit: 'fill' })
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return fromBytes(data, info.width, info.height)
}

/** A resized copy. */
export async function resize(picture: Picture, width: number, height: number): Promise<Picture> {
  return load(await toSharp(picture).png({ compressionLevel: 1 }).toBuffer(), Math.round(width), Math.round(height))
}

/** A copy mirrored left to right. */
export function mirror(picture: Picture): Picture {
  const { width, height, data } = picture
  return paint(width, height, (x, y) => {
    const at = (y * width + (width - 1 - x)) * 4
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0]
  })
}

/** A copy turned clockwise by `degrees` about its middle, in a box as large as it needs. */
export async function turn(picture: Picture, degrees: number): Promise<Picture> {
  const rotated = toSharp(picture).rotate(degrees, { background: { r: 0, g: 0, b: 0, alpha: 0 } })
  return load(await rotated.png({ compressionLevel: 1 }).toBuffer())
}
