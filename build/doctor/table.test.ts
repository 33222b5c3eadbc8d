import { expect, test } from 'vitest'
import { tellFindings, wrap } from './table.ts'
import { bytesText, count, msText, someOf } from './words.ts'

const finding = { id: 'unminified', where: 'a.js', bytes: 31_400, ms: 157, what: 'What it is.', todo: 'What to do.' }

test('each finding is told with its cost, its file, and what to do', () => {
  const told = tellFindings('/game/dist', [finding, { ...finding, id: 'host', where: '.', bytes: 0, ms: 0 }], false)
  expect(told).toMatch(/ 157 ms {2}a\.js {2}unminified {2}31\.4 kB\n {9}What it is\.\n {9}> What to do\.\n/)
  expect(told).toMatch(/ 0 ms {2}the whole folder {2}host\n/)
  expect(told).toMatch(
    /\n2 findings, at most 157 ms to spare on a line of 1\.6 Mbps, 150 ms round trip, 6 connections\n$/,
  )
  expect(told).not.toContain('\u001B[')
})

test('nothing found is told too', () => {
  expect(tellFindings('/game/dist', [], false)).toBe('/game/dist\n\n0 findings\n')
})

test('lines break between words, and a longer word stands alone', () => {
  expect(wrap('a bc def ghijklmnop q', 6)).toEqual(['a bc', 'def', 'ghijklmnop', 'q'])
})

test('numbers have three digits and their unit', () => {
  expect([0, 940, 999.6, 31_449, 999_499, 999_500, 12_345_678].map(bytesText)).toEqual([
    '0 B',
    '940 B',
    '1.00 kB',
    '31.4 kB',
    '999 kB',
    '1.00 MB',
    '12.3 MB',
  ])
  expect([340.4, 999.6, 12_345, 99_960, 125_000].map(msText)).toEqual([
    '340 ms',
    '1.00 s',
    '12.3 s',
    '1 min 40 s',
    '2 min 5 s',
  ])
  expect([count(1, 'file'), count(2100, 'file')]).toEqual(['1 file', '2,100 files'])
})

test('a list names the first few', () => {
  expect(someOf(['a'])).toBe('a')
  expect(someOf(['a', 'b', 'c'])).toBe('a, b and c')
  expect(someOf(['a', 'b', 'c', 'd'])).toBe('a, b and 2 more')
})
