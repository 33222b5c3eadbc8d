import { expect, test } from 'vitest'
import { type Beacon, MAX_BEACON, parseBeacon } from '../../server/wire/beacon.ts'
import { fitBeacon } from './vitals.ts'

const beacon = (count: number): Beacon => ({
  release: 'r1',
  path: '/village',
  vitals: { LCP: 812, CLS: 0.0012 },
  fragments: Array.from({ length: count }, (_, index) => ({
    path: '/märkte',
    request: `request-${index}`,
    wait: index,
    transfer: 1,
    morph: 2,
    paint: 8,
  })),
})

test('a beacon that fits is sent whole', () => {
  expect(parseBeacon(JSON.parse(fitBeacon(beacon(3)))).fragments).toHaveLength(3)
})

test('one that is too long keeps the slowest fragments, and fits in bytes, not in letters', () => {
  const text = fitBeacon(beacon(100))
  expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(MAX_BEACON)
  const waits = parseBeacon(JSON.parse(text)).fragments?.map(({ wait }) => wait) ?? []
  expect(waits.length).toBeGreaterThan(10)
  expect(waits).toEqual(waits.map((_, index) => 99 - index))
})
