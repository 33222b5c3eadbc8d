import { expect, test } from 'vitest'
import { type Beacon, MAX_BEACON, parseBeacon } from '../../../server/wire/beacon.ts'
import { fitBeacon, keep, noNews } from './news.ts'

const fragment = (wait: number) => ({
  path: '/m%C3%A4rkte',
  request: `request-${wait}`,
  wait,
  transfer: 1,
  decode: 3,
  morph: 2,
  paint: 8,
})
const beacon = (count: number, more: Partial<Beacon> = {}): Beacon => ({
  id: 'k3v9x2ab.0',
  release: 'r1',
  path: '/village',
  vitals: { LCP: 812, CLS: 0.0012 },
  fragments: Array.from({ length: count }, (_, index) => fragment(index)),
  ...more,
})
const bytesOf = (text: string) => new TextEncoder().encode(text).length

test('a beacon that fits is sent whole, in order', () => {
  expect(parseBeacon(JSON.parse(fitBeacon(beacon(3))))).toEqual(beacon(3))
})

test('one that is too long keeps the slowest fragments and counts the others', () => {
  const text = fitBeacon(beacon(100))
  expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BEACON)
  const { fragments = [], dropped } = parseBeacon(JSON.parse(text))
  expect(fragments.length).toBeGreaterThan(10)
  expect(fragments.map(({ wait }) => wait)).toEqual(fragments.map((_, index) => 99 - index))
  expect(dropped).toBe(100 - fragments.length)
})

test('what is least telling goes first: quick fragments, then frames, then places', () => {
  const long = '/a'.repeat(52)
  const text = fitBeacon(
    beacon(40, {
      places: Array.from({ length: 8 }, (_, index) => ({ path: `${long}${index}`, LCP: 1000 + index, INP: 80 })),
      frames: [100, 300, 200].map((blocking) => ({ path: long, duration: 400, blocking, script: '/main.js play' })),
    }),
  )
  expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BEACON)
  const { places, frames, fragments, dropped } = parseBeacon(JSON.parse(text))
  const kept = fragments?.map(({ wait }) => wait) ?? []
  expect(kept).toEqual(kept.map((_, index) => 39 - index))
  expect(kept.length).toBeGreaterThanOrEqual(3)
  expect(kept.length).toBeLessThan(8)
  expect(frames?.map(({ blocking }) => blocking)).toEqual([300, 200])
  expect(places?.map(({ LCP }) => LCP)).toEqual([1007, 1006, 1005, 1004, 1003, 1002])
  expect(dropped).toBe(40 - kept.length + 1 + 2)
})

test('the longest of everything that is always sent fits', () => {
  const text = fitBeacon(
    beacon(0, {
      id: `${'v'.repeat(40)}.9999`,
      release: '\u{1f3f0}'.repeat(50),
      path: `/${'a'.repeat(199)}`,
      request: 'r'.repeat(64),
      vitals: { LCP: 86_400_000, INP: 86_400_000, CLS: 999.9999, FCP: 86_400_000, TTFB: 86_400_000 },
      pictures: [0, 1, 2].map((lane) => ({ lane, count: 1e6, bytes: 1e12, p75: 86_400_000, slowest: 86_400_000 })),
    }),
  )
  expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BEACON)
  expect(() => parseBeacon(JSON.parse(text))).not.toThrow()
})

test('a page that is never hidden keeps its worst in bounded memory', () => {
  const news = noNews()
  for (let wait = 0; wait < 1000; wait++) keep(news, 'fragments', fragment(wait))
  expect(Math.min(...news.fragments.map(({ wait }) => wait))).toBe(960)
  expect(news.fragments.length + news.dropped).toBe(1000)
})
