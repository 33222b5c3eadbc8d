export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/**
 * Fills `box` with a rectangle for each value, areas in proportion, as near to squares as may be. The largest first makes the best shapes.
 * @param values all above 0.
 * @see https://vanwijk.win.tue.nl/stm.pdf Bruls, Huizing, van Wijk: Squarified Treemaps
 */
export function squarify(values: readonly number[], box: Rect): Rect[] {
  const scale = (box.width * box.height) / sumOf(values)
  const areas = values.map((value) => value * scale)
  const rects: Rect[] = []
  let rest = box
  while (rects.length < areas.length) {
    const row = nextRow(areas, rects.length, Math.min(rest.width, rest.height))
    const laid = layRow(row, rest)
    rects.push(...laid.rects)
    rest = laid.rest
  }
  return rects
}

/** As many as make the row's worst shape better. */
function nextRow(areas: readonly number[], from: number, side: number): number[] {
  const row: number[] = []
  let best = Infinity
  for (const area of areas.slice(from)) {
    const shape = worst([...row, area], side)
    if (shape > best) break
    best = shape
    row.push(area)
  }
  return row
}

/** The longest side through the shortest, of the least square rectangle in a row along `side`. */
function worst(row: readonly number[], side: number): number {
  const thickness = sumOf(row) / side
  return Math.max(...row.map((area) => Math.max(thickness ** 2 / area, area / thickness ** 2)))
}

/** Along the shorter side of what is free. */
function layRow(row: readonly number[], free: Rect): { rects: Rect[]; rest: Rect } {
  const { x, y, width, height } = free
  const isColumn = width >= height
  const thickness = sumOf(row) / Math.min(width, height)
  let at = isColumn ? y : x
  const rects = row.map((area) => {
    const length = area / thickness
    const rect = isColumn
      ? { x, y: at, width: thickness, height: length }
      : { x: at, y, width: length, height: thickness }
    at += length
    return rect
  })
  const rest = isColumn
    ? { x: x + thickness, y, width: width - thickness, height }
    : { x, y: y + thickness, width, height: height - thickness }
  return { rects, rest }
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
