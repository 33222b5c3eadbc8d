import type { PictureTimings } from '../../../server/wire/beacon.ts'
import { observe, type Observed } from './observe.ts'

/** When something began and ended, by `performance.now()`. */
interface Span {
  start: number
  end: number
}

/** Counts pictures by lane. */
export interface Lanes {
  /** A picture came over the line. */
  fetched(picture: Span & { bytes: number }): void
  /** One was decoded; its span is from request to there. */
  shown(picture: Span & { lane: number }): void
  /** A row for each lane that had some, since the start or the last `clear()`. */
  rows(): PictureTimings[]
  clear(): void
}

/**
 * Joins what was fetched with what was shown: a measure does not name its picture, so the one whose request began nearest to it counts,
 * which can only take one for another that was asked for in the same moment. What nobody showed was there before any script: lane 0.
 */
export function createLanes(): Lanes {
  const free = new Set<Span & { bytes: number }>()
  const lanes = new Map<number, { times: number[]; bytes: number }>()
  return {
    fetched: (picture) => void free.add(picture),
    shown({ start, end, lane }) {
      const distance = (one: Span) => (one.end <= end ? Math.abs(one.start - start) : Number.POSITIVE_INFINITY)
      const [nearest] = [...free].toSorted((one, other) => distance(one) - distance(other))
      const { times, bytes } = lanes.get(lane) ?? { times: [], bytes: 0 }
      times.push(end - start)
      const isIts = nearest && nearest.end <= end
      if (isIts) free.delete(nearest)
      lanes.set(lane, { times, bytes: bytes + (isIts ? nearest.bytes : 0) })
    },
    rows() {
      const first = lanes.get(0)
      const times = [...(first?.times ?? []), ...Array.from(free, ({ start, end }) => end - start)]
      const bytes = [...free].reduce((sum, one) => sum + one.bytes, first?.bytes ?? 0)
      const all = new Map(lanes).set(0, { times, bytes })
      return [...all]
        .filter(([, { times }]) => times.length > 0)
        .toSorted(([one], [other]) => one - other)
        .map(([lane, { times, bytes }]) => summary(lane, times, bytes))
    },
    clear() {
      free.clear()
      lanes.clear()
    },
  }
}

function summary(lane: number, unsorted: readonly number[], bytes: number): PictureTimings {
  const times = unsorted.toSorted((one, other) => one - other)
  const p75 = Math.round(times[Math.ceil(times.length * 0.75) - 1] ?? 0)
  return { lane, count: times.length, bytes, p75, slowest: Math.round(times.at(-1) ?? 0) }
}

/** Counts the page's pictures: `<img>`s, and whatever else was fetched as one. */
export function observePictures(lanes: Lanes): Observed[] {
  return [
    observe<PerformanceResourceTiming & { contentType?: string }>('resource', (entry) => {
      const { initiatorType, contentType, startTime, responseEnd, transferSize } = entry
      if (initiatorType === 'img' || contentType?.startsWith('image/'))
        lanes.fetched({ start: startTime, end: responseEnd, bytes: transferSize })
    }),
    observe<PerformanceMeasure>('measure', ({ name, startTime, duration, detail }) => {
      if (name !== 'firstframe:picture') return
      const { lane = 0 } = (detail ?? {}) as { lane?: number }
      lanes.shown({ start: startTime, end: startTime + duration, lane })
    }),
  ]
}
