import { expect, test } from 'vitest'
import { look, miss } from './fixture.ts'
import { createLocalCache, ENTRY_BYTES } from './local.ts'

const one = Buffer.from('one')
const two = Buffer.from('two')

function clocked(): { clock: () => number; pass: (seconds: number) => void } {
  let now = 1_000_000
  return { clock: () => now, pass: (seconds) => void (now += seconds * 1000) }
}

test('a lease ends with its time, and goes to the next who asks', async () => {
  const { clock, pass } = clocked()
  const cache = createLocalCache({ clock, leaseSeconds: 10 })
  const early = await miss(cache, 'k')
  pass(11)
  expect(await cache.fill('k', early, one, 60)).toBe(false)
  const late = await miss(cache, 'k')
  expect(await cache.fill('k', late, two, 60)).toBe(true)
})

test('a value ends with its time', async () => {
  const { clock, pass } = clocked()
  const cache = createLocalCache({ clock })
  await cache.set('k', one, 60)
  pass(50)
  expect((await look(cache, 'k')).kind).toBe('hit')
  pass(11)
  expect((await look(cache, 'k')).kind).toBe('miss')
  expect(cache.counters()).toMatchObject({ entries: 0, bytes: 0, expirations: 1 })
})

test('the least recently used goes first when bytes run out', async () => {
  const cache = createLocalCache({ bytes: 3 * (ENTRY_BYTES + 4) })
  for (const key of ['a', 'b', 'c']) await cache.set(key, one, 60)
  await look(cache, 'a')
  await cache.set('d', one, 60)
  expect((await cache.get(['a', 'b', 'c', 'd'], { lease: false })).map(({ kind }) => kind)).toEqual([
    'hit',
    'none',
    'hit',
    'hit',
  ])
  expect(cache.counters()).toMatchObject({ entries: 3, bytes: 3 * (ENTRY_BYTES + 4), evictions: 1 })
})

test('a value larger than the cache is not kept and pushes nothing out', async () => {
  const cache = createLocalCache({ bytes: 1000 })
  await cache.set('a', one, 60)
  await cache.set('b', Buffer.alloc(2000), 60)
  expect((await cache.get(['a', 'b'], { lease: false })).map(({ kind }) => kind)).toEqual(['hit', 'none'])
})

test('what is stored is not changed through the buffer it came in', async () => {
  const cache = createLocalCache()
  const value = Buffer.from('abc')
  await cache.set('k', value, 60)
  value.fill(0)
  expect(await look(cache, 'k')).toEqual({ kind: 'hit', value: Buffer.from('abc') })
})

test('a scan of keys that do not exist keeps no more than 10,000 leases', async () => {
  const cache = createLocalCache()
  const first = await miss(cache, 'k0')
  for (let n = 1; n <= 10_000; n++) await cache.get([`k${n}`])
  expect(await cache.fill('k0', first, one, 60)).toBe(false)
})
