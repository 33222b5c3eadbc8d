import { expect, test } from 'vitest'
import { CONNECTING, msOfBytes, msOfTrips } from './line.ts'
import { playOut } from './timeline.ts'

const page = { file: 'index.html', bytes: 2000 }
const first = msOfTrips(CONNECTING + 1)

test('the page comes after the connection, what it names a round trip after its first byte', () => {
  expect(playOut(page, [{ file: 'a.js', bytes: 20_000 }])).toEqual([
    { file: 'index.html', start: 0, first, end: first + msOfBytes(2000) },
    { file: 'a.js', start: first, first: first + 150, end: first + 150 + msOfBytes(20_000) },
  ])
})

test('files that arrive together share the line', () => {
  const [, a, b] = playOut(page, [
    { file: 'a.js', bytes: 10_000 },
    { file: 'b.js', bytes: 30_000 },
  ])
  expect(a?.end).toBe(first + 150 + msOfBytes(20_000))
  expect(b?.end).toBe(first + 150 + msOfBytes(40_000))
})

test('six at once: the seventh waits for a connection', () => {
  const files = Array.from({ length: 7 }, (_, index) => ({ file: `${index}.js`, bytes: 1000 }))
  const bars = playOut(page, files)
  // The page holds one of the six until it has arrived.
  expect(bars.slice(1, 6).map(({ start }) => start)).toEqual(Array.from({ length: 5 }, () => first))
  expect(bars[6]?.start).toBe(first + msOfBytes(2000))
  expect(bars[7]?.start).toBe(bars[1]?.end)
})

test('files of no bytes arrive with their first', () => {
  expect(playOut({ file: 'index.html', bytes: 0 }, [{ file: 'a.js', bytes: 0 }])[1]?.end).toBe(first + 150)
})
