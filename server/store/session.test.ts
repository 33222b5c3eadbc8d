import { expect, test } from 'vitest'
import { createCodec } from '../cache/codec.ts'
import { createLocalCache } from '../cache/local.ts'
import type { Timing } from './counters.ts'
import { defineEntity } from './entities.ts'
import { Hero, hero, type HeroRow, open, type Tables, withHeldFills, withHeldLook } from './fixture.ts'

/** A row as the cache holds it. */
const cached = (row: HeroRow) => createCodec(Hero).encode(row).bytes

test('a row comes back as it was written, and what does not exist is null', async () => {
  await using fixture = await open([hero('a', { bag: { 'iron-sword': 2 } })])
  const session = fixture.store.session()
  expect(await session.get(Hero, 'a')).toEqual({
    id: 'a',
    version: 1,
    guild: 'owls',
    coins: 0,
    bag: { 'iron-sword': 2 },
  })
  expect(await session.get(Hero, 'b')).toBeNull()
})

test('within a session a row is one object', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  const [first, same] = await Promise.all([session.get(Hero, 'a'), session.get(Hero, 'a')])
  expect(same).toBe(first)
  expect(await session.get(Hero, 'a')).toBe(first)
  expect(await session.transaction((tx) => tx.get(Hero, 'a'))).toBe(first)
})

test('twenty reads in a turn are one statement and one look into the cache', async () => {
  let looks = 0
  const cache = createLocalCache()
  const counting = { ...cache, get: (...get: Parameters<typeof cache.get>) => (looks++, cache.get(...get)) }
  const ids = Array.from({ length: 20 }, (_, n) => `h${n}`)
  await using fixture = await open(
    ids.map((id) => hero(id)),
    counting,
  )
  const session = fixture.store.session()
  // Half of them are asked for a few promises later, in the same turn.
  const early = ids.slice(0, 10).map((id) => session.get(Hero, id))
  const late = Promise.resolve().then(() => session.getMany(Hero, ids.slice(10)))
  expect((await Promise.all([...early, late])).flat().map((row) => row?.id)).toEqual(ids)
  expect(fixture.statements).toHaveLength(1)
  expect(looks).toBe(1)
})

test('getMany answers in the order of the ids, repeated and missing ones included', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  const rows = await fixture.store.session().getMany(Hero, ['b', 'nobody', 'a', 'b'])
  expect(rows.map((row) => row?.id)).toEqual(['b', undefined, 'a', 'b'])
})

test('more ids than one statement takes are read in several', async () => {
  const ids = Array.from({ length: 300 }, (_, n) => `h${n}`)
  await using fixture = await open(ids.map((id) => hero(id)))
  const rows = await fixture.store.session().getMany(Hero, ids)
  expect(rows.map((row) => row?.id)).toEqual(ids)
  expect(fixture.statements).toHaveLength(2)
})

test('the second request hits the cache and sends no statement', async () => {
  await using fixture = await open([hero('a', { coins: 7 })])
  await fixture.store.session().get(Hero, 'a')
  fixture.statements.length = 0
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a', { coins: 7 }))
  expect(fixture.statements).toEqual([])
  expect(fixture.store.counters.snapshot()).toMatchObject({ hero: { hits: 1, misses: 1, fills: 1 } })
})

test('a row that does not exist is remembered as that', async () => {
  await using fixture = await open()
  await fixture.store.session().get(Hero, 'a')
  fixture.statements.length = 0
  expect(await fixture.store.session().get(Hero, 'a')).toBeNull()
  expect(fixture.statements).toEqual([])
  expect(fixture.store.counters.of('hero').negativeHits).toBe(1)
})

test('an insert ends a negative entry', async () => {
  await using fixture = await open()
  await fixture.store.session().get(Hero, 'a')
  await fixture.store.session().transaction((tx) => tx.insert(Hero, hero('a')))
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a'))
})

test('an insert between the reading and the filling of a negative entry keeps it out', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([], cache)
  expect(await fixture.store.session().get(Hero, 'a')).toBeNull()
  await fixture.store.session().transaction((tx) => tx.insert(Hero, hero('a')))
  expect(await cache.letThrough()).toEqual([false])
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a'))
  expect(fixture.store.counters.of('hero').refusedFills).toBe(1)
})

test('a fill that was read before a write is refused after it', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  const early = await fixture.store.session().get(Hero, 'a')
  await fixture.store.session().transaction(async (tx) => tx.update(Hero, { ...hero('a'), coins: 5 }))
  expect(await cache.letThrough()).toEqual([false])
  expect(early?.coins).toBe(0)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(5)
})

test('fifty requests for one cold row are one statement', async () => {
  await using fixture = await open([hero('a')])
  const rows = await Promise.all(Array.from({ length: 50 }, () => fixture.store.session().get(Hero, 'a')))
  expect(new Set(rows).size).toBe(1)
  expect(fixture.statements).toHaveLength(1)
})

test('who asks after a write does not join a reader from before it', async () => {
  const cache = withHeldLook(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  const { looked, goOn } = cache.hold()
  const before = fixture.store.session().get(Hero, 'a')
  await looked
  await fixture.store.session().transaction((tx) => tx.update(Hero, { ...hero('a'), coins: 5 }))
  const after = fixture.store.session().get(Hero, 'a')
  expect((await after)?.coins).toBe(5)
  goOn()
  await before
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(5)
})

test('a key that another process fills is waited for', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.another().session().get(Hero, 'a')
  fixture.statements.length = 0
  const waiting = fixture.store.session().get(Hero, 'a')
  await new Promise(setImmediate)
  await cache.letThrough()
  expect((await waiting)?.id).toBe('a')
  expect(fixture.statements).toEqual([])
  expect(fixture.store.counters.of('hero').leaseWaits).toBe(1)
})

test('a process that never fills holds nobody up for long', async () => {
  await using fixture = await open([hero('a')])
  await fixture.cache.get([Hero.key('a')])
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a'))
})

test('bytes that do not decode are a miss and are deleted', async () => {
  await using fixture = await open([hero('a')])
  await fixture.cache.set(Hero.key('a'), Buffer.from('\x04garbage'), 60)
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a'))
  expect(fixture.store.counters.of('hero').undecodable).toBe(1)
  await fixture.store.session().get(Hero, 'a')
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(hero('a'))
  expect(fixture.store.counters.of('hero')).toMatchObject({ undecodable: 1, fills: 1, hits: 1 })
})

test('the cached row of another id is a miss', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await fixture.cache.set(Hero.key('a'), cached(hero('b')), 60)
  expect((await fixture.store.session().get(Hero, 'a'))?.id).toBe('a')
})

test('a raised schema number never reads the bytes of the old one', async () => {
  const Next = defineEntity<HeroRow, Tables>({
    name: 'hero',
    table: 'hero',
    schema: 2,
    json: ['bag'],
    columns: { id: 'id', version: 'version', guild: 'guild', coins: 'coins', bag: 'bag_json' },
  })
  await using fixture = await open([hero('a')])
  await fixture.cache.set(Hero.key('a'), cached(hero('a', { coins: 99 })), 60)
  expect((await fixture.store.session().get(Next, 'a'))?.coins).toBe(0)
})

test('a row cannot be changed by who reads it, so nobody else sees a change', async () => {
  await using fixture = await open([hero('a', { bag: { arrow: 1 } })])
  const fromDatabase = await fixture.store.session().get(Hero, 'a')
  const fromCache = await fixture.store.session().get(Hero, 'a')
  for (const row of [fromDatabase, fromCache]) {
    expect(() => Object.assign(row ?? {}, { coins: 9 })).toThrow('read only')
    expect(() => Object.assign(row?.bag ?? {}, { arrow: 9 })).toThrow('read only')
  }
})

test('a cache that never has anything costs statements, not answers', async () => {
  const dead = {
    name: 'dead',
    get: async (keys: readonly string[]) => keys.map(() => ({ kind: 'none' as const })),
    fill: async () => false,
    release: async () => {},
    set: async () => {},
    delete: async () => {},
    close: async () => {},
  }
  await using fixture = await open([hero('a')], dead)
  const session = fixture.store.session()
  await session.transaction(async (tx) => tx.update(Hero, { ...hero('a'), coins: 3 }))
  expect((await session.get(Hero, 'a'))?.coins).toBe(3)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(3)
})

test('a failed read fails those who asked, and the next one may succeed', async () => {
  const Lost = defineEntity<{ id: string; version: number }>({
    name: 'lost',
    table: 'lost',
    schema: 1,
    columns: { id: 'id', version: 'version' },
  })
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  const [good, bad] = await Promise.allSettled([session.get(Hero, 'a'), session.get(Lost, 'x')])
  expect(good).toMatchObject({ status: 'fulfilled', value: { id: 'a' } })
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no such table: lost' } })
  await fixture.database.kysely.schema
    .createTable('lost')
    .addColumn('id', 'text')
    .addColumn('version', 'integer')
    .execute()
  expect(await session.get(Lost, 'x')).toBeNull()
  // The one that failed gave its lease back.
  expect(fixture.store.counters.of('lost')).toMatchObject({ leaseWaits: 0, fills: 1 })
})

test('a request hears of its hits, misses, statements and the time of each layer', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await fixture.store.session().get(Hero, 'a')
  const counts: Record<string, number> = {}
  const layers: string[] = []
  const marks: string[] = []
  const timing: Timing = {
    span(layer, work) {
      layers.push(layer)
      return work()
    },
    count: (name, n = 1) => void (counts[name] = (counts[name] ?? 0) + n),
    mark: (layer, detail) => void marks.push(`${layer} ${detail}`),
  }
  const session = fixture.store.session(timing)
  await session.getMany(Hero, ['a', 'b'])
  expect(counts).toEqual({ roundtrips: 1, hits: 1, misses: 1, statements: 1 })
  expect(layers).toEqual(['store', 'store', 'cache', 'database'])
  await session.get(Hero, 'a')
  expect(layers).toHaveLength(4)
  expect(marks).toEqual(['identity hero'])
  await session.query((db) => db.selectFrom('hero').select('id').execute())
  expect(counts).toMatchObject({ statements: 2 })
  await session.transaction((tx) => tx.update(Hero, hero('a')))
  expect(counts).toMatchObject({ statements: 3, transactions: 1 })
})

test('what is cached says how many bytes it was and is', async () => {
  await using fixture = await open([
    hero('a', { bag: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`item-${n}`, n])) }),
  ])
  await fixture.store.session().get(Hero, 'a')
  const { bytesBefore, bytesAfter } = fixture.store.counters.of('hero')
  expect(bytesBefore).toBeGreaterThan(1024)
  expect(bytesAfter).toBeLessThan(bytesBefore * 0.75)
  const [answer] = await fixture.cache.get([Hero.key('a')])
  if (answer?.kind !== 'hit') throw new Error('expected a hit')
  expect(createCodec(Hero).decode(answer.value)).toMatchObject({ ok: true, value: { id: 'a' } })
})
