import { array, assert, nat, option, property, record } from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createTally } from './tally.ts'

vi.mock('./line.ts', () => ({ usualSize: () => 1000 }))

test('what is not told is taken for the usual size, and refined', () => {
  const reports: number[][] = []
  const add = createTally((...report) => reports.push(report.map(Math.round)))
  const [told, untold] = [add(600), add()]
  told(300)
  untold(100)
  untold(100, 400)
  told(600, 600)
  untold(400, 400)
  expect(reports).toEqual([
    [300, 1600],
    [400, 1600],
    [400, 1000],
    [700, 1000],
    [1000, 1000],
  ])
})

test('neither bytes nor share ever fall, whatever is told in whatever order', () => {
  const step = record({ part: nat(4), loaded: nat(5000), size: option(nat(5000), { nil: undefined }) })
  assert(
    property(array(step), array(option(nat(5000), { nil: undefined })), (steps, sizes) => {
      let [bytes, share] = [0, 0]
      const add = createTally((loaded, total) => {
        expect(loaded).toBeGreaterThanOrEqual(bytes)
        // Divided and multiplied, it may lose its last digit.
        expect(loaded / total).toBeGreaterThanOrEqual(share - 1e-9)
        expect(total).toBeGreaterThanOrEqual(loaded - 1e-6)
        ;[bytes, share] = [loaded, loaded / total]
      })
      const parts = Array.from({ length: 5 }, (_, index) => add(sizes[index]))
      for (const { part, loaded, size } of steps) parts[part]?.(loaded, size)
    }),
  )
})
