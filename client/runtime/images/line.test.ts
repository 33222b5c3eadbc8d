import type * as Line from './line.ts'
import { beforeEach, expect, test, vi } from 'vitest'

let see: (entries: Partial<PerformanceResourceTiming>[]) => void
let line: typeof Line

beforeEach(async () => {
  vi.resetModules()
  vi.stubGlobal(
    'PerformanceObserver',
    class {
      constructor(onEntries: (list: { getEntries(): Partial<PerformanceResourceTiming>[] }) => void) {
        see = (entries) => onEntries({ getEntries: () => entries })
      }
      observe(): void {}
    },
  )
  vi.stubGlobal('navigator', {})
  line = await import('./line.ts')
})

/** `count` pictures one after the other on a line: bytes each, ms to the first byte, bytes a ms. */
function seen(count: number, { bytes = 20_000, wait = 150, rate = 200, protocol = 'h2' }) {
  see(
    Array.from({ length: count }, (_, index) => {
      const requestStart = index * (wait + bytes / rate)
      const responseStart = requestStart + wait
      const responseEnd = responseStart + bytes / rate
      return {
        initiatorType: 'img',
        requestStart,
        responseStart,
        responseEnd,
        transferSize: bytes,
        nextHopProtocol: protocol,
      }
    }),
  )
}

test.each([
  ['slow 4G', { wait: 150, rate: 200 }, 3],
  ['a good mobile line', { wait: 80, rate: 2000 }, 9],
  ['a line as long as fast', { wait: 150, rate: 6000 }, 46],
  ['the same with larger pictures', { wait: 150, rate: 6000, bytes: 200_000 }, 6],
  ['the same over HTTP/1.1: one of six connections stays free', { wait: 150, rate: 6000, protocol: 'http/1.1' }, 5],
  ['a loopback', { wait: 0.2, rate: 100_000 }, 2],
])('%s bears as many as bring what fits into its round trip, and one', (_name, conditions, places) => {
  seen(60, conditions)
  expect(line.room(0, false)).toBe(places)
  expect(line.room(1, false)).toBe(places)
})

test('idle pictures take half of the line, and so do those beside more urgent ones', () => {
  seen(60, { wait: 80, rate: 2000 })
  expect([line.room(2, false), line.room(1, true)]).toEqual([5, 5])
})

test('what comes out of a cache, says nothing of its times or is no picture tells nothing of the line', () => {
  const before = [line.room(0, false), line.usualSize(), line.patience()]
  see([
    { initiatorType: 'img', requestStart: 0, responseStart: 1, responseEnd: 1, transferSize: 0, nextHopProtocol: 'h2' },
  ])
  see([
    { initiatorType: 'img', requestStart: 0, responseStart: 0, responseEnd: 900, transferSize: 0, nextHopProtocol: '' },
  ])
  see([{ initiatorType: 'script', requestStart: 0, responseStart: 1, responseEnd: 900, transferSize: 900_000 }])
  expect([line.room(0, false), line.usualSize(), line.patience()]).toEqual(before)
})

test('several at once count their time once', () => {
  see(
    Array.from({ length: 50 }, (_, index) => ({
      initiatorType: 'fetch',
      requestStart: index * 100,
      // Six are on their way at any time, and a picture is ready each 100 ms.
      responseStart: index * 100 + 100,
      responseEnd: index * 100 + 600,
      transferSize: 20_000,
      nextHopProtocol: 'h2',
    })),
  )
  // 200 bytes a ms and 100 ms of waiting for 20,000 bytes: one more than one.
  expect(line.room(0, false)).toBe(2)
})

test('a line is slow where it is measured so, where the browser says so, and where data is to be saved', () => {
  expect(line.isSlow()).toBe(false)
  seen(20, { rate: 200 })
  expect(line.isSlow()).toBe(true)
  seen(60, { rate: 2000 })
  expect(line.isSlow()).toBe(false)
  vi.stubGlobal('navigator', { connection: { effectiveType: '3g' } })
  expect(line.isSlow()).toBe(true)
  vi.stubGlobal('navigator', { connection: { effectiveType: '4g', saveData: true } })
  expect(line.isSlow()).toBe(true)
})

test('an answer has ten seconds, and more where pictures take long', () => {
  seen(60, { rate: 5000 })
  expect(Math.round(line.patience() / 1000)).toBe(10)
  seen(60, { rate: 10 })
  expect(Math.round(line.patience() / 1000)).toBe(110)
})
