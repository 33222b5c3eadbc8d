import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inRanges, parseRange, writeRange } from './ranges.ts'

test('points, ranges and wildcards are read', () => {
  expect(parseRange('u+41, U+4??,U+1F600-1F64F, U+??')).toEqual([
    [0x41, 0x41],
    [0x400, 0x4ff],
    [0x1_f6_00, 0x1_f6_4f],
    [0, 0xff],
  ])
})

test.for(['', 'A-Z', 'U+', 'U+5-1', 'U+4?1', 'U+FFFFFFF'])('%j is no range', (text) => {
  expect(parseRange(text)).toBeUndefined()
})

test('what is written holds every point and none of the others', () => {
  const points = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 })
  fc.assert(
    fc.property(points, points, (own, others) => {
      const not = others.filter((point) => !own.includes(point))
      const ranges = parseRange(writeRange(own, not)) ?? []
      for (const point of own) expect(inRanges(ranges, point)).toBe(true)
      for (const point of not) expect(inRanges(ranges, point)).toBe(false)
    }),
  )
})

test('gaps that nothing lies in are run over', () => {
  expect(writeRange([0x20, 0x22, 0x50], [0x30])).toBe('U+20-22,U+50')
})
