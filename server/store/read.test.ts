import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import { defineEntity, type EntityOptions } from './entities.ts'
import { hero, type HeroRow, open, type Tables, withHeldFills, withHeldLook } from './fixture.ts'
import { createStore } from './store.ts'

/** The fixture's hero, kept as a test wants it. */
function heroes(more: Pick<EntityOptions<HeroRow, Tables>, 'local' | 'stale' | 'ttl'>) {
  return defineEntity<HeroRow, Tables>({
    name: 'hero',
    table: 'hero',
    schema: 1,
    json: ['bag'],
    columns: { id: 'id', version: 'version', guild: 'guild', coins: 'coins', bag: 'bag_json' },
    ...more,
  })
}

/** Counts the keys it is asked for. */
function counted(cache: Cache): Cache & { looks: number } {
  return {
    ...cache,
    looks: 0,
    get(keys, options) {
      this.looks += keys.length
      return cache.get(keys, options)
    },
  }
}

describe('a row with a local life', () => {
  const Near = heroes({ local: 60 })

  test('is found in this process without a look into the cache, negative or not', async () => {
    const cache = counted(createLocalCache())
    await using fixture = await open([hero('a', { coins: 7 })], cache)
    await fixture.store.session().getMany(Near, ['a', 'nobody'])
    cache.looks = 0
    const rows = await fixture.store.session().getMany(Near, ['a', 'nobody'])
    expect(rows).toEqual([hero('a', { coins: 7 }), null])
    expect(cache.looks).toBe(0)
    expect(fixture.store.counters.of('hero').localHits).toBe(2)
  })

  test('shares a batch with rows that have none, each in its place', async () => {
    const Far = heroes({})
    const cache = counted(createLocalCache())
    await using fixture = await open(
      ['a', 'b', 'c'].map((id) => hero(id)),
      cache,
    )
    await fixture.store.session().get(Near, 'b')
    cache.looks = 0
    const session = fixture.store.session()
    const rows = await Promise.all([session.get(Far, 'a'), session.get(Near, 'b'), session.get(Far, 'c')])
    expect(rows.map((row) => row?.id)).toEqual(['a', 'b', 'c'])
    expect(cache.looks).toBe(2)
  })

  test('is gone at once where this process writes it, and later where another does', async () => {
    await using fixture = await open([hero('a')])
    const earn = async (store: typeof fixture.store) =>
      store.session().transaction(async (tx) => {
        const row = await tx.get(Near, 'a')
        return tx.update(Near, { ...(row ?? hero('a')), coins: (row?.coins ?? 0) + 1 })
      })
    const coins = async () => (await fixture.store.session().get(Near, 'a'))?.coins
    expect(await coins()).toBe(0)
    await earn(fixture.store)
    expect(await coins()).toBe(1)
    await earn(fixture.another())
    expect(await coins()).toBe(1)
    // A write from it is found out, read anew, and ends it.
    await earn(fixture.store)
    expect(await coins()).toBe(3)
  })

  test('is not kept where it was read before this process wrote it', async () => {
    const cache = withHeldLook(createLocalCache())
    await using fixture = await open([hero('a')], cache)
    await fixture.another().session().get(Near, 'a')
    const { looked, goOn } = cache.hold()
    const early = fixture.store.session().get(Near, 'a')
    await looked
    await fixture.store.session().transaction((tx) => tx.update(Near, hero('a', { coins: 5 })))
    goOn()
    expect((await early)?.coins).toBe(0)
    expect((await fixture.store.session().get(Near, 'a'))?.coins).toBe(5)
  })
})

test('where the entity allows it, who would wait for a fill gets the old row, and the one who fills the new one', async () => {
  const Soft = heroes({ stale: 30 })
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Soft, 'a')
  await cache.letThrough()
  await fixture.store.session().transaction((tx) => tx.update(Soft, hero('a', { coins: 5 })))
  const another = fixture.another()
  expect((await fixture.store.session().get(Soft, 'a'))?.coins).toBe(5)
  expect((await another.session().get(Soft, 'a'))?.coins).toBe(0)
  expect(another.counters.of('hero')).toMatchObject({ staleServes: 1, leaseWaits: 0 })
  await cache.letThrough()
  expect((await another.session().get(Soft, 'a'))?.coins).toBe(5)
})

test('where the entity does not, nobody is given an old row', async () => {
  const Hard = heroes({})
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Hard, 'a')
  await cache.letThrough()
  await fixture.store.session().transaction((tx) => tx.update(Hard, hero('a', { coins: 5 })))
  await fixture.store.session().get(Hard, 'a')
  expect((await fixture.another().session().get(Hard, 'a'))?.coins).toBe(5)
})

test('a row in use is read anew by one reader before it expires, and nobody waits for that', async () => {
  const Short = heroes({ ttl: 100 })
  let now = 1_000_000
  const cache = createLocalCache({ clock: () => now })
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Short, 'a')
  now += 91_000
  fixture.statements.length = 0
  await Promise.all(Array.from({ length: 20 }, () => fixture.store.session().get(Short, 'a')))
  await expect.poll(() => fixture.store.counters.of('hero').fills).toBe(2)
  expect(fixture.statements).toHaveLength(1)
  expect(fixture.store.counters.of('hero').refreshes).toBe(1)
  // Without that it would have expired by now.
  now += 50_000
  fixture.statements.length = 0
  await fixture.store.session().get(Short, 'a')
  expect(fixture.statements).toEqual([])
})

test('a row that no cache can hold is read each time, reported, and holds nobody up', async () => {
  await using fixture = await open([hero('a')])
  const Odd = heroes({})
  const odd = {
    ...Odd,
    fromRecord: (record: Record<string, unknown>) => ({ ...Odd.fromRecord(record), bag: { n: 1n } as never }),
  }
  for (let n = 0; n < 2; n++) expect((await fixture.store.session().get(odd, 'a'))?.id).toBe('a')
  await expect.poll(() => fixture.reported.length).toBe(2)
  expect(String(fixture.reported[0])).toContain('bag.n')
  expect(fixture.store.counters.of('hero')).toMatchObject({ fills: 0, leaseWaits: 0 })
})

test('an old row is not given to who does not allow it, however the key was deleted', async () => {
  const [Soft, Hard] = [heroes({ stale: 30 }), heroes({})]
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Soft, 'a')
  await cache.letThrough()
  await fixture.store.session().transaction((tx) => tx.update(Soft, hero('a', { coins: 5 })))
  await fixture.store.session().get(Soft, 'a')
  expect((await fixture.another().session().get(Hard, 'a'))?.coins).toBe(5)
})

test('what is found in the cache is kept near as well as what is read from the database', async () => {
  const Near = heroes({ local: 60 })
  const cache = counted(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Near, 'a')
  const another = fixture.another()
  await another.session().get(Near, 'a')
  cache.looks = 0
  await another.session().get(Near, 'a')
  expect(cache.looks).toBe(0)
})

test('a refresh that fails leaves the row that is still good', async () => {
  const Short = heroes({ ttl: 100 })
  let now = 1_000_000
  const cache = createLocalCache({ clock: () => now })
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Short, 'a')
  now += 91_000
  await sql`ALTER TABLE hero RENAME TO away`.execute(fixture.database.kysely)
  expect((await fixture.store.session().get(Short, 'a'))?.id).toBe('a')
  await new Promise(setImmediate)
  expect((await fixture.store.session().get(Short, 'a'))?.id).toBe('a')
})

test('"does not exist" lives a minute at the most, however long a row may', async () => {
  const Long = heroes({ ttl: 600 })
  let now = 1_000_000
  await using fixture = await open([], createLocalCache({ clock: () => now }))
  await fixture.store.session().get(Long, 'a')
  now += 61_000
  fixture.statements.length = 0
  await fixture.store.session().get(Long, 'a')
  expect(fixture.statements).toHaveLength(1)
})

test('a fill that takes longer than others wait is good all the same', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(heroes({}), 'a')
  // Another process waits for it, and in the end reads for itself.
  expect((await fixture.another().session().get(heroes({}), 'a'))?.id).toBe('a')
  expect(await cache.letThrough()).toEqual([true])
})

test('who has waited for a lease once does not wait for it again', async () => {
  const Slow = heroes({})
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Slow, 'a')
  const another = fixture.another()
  await another.session().get(Slow, 'a')
  const looks = counted(cache)
  const watched = createStore({ database: fixture.database, cache: looks })
  await watched.session().get(Slow, 'a')
  looks.looks = 0
  await watched.session().get(Slow, 'a')
  expect(looks.looks).toBe(1)
})

test('a "does not exist" that is wrong is found out by the insert it leads to, and everybody sees the row', async () => {
  const Any = heroes({})
  await using fixture = await open()
  await fixture.store.session().get(Any, 'a')
  const mute = createStore({ database: fixture.database, cache: { ...fixture.cache, delete: async () => {} } })
  await mute.session().transaction((tx) => tx.insert(Any, hero('a', { coins: 1 })))
  const written = await fixture.store.session().transaction(async (tx) => {
    const row = await tx.get(Any, 'a')
    return row ? tx.update(Any, { ...row, coins: row.coins + 1 }) : tx.insert(Any, hero('a', { coins: 1 }))
  })
  expect(written).toMatchObject({ coins: 2, version: 2 })
  expect((await fixture.store.session().get(Any, 'a'))?.coins).toBe(2)
})
