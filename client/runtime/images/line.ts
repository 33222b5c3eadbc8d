declare global {
  interface Navigator {
    /** https://wicg.github.io/netinfo/, Chromium only. */
    readonly connection?: { readonly saveData?: boolean; readonly effectiveType?: string }
  }
}

/** By HTTP/1.1 a browser opens six connections to a host: one stays free for what the player presses meanwhile. */
const CONNECTIONS = 5
/** By HTTP/2 and 3: what a server should at least allow. https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2 */
const STREAMS = 100
/** Bytes a ms (2 Mbps) below which a line is slow. */
const SLOW = 250
/** What counts of the past when something new is seen. */
const MEMORY = 0.9

/** What is known of late, and at first what is likely: pictures, their bytes, the ms in which some were arriving. */
let count = 0.15
let bytes = 3000
let receiving = 4
/** Ms to the first byte. */
let wait = 100
let places = CONNECTIONS
let last = 0

function see(entry: PerformanceResourceTiming) {
  // Little says nothing of a line; nothing came out of a cache, or from an origin that does not tell (`Timing-Allow-Origin`).
  if (entry.transferSize < 1000 || !/img|fetch/.test(entry.initiatorType)) return
  places = /^h\d/.test(entry.nextHopProtocol) ? STREAMS : CONNECTIONS
  count = count * MEMORY + 1
  bytes = bytes * MEMORY + entry.transferSize
  // Several arrive at once: time counts once, and what was waited for the server does not count.
  receiving = receiving * MEMORY + Math.max(0.1, entry.responseEnd - Math.max(entry.responseStart, last))
  last = Math.max(last, entry.responseEnd)
  // The least of late: answers that stand behind others of ours would make a full line look like a long one.
  wait = Math.min(entry.responseStart - entry.requestStart, wait / MEMORY + 1)
}

new PerformanceObserver((list) => (list.getEntries() as PerformanceResourceTiming[]).forEach(see)).observe({
  type: 'resource',
  buffered: true,
})

/**
 * How many pictures keep the line full: one that arrives, and as many as arrive in the time that the next one's first byte takes.
 * More would only make those on screen share the line. Idle ones (lane 2) leave half of it free; beside more urgent ones, the others
 * only fill what these leave.
 */
export function room(lane: number, beside: boolean): number {
  const full = Math.min(places, 1 + (wait * count) / receiving)
  return Math.ceil(beside || lane > 1 ? full / 2 : full)
}

/** Whether smaller variants serve the player better: data is to be saved, or the line is known to be slow. */
export function isSlow(): boolean {
  // https://wicg.github.io/netinfo/, Chromium only.
  return (
    navigator.connection?.saveData ||
    /[23]g/.test(navigator.connection?.effectiveType ?? '') ||
    bytes < receiving * SLOW
  )
}

/** Ms after which an answer counts as hung: where the line is slow, as long as fifty usual pictures take. */
export const patience = (): number => 10_000 + (50 * receiving) / count

/** Bytes of a picture, as far as known. */
export const usualSize = (): number => bytes / count
