import { expect, test } from 'vitest'
import { coverageOf } from './coverage.ts'
import { makeFont, range, words } from './fixture.ts'

const pointsOf = (cmap: Buffer): number[] => [
  ...coverageOf(makeFont({ points: range(0x41, 0x60), tables: { cmap } })).points,
]

test('segments are read, those by a list of glyphs too', () => {
  // From A to C by a difference; from Q to S by a list, in which the second is missing.
  const segments = words(
    4,
    0,
    0,
    6,
    0,
    0,
    0,
    0x43,
    0x53,
    0xff_ff,
    0,
    0x41,
    0x51,
    0xff_ff,
    -0x40,
    0,
    1,
    0,
    4,
    0,
    9,
    0,
    10,
  )
  expect(pointsOf(Buffer.concat([words(0, 1, 3, 1, 0, 12), segments]))).toEqual([0x41, 0x42, 0x43, 0x51, 0x53])
})

test('a plain list is read', () => {
  expect(pointsOf(Buffer.concat([words(0, 1, 0, 3, 0, 12), words(6, 14, 0, 0x61, 2, 1, 2)]))).toEqual([0x61, 0x62])
})

test('a symbol font’s points are read where browsers look for them', () => {
  const list = words(6, 12, 0, 0xf0_41, 1, 1)
  expect(pointsOf(Buffer.concat([words(0, 1, 3, 0, 0, 12), list]))).toEqual([0xf0_41, 0x41])
})

test('tables of other systems are passed over', () => {
  expect(pointsOf(Buffer.concat([words(0, 1, 1, 0, 0, 12), words(6, 14, 0, 0x61, 2, 1, 2)]))).toEqual([])
})

test('a font that ends before its tables do is an error that names one', () => {
  const font = makeFont({ points: range(0x41, 0x60) })
  expect(() => coverageOf(font.subarray(0, font.length - 40))).toThrow(/table "\w+" ends behind the end of the file/)
})
