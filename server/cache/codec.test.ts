import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMPRESS_ABOVE, decode, encode } from './codec.ts'

const long = { id: 'k7', words: Array.from({ length: 200 }, (_, n) => `item-${n % 7}`) }

test('whatever JSON can carry comes back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, depthSize: 'large' }), (value) => {
      expect(decode(encode(value).bytes)).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) })
    }),
  )
})

test('a long value is compressed and says what it was', () => {
  const { bytes, jsonBytes } = encode(long)
  expect(jsonBytes).toBe(JSON.stringify(long).length)
  expect(bytes.length).toBeLessThan(jsonBytes / 4)
  expect(decode(bytes)).toEqual({ ok: true, value: long })
})

test('a short value, and one that does not compress, stay plain', () => {
  expect(encode('ø').bytes).toEqual(Buffer.from('\x01"ø"'))
  const noise = Buffer.from(Array.from({ length: COMPRESS_ABOVE * 2 }, (_, n) => (n * 7919) % 95)).toString('base64')
  expect([1, 2]).toContain(encode(noise).bytes[0])
  expect(encode('x'.repeat(COMPRESS_ABOVE - 2)).bytes[0]).toBe(1)
  expect(encode('x'.repeat(COMPRESS_ABOVE)).bytes[0]).toBe(2)
})

// The bytes in caches outlive a release: these are kept as they were first written.
test('formats 1 and 2 are read as they always were', () => {
  expect(decode(Buffer.from('\x01{"id":"a","version":3}'))).toEqual({ ok: true, value: { id: 'a', version: 3 } })
  expect(decode(Buffer.from('Aii1L/1kTgNVAAAYIngiAQBI/AAL4lWfAw==', 'base64'))).toEqual({
    ok: true,
    value: 'x'.repeat(1100),
  })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a format of another release', Buffer.from('\x09{}')],
])('%s is an unknown format', (_, bytes) => {
  expect(decode(bytes)).toEqual({ ok: false, why: 'unknown format' })
})

test('a compressed value with any one byte changed never passes for another value', () => {
  const { bytes } = encode(long)
  const read = Array.from(bytes.subarray(1), (byte, at) => {
    const damaged = Buffer.from(bytes)
    damaged[at + 1] = byte ^ 0x55
    return decode(damaged)
  })
  expect(read.filter(({ ok }) => !ok).length).toBeGreaterThan(bytes.length / 2)
  expect(read.filter((one) => one.ok && JSON.stringify(one.value) !== JSON.stringify(long))).toEqual([])
})

test('a value cut short does not decode', () => {
  for (const { bytes } of [encode(long), encode({ a: 'b' })]) {
    for (let length = 1; length < bytes.length; length++) expect(decode(bytes.subarray(0, length)).ok).toBe(false)
  }
})

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 200 }), (format, body) => {
      expect(() => decode(Buffer.from([format, ...body]))).not.toThrow()
    }),
  )
})
