import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CursorError, type Entry, fromCursor, toCursor } from './cursor.ts'

const list = { name: 'richest', tag: 'aB3_-x', values: 2 }
const like: Entry = ['k7', 12, 'owls']

const entry = fc.tuple(
  fc.string({ unit: 'grapheme' }).filter((id) => !id.includes('\0')),
  fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  ),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
) satisfies fc.Arbitrary<Entry>

test('a cursor names the place it was made for, in characters that a URL leaves as they are', () => {
  fc.assert(
    fc.property(entry, (place) => {
      const cursor = toCursor(list, place)
      expect(cursor).toMatch(/^[\w-]+$/)
      expect(fromCursor(list, cursor, like)).toEqual(place)
    }),
  )
})

test('a place by a number and an id takes less than 40 characters', () => {
  expect(toCursor({ name: 'x', tag: 'aB3_-x', values: 1 }, ['k7m2p9q4w8z3', 12_345]).length).toBeLessThan(40)
})

const refused = (cursor: unknown): string => {
  try {
    fromCursor(list, cursor, like)
  } catch (error) {
    expect(error).toBeInstanceOf(CursorError)
    return (error as Error).message
  }
  throw new Error('was not refused')
}

test('the refusal says what arrived, what was expected, and the way out', () => {
  expect(refused('nonsense')).toBe(
    'the cursor "nonsense" is of another list or order: expected what an earlier page of the list richest gave as "next"; leave it out to begin again',
  )
  expect(refused(['a', 'b'])).toContain('the cursor of type object is no text')
  expect(refused('x'.repeat(5000)).length).toBeLessThan(300)
})

/** A cursor of this list around any JSON. */
const around = (json: string): string => list.tag + Buffer.from(json).toString('base64url')

test.each<[string, unknown]>([
  ['nothing', ''],
  ['no text', 7],
  ['null in a list', [null]],
  ['of another list', `zzzzzz${around('["a",1,"b"]').slice(6)}`],
  ['nothing behind the tag', list.tag],
  ['no JSON', around('["a",1,')],
  ['no array', around('{"0":"a","1":1,"2":"b","length":3}')],
  ['too few values', around('["a",1]')],
  ['too many values', around('["a",1,"b","c"]')],
  ['an id that is no text', around('[1,1,"b"]')],
  ['a value that is neither text nor number', around('["a",true,"b"]')],
  ['null', around('["a",null,"b"]')],
  ['an infinite number', around('["a",1e999,"b"]')],
  ['a number where the list has text', around('["a",1,2]')],
  ['text where the list has a number', around('["a","1","b"]')],
  ['a zero byte, which PostgreSQL does not take', around('["a\\u0000",1,"b"]')],
  ['spaces', around('["a", 1,"b"]')],
  ['the same bytes written otherwise', `${around('["a",1,"b"]')}=`],
  ['bits that base64 ignores', around('["a",1,"bc"]').replace(/.$/, (last) => (last === 'Q' ? 'R' : 'Q'))],
  ['too long', around(`["${'a'.repeat(5000)}",1,"b"]`)],
])('refused: %s', (_what, cursor) => {
  expect(refused(cursor)).toContain('expected what an earlier page')
})

test('whatever arrives, it is a place or refused in words', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String().map((base64) => list.tag + base64),
    fc.json().map(around),
    fc.array(fc.oneof(fc.string(), fc.double(), fc.constant(null))).map((parts) => around(JSON.stringify(parts))),
    entry.map((place) => toCursor(list, place)).map((cursor) => cursor.slice(0, -1)),
    entry.chain((place) => {
      const cursor = toCursor(list, place)
      return fc.nat(cursor.length - 1).map((at) => `${cursor.slice(0, at)}Z${cursor.slice(at + 1)}`)
    }),
    fc.anything(),
  )
  fc.assert(
    fc.property(text, fc.option(fc.constant(like), { nil: undefined }), (cursor, like) => {
      let refusal: unknown
      let again: unknown = cursor
      try {
        again = toCursor(list, fromCursor(list, cursor, like))
      } catch (error) {
        refusal = error
      }
      expect(refusal === undefined || refusal instanceof CursorError).toBe(true)
      expect(again).toBe(cursor)
    }),
    { numRuns: 2000 },
  )
})
