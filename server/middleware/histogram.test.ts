import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

test('a percentile is within 1/32 of the exact one, from microseconds to minutes', () => {
  for (const scale of [0.01, 1, 100, 900]) {
    const histogram = new Histogram()
    const values = Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_000) * scale * 0.0137 + scale)
    for (const value of values) histogram.record(value)
    values.sort((one, other) => one - other)
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0
      expect(Math.abs(histogram.percentile(share) - exact) / exact).toBeLessThan(1 / 31)
    }
  }
})

test('small whole thousandths are exact', () => {
  const histogram = new Histogram()
  for (let value = 0; value < 32; value++) histogram.record(value / 1000)
  expect(histogram.percentile(0.5)).toBe(0.015)
  expect(histogram.percentile(1)).toBe(0.031)
})

test('an empty one answers 0, odd values count as 0, huge ones as its last', () => {
  const histogram = new Histogram()
  expect(histogram.percentile(0.5)).toBe(0)
  histogram.record(-1)
  histogram.record(Number.NaN)
  expect(histogram.percentile(1)).toBe(0)
  histogram.record(Infinity)
  histogram.record(1e12)
  expect(histogram.count).toBe(4)
  expect(histogram.percentile(1)).toBeGreaterThan(130_000)
})
