import path from 'node:path'
import sharp, { type OverlayOptions, type Sharp } from 'sharp'

const SOURCES = path.join(import.meta.dirname, '../../client/game/art')

/** What makes one file of a game's art. */
export type Recipe = () => Promise<Buffer>

const open = (source: string, width?: number) => sharp(path.join(SOURCES, `${source}.webp`)).resize(width)

/** With alpha, as a painting program saves it. */
export const sprite =
  (source: string, width?: number): Recipe =>
  () =>
    open(source, width).png({ compressionLevel: 9 }).toBuffer()

/** Opaque, as a photograph is kept. */
export const scene =
  (source: string, width: number): Recipe =>
  () =>
    open(source, width).jpeg({ quality: 92 }).toBuffer()

interface Frame {
  name: string
  left: number
  top: number
  input: Buffer
}

/** Puts pictures side by side, `columns` in a row, each `size` pixels square. */
async function frames(sources: string[], size: number, columns: number): Promise<Frame[]> {
  return Promise.all(
    sources.map(async (source, place) => ({
      name: path.posix.basename(source),
      left: (place % columns) * size,
      top: Math.floor(place / columns) * size,
      input: await open(source).resize(size, size, { fit: 'contain', background: '#0000' }).png().toBuffer(),
    })),
  )
}

function sheetOf(placed: OverlayOptions[], size: number, columns: number): Sharp {
  const create = {
    width: columns * size,
    height: Math.ceil(placed.length / columns) * size,
    channels: 4 as const,
    background: '#0000',
  }
  return sharp({ create }).composite(placed)
}

/** An atlas: the sheet, and its description in the form that engines read (TexturePacker's "JSON hash"). */
export function atlas(place: string, sources: string[], size: number, columns: number): Record<string, Recipe> {
  const describe = async () => {
    const list = (await frames(sources, size, columns)).map(({ name, left, top }) => [
      `${name}.png`,
      { frame: { x: left, y: top, w: size, h: size }, rotated: false, trimmed: false },
    ])
    const meta = {
      app: 'https://www.codeandweb.com/texturepacker',
      image: `${path.posix.basename(place)}.png`,
      scale: '1',
    }
    return Buffer.from(JSON.stringify({ frames: Object.fromEntries(list) as unknown, meta }))
  }
  const paint = async () =>
    sheetOf(await frames(sources, size, columns), size, columns)
      .png({ compressionLevel: 9 })
      .toBuffer()
  return { [`${place}.png`]: paint, [`${place}.json`]: describe }
}

/** Tiles of 16 pixels in few colours with hard edges. */
export const pixelSheet =
  (sources: string[], columns: number): Recipe =>
  async () => {
    const tiles = await frames(sources, 16, columns)
    const { data, info } = await sheetOf(tiles, 16, columns).raw().toBuffer({ resolveWithObject: true })
    const hard = data.map((value, at) => (at % 4 === 3 ? (value < 128 ? 0 : 255) : value - (value % 51)))
    for (let at = 0; at < hard.length; at += 4) if (hard[at + 3] === 0) hard.fill(0, at, at + 3)
    return sharp(hard, { raw: { width: info.width, height: info.height, channels: 4 } })
      .png({ compressionLevel: 9 })
      .toBuffer()
  }

/** Hills: the same on every machine. From 0 to 1. */
const height = (x: number, y: number): number =>
  0.5 + 0.22 * Math.sin(x * 7 + 2 * Math.sin(y * 5)) + 0.16 * Math.cos(y * 11 - x * 3) + 0.1 * Math.sin(x * 23 + y * 17)

const each = (size: number, channels: number, of: (x: number, y: number) => number[]): number[] =>
  Array.from({ length: size * size }, (_, at) => of((at % size) / size, Math.floor(at / size) / size))
    .flat()
    .slice(0, size * size * channels)

const bytes = (size: number, of: (x: number, y: number) => number[]): Recipe => {
  const unit = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255)
  return () =>
    sharp(Uint8Array.from(each(size, 3, of), unit), { raw: { width: size, height: size, channels: 3 } })
      .png({ compressionLevel: 9 })
      .toBuffer()
}

/** A terrain's heights, 16 bits a pixel. */
export const heightMap =
  (size: number): Recipe =>
  () =>
    sharp(
      Uint16Array.from(
        each(size, 1, (x, y) => [height(x, y)]),
        (value) => Math.round(value * 65_535),
      ),
      { raw: { width: size, height: size, channels: 1 } },
    )
      .toColourspace('grey16')
      .png({ compressionLevel: 9 })
      .toBuffer()

/** Which way the same hills face: red, green and blue are x, y and z. */
export const normalMap = (size: number): Recipe =>
  bytes(size, (x, y) => {
    const step = 1 / size
    const [dx, dy] = [height(x - step, y) - height(x + step, y), height(x, y - step) - height(x, y + step)]
    const [nx, ny, nz] = [dx * 24, dy * 24, 1]
    const length = Math.hypot(nx, ny, nz)
    return [nx, ny, nz].map((part) => 0.5 + part / length / 2)
  })

/** How a shiny ball looks, for shading by look-up. */
export const matcap = (size: number): Recipe =>
  bytes(size, (x, y) => {
    const [nx, ny] = [x * 2 - 1, y * 2 - 1]
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny))
    const light = Math.max(0, nz * 0.7 - nx * 0.4 - ny * 0.6)
    return [0.2 + light * 0.8, 0.12 + light * 0.55 + light ** 12, 0.1 + light * 0.25 + light ** 12]
  })
