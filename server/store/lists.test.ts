import { expect, test } from 'vitest'
import { createLocalCache } from '../cache/local.ts'
import { gate, GuildHeroes, Hero, hero, type HeroRow, open, type Tables, withHeldFills } from './fixture.ts'
import { defineList } from './lists.ts'

test('a list gives its members in order, and no more than its limit', async () => {
  await using fixture = await open(['d', 'b', 'a', 'c'].map((id) => hero(id)))
  const rows = await fixture.store.session().list(GuildHeroes, 'owls')
  expect(rows.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(await fixture.store.session().list(GuildHeroes, 'foxes')).toEqual([])
})

test('ids beyond the limit are cut, should the query give more', async () => {
  const Greedy = defineList<{ id: string; version: number }, Tables>({
    name: 'greedy',
    of: Hero,
    schema: 1,
    limit: 2,
    ids: async () => ['a', 'b', 'c'],
  })
  await using fixture = await open(['a', 'b', 'c'].map((id) => hero(id)))
  expect(await fixture.store.session().list(Greedy, 'owls')).toHaveLength(2)
})

test('a cached list and its cached members need no statement', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await fixture.store.session().list(GuildHeroes, 'owls')
  expect(fixture.statements).toHaveLength(2)
  fixture.statements.length = 0
  expect(await fixture.store.session().list(GuildHeroes, 'owls')).toHaveLength(2)
  expect(fixture.statements).toEqual([])
  expect(fixture.store.counters.of('guild-heroes')).toMatchObject({ hits: 1, misses: 1, fills: 1 })
})

test('members are the same objects as rows got by id', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  const row = await session.get(Hero, 'a')
  expect((await session.list(GuildHeroes, 'owls'))[0]).toBe(row)
})

test('the transaction that changes a list drops it after its commit, and a member changes without that', async () => {
  await using fixture = await open([hero('a')])
  await fixture.store.session().list(GuildHeroes, 'owls')
  await fixture.store.session().transaction(async (tx) => {
    await tx.insert(Hero, hero('b'))
    await tx.update(Hero, hero('a', { coins: 4 }))
    tx.invalidateList(GuildHeroes, 'owls')
  })
  const rows = await fixture.store.session().list(GuildHeroes, 'owls')
  expect(rows).toEqual([hero('a', { coins: 4, version: 2 }), hero('b')])
})

test('a list read before a change is not filled after it', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().list(GuildHeroes, 'owls')
  await fixture.store.session().transaction(async (tx) => {
    await tx.insert(Hero, hero('b'))
    tx.invalidateList(GuildHeroes, 'owls')
  })
  expect(await cache.letThrough()).toContain(false)
  expect(await fixture.store.session().list(GuildHeroes, 'owls')).toHaveLength(2)
})

test('a member that is gone is left out', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await fixture.store.session().list(GuildHeroes, 'owls')
  await fixture.store.session().transaction((tx) => tx.delete(Hero, hero('a')))
  expect((await fixture.store.session().list(GuildHeroes, 'owls')).map(({ id }) => id)).toEqual(['b'])
})

test('two owners asked for in one turn get their own', async () => {
  await using fixture = await open([hero('a'), hero('b', { guild: 'foxes' })])
  const session = fixture.store.session()
  const [owls, foxes] = await Promise.all([session.list(GuildHeroes, 'owls'), session.list(GuildHeroes, 'foxes')])
  expect([owls, foxes].map((rows) => rows.map(({ id }) => id))).toEqual([['a'], ['b']])
})

test('who asks after another process has written does not join a reader of before', async () => {
  const readers = [0, 1].map(() => ({ has: gate(), mayGo: gate() }))
  let loads = 0
  const Slow = defineList<HeroRow, Tables>({
    name: 'slow',
    of: Hero,
    schema: 1,
    limit: 10,
    async ids(db, guild) {
      const rows = await db.selectFrom('hero').select('id').where('guild', '=', guild).execute()
      const reader = readers[loads++]
      reader?.has.open()
      await reader?.mayGo.passed
      return rows.map(({ id }) => id)
    },
  })
  await using fixture = await open([hero('a')])
  const [early, next] = readers
  const before = fixture.store.session().list(Slow, 'owls')
  await early?.has.passed
  const elsewhere = fixture.another()
  await elsewhere.session().transaction(async (tx) => {
    await tx.insert(Hero, hero('b'))
    tx.invalidateList(Slow, 'owls')
  })
  const filling = elsewhere.session().list(Slow, 'owls')
  await next?.has.passed
  const after = fixture.store.session().list(Slow, 'owls')
  // By then it has asked the cache, and heard who fills.
  await new Promise(setImmediate)
  next?.mayGo.open()
  expect(await filling).toHaveLength(2)
  expect(await after).toHaveLength(2)
  early?.mayGo.open()
  expect(await before).toHaveLength(1)
  expect(await fixture.store.session().list(Slow, 'owls')).toHaveLength(2)
})

test.each([0, -1, 1.5, Number.POSITIVE_INFINITY])('a list without a bound is refused: %s', (limit) => {
  expect(() => defineList({ name: 'x', of: Hero, schema: 1, limit, ids: async () => [] })).toThrow(
    'expected a whole number from 1',
  )
})
