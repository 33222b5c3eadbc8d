import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import type { Cache } from '../cache.ts'
import type { PictureCaches } from './shrink.ts'

/** Pictures made for the tests, the same on every machine. */

export interface Raw {
  data: Buffer
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
}

export const open = ({ data, raw }: Raw): Sharp => sharp(data, { raw })

type Paint = (x: number, y: number) => readonly number[]

export function paint(width: number, height: number, channels: Raw['raw']['channels'], colour: Paint): Raw {
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const value of colour(x, y)) data[at++] = Math.max(0, Math.min(255, Math.round(value)))
  return { data, raw: { width, height, channels } }
}

/** Numbers from 0 to 1 that look random and are not. */
export function noise(x: number, y: number): number {
  let hash = Math.imul(x, 374_761_393) ^ Math.imul(y, 668_265_263)
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

const wave = (x: number, y: number): number => Math.sin(x / 23 + Math.sin(y / 41) * 2) * Math.cos(y / 31 - x / 67)
const lit = (x: number, y: number): number => 120 + 80 * wave(x, y) + 18 * wave(x * 5, y * 5) + 10 * noise(x, y)

/** An opaque painting: soft shapes, fine strokes, a little grain. */
export const painting = (width = 300, height = 260): Raw =>
  paint(width, height, 3, (x, y) => [lit(x, y), lit(x, y) * 0.8 + y / 8, 220 - lit(x, y) * 0.7])

/** A creature cut out of a painting, with a soft edge; `hidden` is the colour of what is transparent. */
export const sprite = (side = 300, hidden = 0): Raw =>
  paint(side, side, 4, (x, y) => {
    const alpha = Math.max(0, Math.min(255, (side / 2.3 - Math.hypot(x - side / 2, y - side / 2)) * 90))
    return alpha > 0 ? [lit(x, y), 90 + lit(y, x) / 3, 60, alpha] : [hidden, hidden, hidden, 0]
  })

/** A tangent-space normal map: unit vectors around (128, 128, 255). */
export const normals = (side = 128): Raw =>
  paint(side, side, 3, (x, y) => {
    const [dx, dy] = [0.5 * Math.sin(x / 5), 0.5 * Math.cos(y / 7)]
    const length = Math.hypot(dx, dy, 1)
    return [(dx / length) * 127.5 + 127.5, (dy / length) * 127.5 + 127.5, (1 / length) * 127.5 + 127.5]
  })

const INKS = [
  [0, 0, 0, 0],
  [34, 32, 52, 255],
  [172, 50, 50, 255],
  [251, 242, 54, 255],
  [153, 229, 80, 255],
]
/** Pixel art, each of its pixels a square of `scale`. */
export const pixelArt = (side = 48, scale = 1): Raw =>
  paint(side * scale, side * scale, 4, (x, y) => {
    const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)]
    return INKS[Math.floor(noise(column >> 1, row) * INKS.length)] ?? []
  })

/** A cache in memory. */
export function memory(): Cache & { entries: Map<string, Buffer> } {
  const entries = new Map<string, Buffer>()
  return {
    entries,
    read: (key) => Promise.resolve(entries.get(key)),
    has: (key) => Promise.resolve(entries.has(key)),
    write: (key, bytes) => Promise.resolve(void entries.set(key, Buffer.from(bytes))),
    copy: () => Promise.reject(new Error('a cache in memory copies nothing')),
  }
}

export const caches = (): PictureCaches & {
  pictures: ReturnType<typeof memory>
  variants: ReturnType<typeof memory>
} => ({
  pictures: memory(),
  variants: memory(),
})

/** A chunk put right behind a PNG's header. */
export function withChunk(png: Buffer, name: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + content.length)
  chunk.writeUInt32BE(content.length, 0)
  chunk.write(name, 4, 'latin1')
  content.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}
