import { createHash } from 'node:crypto'
import { nameHash } from '../cache.ts'
import { decodePixels, encode, type Pixels, readHeader } from '../pictures/codec.ts'
import { MAX_PIXELS } from '../pictures/look.ts'
import type { FrameSource } from './frames.ts'

/** A frame without its clear edges, as RGBA. */
export interface Cut {
  name: string
  file: string
  /** Of the source's bytes. */
  hash: string
  /** Of the pixels that are left: frames that share them share a place. */
  pixels: string
  data: Buffer
  /** Where in the source it begins, and its size. */
  x: number
  y: number
  w: number
  h: number
  /** The source's size. */
  width: number
  height: number
}

/** Decodes a frame and cuts its clear edges off. A frame with nothing to see keeps one pixel. */
export async function cutFrame({ name, file, bytes }: FrameSource, trim: boolean): Promise<Cut> {
  const { data: source, width, height } = await decode(file, bytes)
  const box = trim ? seenPart(source, width, height) : { x: 0, y: 0, w: width, h: height }
  const data = Buffer.alloc(box.w * box.h * 4)
  for (let row = 0; row < box.h; row += 1) {
    const from = ((box.y + row) * width + box.x) * 4
    source.copy(data, row * box.w * 4, from, from + box.w * 4)
  }
  const pixels = createHash('sha256').update(`${box.w}x${box.h}`).update(data).digest('hex')
  return { name, file, hash: nameHash(bytes), pixels, data, ...box, width, height }
}

async function decode(file: string, bytes: Buffer): Promise<{ data: Buffer; width: number; height: number }> {
  try {
    const { width, height } = await readHeader(bytes)
    if (width * height > MAX_PIXELS) throw new Error(`it is ${width} x ${height} pixels`)
    const pixels = await decodePixels(bytes)
    return { data: asRgba(pixels), width: pixels.info.width, height: pixels.info.height }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${file} cannot be a frame (${reason}): mend it, or leave it out of the atlas`, { cause: error })
  }
}

/** Decoded into sRGB, a picture has three colours, and alpha or none. */
function asRgba({ data, info: { width, height, channels } }: Pixels): Buffer {
  if (channels === 4) return data
  const rgba = Buffer.alloc(width * height * 4, 255)
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) data.copy(rgba, to, from, from + 3)
  return rgba
}

/** The least rectangle outside of which everything is clear. */
function seenPart(data: Buffer, width: number, height: number): { x: number; y: number; w: number; h: number } {
  let left = width
  let right = -1
  let top = height
  let bottom = -1
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (data[(y * width + x) * 4 + 3] === 0) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      bottom = y
    }
  }
  return right < 0 ? { x: 0, y: 0, w: 1, h: 1 } : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 }
}

/** Puts a frame into a sheet, its outermost pixels repeated outwards as often as `extrude` says. */
export function paint(
  sheet: Pixels,
  { data, w, h }: Pick<Cut, 'data' | 'w' | 'h'>,
  at: { x: number; y: number },
  extrude: number,
): void {
  for (let row = -extrude; row < h + extrude; row += 1) {
    const source = Math.min(h - 1, Math.max(0, row)) * w * 4
    const target = ((at.y + row) * sheet.info.width + at.x) * 4
    data.copy(sheet.data, target, source, source + w * 4)
    for (let step = 1; step <= extrude; step += 1) {
      data.copy(sheet.data, target - step * 4, source, source + 4)
      data.copy(sheet.data, target + (w - 1 + step) * 4, source + (w - 1) * 4, source + w * 4)
    }
  }
}

export const clearSheet = (width: number, height: number): Pixels => ({
  data: Buffer.alloc(width * height * 4),
  info: { width, height, channels: 4 },
})

/** As a lossless PNG. */
export const encodeSheet = (sheet: Pixels): Promise<Buffer> =>
  encode(sheet, 'png', { compressionLevel: 9, adaptiveFiltering: true })
