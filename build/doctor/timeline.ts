import { CONNECTING, LINE, msOfBytes, msOfTrips } from './line.ts'

/** One file on its way over the reference line, in milliseconds since the visit began. */
export interface Bar {
  file: string
  /** Asked for. */
  start: number
  /** First byte. */
  first: number
  /** Last byte. */
  end: number
}

/** A file and its bytes on the wire. */
export interface Wanted {
  file: string
  bytes: number
}

/**
 * Plays out how a page and what it names arrive: the page after its connection, the files as soon as its first byte shows them, six at
 * once, sharing the line equally.
 */
export function playOut(page: Wanted, files: readonly Wanted[]): Bar[] {
  const shown = msOfTrips(CONNECTING + 1)
  const bars: (Bar & { left: number })[] = [
    { file: page.file, start: 0, first: shown, end: Infinity, left: page.bytes },
  ]
  const waiting = [...files]
  let now = shown
  for (;;) {
    const open = bars.filter(({ end }) => end === Infinity)
    for (const { file, bytes } of waiting.splice(0, LINE.connections - open.length)) {
      const bar = { file, start: now, first: now + LINE.roundTrip, end: Infinity, left: bytes }
      bars.push(bar)
      open.push(bar)
    }
    if (open.length === 0) return bars.map(({ left: _left, ...bar }) => bar)
    const flowing = open.filter(({ first }) => first <= now)
    const next = Math.min(
      ...open.filter(({ first }) => first > now).map(({ first }) => first),
      ...flowing.map(({ left }) => now + msOfBytes(left) * flowing.length),
    )
    for (const bar of flowing) {
      bar.left -= bytesIn(next - now) / flowing.length
      // Half a byte is what rounding leaves.
      if (bar.left < 0.5) bar.end = next
    }
    now = next
  }
}

const bytesIn = (ms: number): number => (ms * LINE.bitsPerSecond) / 8000
