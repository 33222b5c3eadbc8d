import { MaxRectsPacker } from 'maxrects-packer/dist/maxrects-packer.mjs'
import { type Cache, hashOf } from '../cache.ts'
import { inParallel } from '../parallel.ts'
import type { FrameSource } from './frames.ts'
import { ENCODER } from '../pictures/codec.ts'
import { clearSheet, type Cut, cutFrame, encodeSheet, paint } from './pixels.ts'
import { describeSheets, type Placed, type SheetFiles } from './describe.ts'

export interface PackOptions {
  /** Side of a sheet at most, in pixels. Default 2048. */
  maxSize?: number
  /** Pixels between frames. Default 2. */
  padding?: number
  /** Times that a frame's outermost pixels are repeated around it, against seams between tiles. Default 0. */
  extrude?: number
  /** Cuts clear edges off; the description says where they were. Default true. */
  trim?: boolean
  /** Pixels of the frames for one of the game: 2 for art that is drawn at twice the size. Default 1. */
  scale?: number
}

/** Sheets, and what engines have to know of them. */
export interface Atlas {
  /** Lossless PNGs. */
  sheets: { png: Buffer; width: number; height: number }[]
  /** One JSON text per sheet, once the final names are known. The first is what the game asks for. */
  describe(files: readonly SheetFiles[]): string[]
}

/** Part of every key: other code, other bytes. */
const VERSION = `atlas 1 ${ENCODER}`
/** Which free place the packer takes: neither is always the better one. */
const BY_AREA = 0
const BY_EDGE = 1

/**
 * Packs frames into as few sheets as hold them. The same frames make the same bytes, whatever order they come in; frames with the same
 * pixels are stored once.
 * @throws Error on two frames of one name, on a frame that no sheet can hold, on bytes that are no picture.
 */
export async function packAtlas(
  { name, frames, options = {} }: { name: string; frames: readonly FrameSource[]; options?: PackOptions },
  cache: Cache,
): Promise<Atlas> {
  const { maxSize = 2048, padding = 2, extrude = 0, trim = true, scale = 1 } = options
  const sorted = frames.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
  for (const [index, frame] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next?.name === frame.name)
      throw new Error(
        `Atlas ${name}: ${frame.file} and ${next.file} are both called "${frame.name}": rename one, or leave one out`,
      )
  }
  const key = hashOf(
    VERSION,
    JSON.stringify([maxSize, padding, extrude, trim]),
    ...sorted.flatMap((each) => [each.name, each.bytes]),
  )
  const made = (await recall(key, cache)) ?? (await pack())
  return { sheets: made.sheets, describe: (files) => describeSheets(made.sheets, made.placed, files, scale) }

  async function pack(): Promise<Packed> {
    const cuts = await inParallel(sorted, (frame) => cutFrame(frame, trim))
    const unique = [...new Map(cuts.map((cut) => [cut.pixels, cut])).values()]
    for (const { file, w, h } of unique) {
      if (Math.max(w, h) + 2 * extrude <= maxSize) continue
      throw new Error(
        `Atlas ${name}: ${file} is ${w} x ${h} pixels, a sheet holds ${maxSize - 2 * extrude} at most: raise maxSize, or leave it out and load it by itself`,
      )
    }
    const bins = leastOf([BY_EDGE, BY_AREA].map((logic) => place(unique, logic)))
    const placed: Placed[] = []
    const sheets: Packed['sheets'] = []
    for (const [sheet, { width, height, rects }] of bins.entries()) {
      const painted = clearSheet(width, height)
      for (const { x, y, cut } of rects) {
        paint(painted, cut, { x: x + extrude, y: y + extrude }, extrude)
        for (const each of cuts)
          if (each.pixels === cut.pixels) placed.push({ ...factsOf(each), sheet, left: x + extrude, top: y + extrude })
      }
      sheets.push({ png: await encodeSheet(painted), width, height })
    }
    placed.sort((a, b) => (a.name < b.name ? -1 : 1))
    await remember(key, { sheets, placed }, cache)
    return { sheets, placed }
  }

  function place(cuts: readonly Cut[], logic: number): Bin[] {
    const packer = new MaxRectsPacker<Spot>(maxSize, maxSize, padding, {
      smart: true,
      pot: false,
      square: false,
      logic,
    })
    packer.addArray(cuts.map((cut) => ({ x: 0, y: 0, width: cut.w + 2 * extrude, height: cut.h + 2 * extrude, cut })))
    return packer.bins
  }
}

interface Bin {
  width: number
  height: number
  rects: Spot[]
}

interface Spot {
  x: number
  y: number
  width: number
  height: number
  cut: Cut
}

interface Packed {
  sheets: Atlas['sheets']
  placed: Placed[]
}

function factsOf({ data: _data, ...facts }: Cut): Omit<Cut, 'data'> {
  return facts
}

/** The fewest sheets, then the smallest. */
function leastOf(packings: Bin[][]): Bin[] {
  const area = (bins: Bin[]): number => bins.reduce((sum, { width, height }) => sum + width * height, 0)
  return packings.reduce((best, bins) =>
    bins.length < best.length || (bins.length === best.length && area(bins) < area(best)) ? bins : best,
  )
}

interface Record {
  placed: Placed[]
  sheets: { width: number; height: number }[]
}

async function recall(key: string, cache: Cache): Promise<Packed | undefined> {
  const record = await cache.read(key)
  if (!record) return undefined
  const { placed, sheets } = JSON.parse(record.toString()) as Record
  const pngs = await Promise.all(sheets.map((_, index) => cache.read(hashOf(key, String(index)))))
  const whole = sheets.flatMap((sheet, index) => {
    const png = pngs[index]
    return png ? [{ png, ...sheet }] : []
  })
  return whole.length === sheets.length ? { placed, sheets: whole } : undefined
}

async function remember(key: string, { sheets, placed }: Packed, cache: Cache): Promise<void> {
  for (const [index, { png }] of sheets.entries()) await cache.write(hashOf(key, String(index)), png)
  const record: Record = { placed, sheets: sheets.map(({ width, height }) => ({ width, height })) }
  await cache.write(key, Buffer.from(JSON.stringify(record)))
}
