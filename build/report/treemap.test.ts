import { assert, property, array, integer } from 'fast-check'
import { expect, test } from 'vitest'
import { squarify } from './treemap.ts'

test('the paper’s own example comes out as in the paper', () => {
  const rects = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 })
  expect(rects.slice(0, 3)).toEqual([
    { x: 0, y: 0, width: 3, height: 2 },
    { x: 0, y: 2, width: 3, height: 2 },
    { x: 3, y: 0, width: 12 / 7, height: 7 / 3 },
  ])
})

test('areas are in proportion, and all lie inside', () => {
  assert(
    property(array(integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 60 }), (values) => {
      const rects = squarify(values, { x: 10, y: 20, width: 300, height: 200 })
      const scale = 60_000 / values.reduce((sum, value) => sum + value, 0)
      expect(rects.length).toBe(values.length)
      for (const [at, { x, y, width, height }] of rects.entries()) {
        expect(width * height).toBeCloseTo((values[at] ?? 0) * scale, 4)
        expect(Math.min(x - 10, y - 20)).toBeGreaterThanOrEqual(-1e-6)
        expect(Math.max(x + width - 310, y + height - 220)).toBeLessThanOrEqual(1e-6)
      }
    }),
  )
})
