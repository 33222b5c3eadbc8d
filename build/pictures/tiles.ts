import type { Pixels } from './codec.ts'

/** Side of what is measured at once, in pixels. */
export const SIDE = 112
/** What is encoded around a tile in a mosaic, so that its neighbours there do not bleed into it. */
const MARGIN = 8
/** Side of a mosaic's part: whole blocks of every codec, so that none lies across two. */
const PART = SIDE + 2 * MARGIN

/** A square part of a picture, four channels. */
export type Tile = Uint8Array

/** Where a tile lies: its left upper corner. */
export interface Spot {
  x: number
  y: number
}

/** Tiles that cover a picture. Beyond the edges of one that is smaller than a tile, cutting repeats them. */
export const coverSpots = (pixels: Pixels): Spot[] => grid(pixels, 0, Math.round)

/**
 * Where to look at a picture of which only a part can be looked at: in each of `count` groups of equal size, from its flattest parts to
 * its most detailed, at the one in the middle. What is wholly transparent is left out. Empty for a picture without room for a part.
 */
export function chooseSpots(pixels: Pixels, count: number): Spot[] {
  const found = grid(pixels, MARGIN, Math.floor).flatMap((spot) => {
    const detail = detailAt(pixels, spot)
    return detail === undefined ? [] : [{ spot, detail }]
  })
  found.sort((a, b) => a.detail - b.detail)
  const groups = Math.min(count, found.length)
  return Array.from({ length: groups }, (_, group) => Math.floor(((group + 0.5) * found.length) / groups)).flatMap(
    (middle) => found[middle]?.spot ?? [],
  )
}

/** How many parts have room in a picture of this size. */
export const partsOf = ({ width, height }: { width: number; height: number }): number => (width * height) / PART ** 2

function grid({ info: { width, height } }: Pixels, margin: number, fit: (parts: number) => number): Spot[] {
  const side = SIDE + 2 * margin
  const places = (length: number): number[] => {
    const count = margin === 0 ? Math.max(1, fit(length / side)) : fit(length / side)
    const room = Math.max(0, length - side)
    return Array.from(
      { length: count },
      (_, at) => margin + Math.round(count > 1 ? (room * at) / (count - 1) : room / 2),
    )
  }
  return places(height).flatMap((y) => places(width).map((x) => ({ x, y })))
}

/** How much neighbours differ, on every second row; undefined where nothing is to be seen. */
function detailAt({ data, info: { width, channels } }: Pixels, spot: Spot): number | undefined {
  const green = channels > 2 ? 1 : 0
  const alpha = channels === 4 ? 3 : channels === 2 ? 1 : undefined
  let sum = 0
  let isSeen = alpha === undefined
  for (let y = spot.y; y < spot.y + SIDE; y += 2) {
    let at = (y * width + spot.x) * channels
    for (let x = 1; x < SIDE; x++, at += channels) {
      sum += Math.abs(byte(data, at + green) - byte(data, at + channels + green))
      if (alpha === undefined) continue
      const here = byte(data, at + alpha)
      if (here > 0) isSeen = true
      sum += Math.abs(here - byte(data, at + channels + alpha))
    }
  }
  return isSeen ? sum : undefined
}

/** Copies tiles out of a picture. */
export const cutTiles = (pixels: Pixels, spots: readonly Spot[]): Tile[] => spots.map((spot) => cut(pixels, spot, SIDE))

function cut({ data, info: { width, height, channels } }: Pixels, spot: Spot, side: number): Tile {
  const tile = new Uint8Array(side * side * 4)
  const [green, blue] = channels > 2 ? [1, 2] : [0, 0]
  const alpha = channels === 4 ? 3 : channels === 2 ? 1 : undefined
  let to = 0
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, spot.y + y) * width
    for (let x = 0; x < side; x++, to += 4) {
      const at = (row + Math.min(width - 1, spot.x + x)) * channels
      tile[to] = byte(data, at)
      tile[to + 1] = byte(data, at + green)
      tile[to + 2] = byte(data, at + blue)
      tile[to + 3] = alpha === undefined ? 255 : byte(data, at + alpha)
    }
  }
  return tile
}

/** The parts around these spots as one small picture, and where the tiles lie in it. */
export function mosaicOf(pixels: Pixels, spots: readonly Spot[]): { pixels: Pixels; spots: Spot[] } {
  const columns = Math.ceil(Math.sqrt(spots.length))
  const [width, height] = [columns * PART, Math.ceil(spots.length / columns) * PART]
  const channels = pixels.info.channels % 2 === 0 ? 4 : 3
  const data = Buffer.alloc(width * height * channels)
  const places = spots.map(({ x, y }, index): Spot => {
    const part = cut(pixels, { x: x - MARGIN, y: y - MARGIN }, PART)
    const [left, top] = [(index % columns) * PART, Math.floor(index / columns) * PART]
    for (let row = 0, from = 0; row < PART; row++)
      for (let column = 0; column < PART; column++, from += 4) {
        const at = ((top + row) * width + left + column) * channels
        for (let channel = 0; channel < channels; channel++) data[at + channel] = byte(part, from + channel)
      }
    return { x: left + MARGIN, y: top + MARGIN }
  })
  return { pixels: { data, info: { width, height, channels } }, spots: places }
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number
