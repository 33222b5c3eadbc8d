import { expect, test } from 'vitest'
import { Rate } from './rate.ts'

test('a rate is of the last minute: what came before it is forgotten, in parts of five seconds', () => {
  const rate = new Rate()
  const start = Math.ceil(Date.now() / 60_000) * 60_000
  for (let at = start; at < start + 60_000; at += 100) rate.count(at)
  expect(rate.perSecond(start + 59_999)).toBeCloseTo(10, 1)
  for (let at = start + 60_000; at < start + 120_000; at += 500) rate.count(at)
  expect(rate.perSecond(start + 119_999)).toBeCloseTo(2, 1)
  expect(rate.perSecond(start + 300_000)).toBe(0)
})

test('in its first seconds it is over those alone', () => {
  const rate = new Rate()
  const now = Date.now()
  for (let n = 0; n < 30; n++) rate.count(now)
  expect(rate.perSecond(now + 3000)).toBeCloseTo(10, 1)
})
