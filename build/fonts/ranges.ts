/** Code points from the first to the second, both included. */
export type Range = readonly [number, number]

const LAST = 0x10_ff_ff
const PART = /^u\+(?<from>[\da-f]{1,6})(?:-(?<to>[\da-f]{1,6})|(?<wild>\?{1,5}))?$/i

/** A `unicode-range` as ranges; undefined where it is not one. https://drafts.csswg.org/css-fonts/#unicode-range-desc */
export function parseRange(text: string): Range[] | undefined {
  const ranges: Range[] = []
  for (const part of text.split(',')) {
    const groups =
      PART.exec(part.trim())?.groups ??
      (/^u\+\?{1,6}$/i.test(part.trim()) ? { from: '', wild: part.trim().slice(2) } : undefined)
    if (!groups) return undefined
    const { from = '', to, wild = '' } = groups
    const low = Number.parseInt(from + wild.replaceAll('?', '0') || '0', 16)
    const high = Number.parseInt(to ?? (from + wild.replaceAll('?', 'f') || '0'), 16)
    if (low > high || low > LAST) return undefined
    ranges.push([low, Math.min(high, LAST)])
  }
  return ranges
}

export const inRanges = (ranges: readonly Range[], point: number): boolean =>
  ranges.some(([from, to]) => point >= from && point <= to)

/**
 * Writes the points as a `unicode-range`, shorter by running over gaps in which none of `others` lies.
 * @param others points that must not be in it.
 */
export function writeRange(points: Iterable<number>, others: Iterable<number>): string {
  const not = new Set(others)
  const tagged = [...new Set([...points, ...not])].sort((a, b) => a - b)
  const ranges: [number, number][] = []
  let open: [number, number] | undefined
  for (const point of tagged) {
    if (not.has(point)) open = undefined
    else if (open) open[1] = point
    else ranges.push((open = [point, point]))
  }
  return ranges.map(([from, to]) => `U+${hex(from)}${to > from ? `-${hex(to)}` : ''}`).join(',')
}

const hex = (point: number): string => point.toString(16).toUpperCase()
