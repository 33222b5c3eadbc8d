import { expect, test } from 'vitest'
import { cacheKeys, KEY_BYTES } from './cache.ts'

test('a plain id stands in its key as it is', () => {
  expect(cacheKeys(['e', 'player', '3'])('k7:x')).toBe('e:player:3:k7:x')
})

test.each([
  ['empty', ''],
  ['with a space', 'a b'],
  ['with a line break', 'a\r\nmd x'],
  ['beyond ASCII', 'ødegård'],
  ['too long', 'x'.repeat(300)],
])('an id that memcached would refuse is hashed: %s', (_, id) => {
  expect(cacheKeys(['e', 'player', '3'])(id)).toMatch(/^e:player:3:#[\w-]{43}$/)
})

test('an id cannot pass for the hash of another', () => {
  const hashed = cacheKeys(['e'])('a b')
  expect(cacheKeys(['e'])(hashed.slice(2))).not.toBe(hashed)
})

test('the longest plain key has the length that memcached allows', () => {
  expect(cacheKeys(['e'])('x'.repeat(KEY_BYTES - 2))).toHaveLength(KEY_BYTES)
  expect(cacheKeys(['e'])('x'.repeat(KEY_BYTES - 1))).toContain('#')
})

test('a name that would blur the key is refused', () => {
  expect(() => cacheKeys(['e', 'a:b'])('1')).toThrow('cache key part "a:b": expected letters')
})
