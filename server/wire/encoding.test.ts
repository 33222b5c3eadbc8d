import { expect, test } from 'vitest'
import { chooseEncoding } from './encoding.ts'

const OURS = ['zstd', 'br', 'gzip'] as const

test.each([
  ['gzip, deflate, br, zstd', 'zstd'],
  ['br;q=0.9, gzip', 'gzip'],
  ['zstd;q=0.5, gzip;q=0.9', 'gzip'],
  ['zstd;q=0, *', 'br'],
  ['*;q=0.1, gzip;q=0', 'zstd'],
  ['GZIP ; q=1', 'gzip'],
  ['x-gzip', 'gzip'],
  ['gzip;q=much, br;q=0.1', 'br'],
  ['identity;q=0.5, gzip;q=0.5', 'gzip'],
  ['identity;q=0, gzip;q=0.001', 'gzip'],
  ['identity;q=1, gzip;q=0.5', undefined],
  ['identity', undefined],
  ['gzip;q=0', undefined],
  ['*;q=0', undefined],
  ['deflate', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j is answered with %s', (header, coding) => {
  expect(chooseEncoding(header, OURS)).toBe(coding)
  // Read before, as from the next of the same browser.
  expect(chooseEncoding(header, OURS)).toBe(coding)
})

test('where nothing is encoded, nothing is chosen', () => {
  expect(chooseEncoding('gzip', [])).toBeUndefined()
})
