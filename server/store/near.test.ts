import { expect, test, vi } from 'vitest'
import { Near } from './near.ts'

test('a value is there for its time, null as well', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const near = new Near()
    near.keep('k', 'v', 2, near.now)
    near.keep('nobody', null, 2, near.now)
    expect([near.get('k'), near.get('nobody'), near.get('other')]).toEqual(['v', null, undefined])
    vi.advanceTimersByTime(1999)
    expect(near.get('k')).toBe('v')
    vi.advanceTimersByTime(1)
    expect(near.get('k')).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})

test('what is written is gone, and what was read before the write is not kept after it', () => {
  const near = new Near()
  const before = near.now
  near.keep('k', 'old', 60, before)
  near.forget('k')
  expect(near.get('k')).toBeUndefined()
  near.keep('k', 'old', 60, before)
  expect(near.get('k')).toBeUndefined()
  near.keep('k', 'new', 60, near.now)
  expect(near.get('k')).toBe('new')
})

test('a write of one key keeps no other from being kept', () => {
  const near = new Near()
  const before = near.now
  near.forget('other')
  near.keep('k', 'v', 60, before)
  expect(near.get('k')).toBe('v')
})

test('what was read before writes that are no longer remembered is not kept', () => {
  const near = new Near()
  const before = near.now
  for (let n = 0; n < 20_000; n++) near.forget(`k${n}`)
  near.keep('k0', 'old', 60, before)
  near.keep('unwritten', 'v', 60, before)
  expect([near.get('k0'), near.get('unwritten')]).toEqual([undefined, undefined])
  near.keep('unwritten', 'v', 60, near.now)
  expect(near.get('unwritten')).toBe('v')
})

test('of more than 10,000 the least recently used go', () => {
  const near = new Near()
  near.keep('first', 1, 60, near.now)
  near.keep('second', 2, 60, near.now)
  for (let n = 2; n < 10_000; n++) near.keep(`k${n}`, n, 60, near.now)
  near.get('first')
  near.keep('one more', 3, 60, near.now)
  expect([near.get('first'), near.get('second'), near.get('one more')]).toEqual([1, undefined, 3])
})
