import { PerformanceObserver } from 'node:perf_hooks'
import type { Traces } from './traces.ts'

/** How often the event loop is asked whether it is free, and how late its answer may be. Milliseconds. */
const EVERY = 20
const LATE = 10

/**
 * Tells what held the whole process up, whoever waited: V8's garbage collection, and work that kept the event loop. Costs a timer fifty times a second.
 * @returns what ends it.
 */
export function watchPauses(traces: Traces): () => void {
  const { timeOrigin } = performance
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      const from = timeOrigin + startTime
      // Most of them nobody could notice.
      if (duration >= 1) traces.paused({ kind: 'gc', from, to: from + duration })
    }
  })
  observer.observe({ entryTypes: ['gc'] })

  let due = performance.now() + EVERY
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - due > LATE) traces.paused({ kind: 'busy', from: timeOrigin + due, to: timeOrigin + now })
    due = now + EVERY
  }, EVERY).unref()

  return () => {
    observer.disconnect()
    clearInterval(timer)
  }
}
