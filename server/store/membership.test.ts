import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import { bytewiseText } from './columns.ts'
import { defineEntity } from './entities.ts'
import { type Fixture, Hero, hero, type HeroRow, open, type Tables, withHeldFills } from './fixture.ts'
import { defineList } from './lists.ts'
import { listSource } from './listsource.ts'
import { DIALECTS } from './scratch.ts'
import type { StoreTransaction } from './writes.ts'

/** By a rule: the richest three of a guild. */
const Richest = defineList<HeroRow, Tables>({
  name: 'richest',
  of: Hero,
  schema: 1,
  limit: 3,
  owner: 'guild',
  order: [{ field: 'coins', direction: 'desc' }],
})

/** By a rule with a filter. */
const Wealthy = defineList<HeroRow, Tables>({
  name: 'wealthy',
  of: Hero,
  schema: 1,
  limit: 10,
  owner: 'guild',
  order: [],
  where: [{ field: 'coins', above: 9 }],
})

const idsOf = (rows: readonly { id: string }[]): string => rows.map(({ id }) => id).join(' ')

/** The ids of a list as a request sees them. */
async function shown(fixture: Fixture, list: typeof Richest, owner: string | number = 'owls'): Promise<string> {
  return idsOf(await fixture.store.session().list(list, owner))
}

const write = <T>(fixture: Fixture, work: (tx: StoreTransaction<Tables>) => Promise<T>) =>
  fixture.store.session().transaction(work)

/** Statements that read a list. */
const listReads = ({ statements }: Fixture): string[] => statements.filter((sql) => sql.includes('order by'))

describe.each(DIALECTS)('on %s', (dialect) => {
  test('a list by rule has its owner’s rows in order, equals by id, and no more than its limit', async () => {
    const heroes = [
      hero('d', { coins: 5 }),
      hero('b'),
      hero('c', { coins: 9 }),
      hero('a'),
      hero('z', { guild: 'foxes' }),
    ]
    await using fixture = await open(heroes, createLocalCache(), dialect)
    expect(await shown(fixture, Richest)).toBe('c d a')
    expect(await shown(fixture, Richest, 'foxes')).toBe('z')
    expect(await shown(fixture, Richest, 'nobody')).toBe('')
  })

  test('only rows that fit the conditions are in a list', async () => {
    const heroes = [hero('a', { coins: 9 }), hero('b', { coins: 10 }), hero('c', { coins: 11 })]
    await using fixture = await open(heroes, createLocalCache(), dialect)
    expect(await shown(fixture, Wealthy)).toBe('b c')
  })

  test('a condition may ask for one value, for null, or for a number above another, which null is not', async () => {
    await using fixture = await open([], createLocalCache(), dialect)
    const text = bytewiseText(dialect)
    await fixture.database.kysely.schema
      .createTable('pet')
      .addColumn('id', text, (column) => column.primaryKey())
      .addColumn('version', 'integer')
      .addColumn('hero', 'text')
      .addColumn('kind', 'text')
      .addColumn('age', 'integer')
      .execute()
    interface Pet {
      id: string
      version: number
      hero: string | null
      kind: string
      age: number | null
    }
    const Pet = defineEntity<Pet>({
      name: 'pet',
      table: 'pet',
      schema: 1,
      columns: { id: 'id', version: 'version', hero: 'hero', kind: 'kind', age: 'age' },
    })
    const common = { of: Pet, schema: 1, limit: 9, owner: 'hero', order: [] } as const
    const Cats = defineList<Pet, Tables>({ ...common, name: 'cats', where: [{ field: 'kind', is: 'cat' }] })
    const Ageless = defineList<Pet, Tables>({ ...common, name: 'ageless', where: [{ field: 'age', is: null }] })
    const Old = defineList<Pet, Tables>({ ...common, name: 'old', where: [{ field: 'age', above: -1 }] })
    const pets: [id: string, hero: string | null, kind: string, age: number | null][] = [
      ['tom', 'a', 'cat', null],
      ['rex', 'a', 'dog', 0],
      ['stray', null, 'cat', 1],
      ['nameless', '', 'cat', 1],
    ]
    const ids = async (list: typeof Cats) => idsOf(await fixture.store.session().list(list, 'a'))
    const all = async () => [await ids(Cats), await ids(Ageless), await ids(Old)]
    expect(await all()).toEqual(['', '', ''])
    await write(fixture, async (tx) => {
      for (const [id, hero, kind, age] of pets) await tx.insert(Pet, { id, version: 1, hero, kind, age })
    })
    expect(await all()).toEqual(['tom', 'tom', 'rex'])
    await write(fixture, async (tx) => {
      await tx.update(Pet, { id: 'tom', version: 1, hero: 'a', kind: 'dog', age: 3 })
      await tx.update(Pet, { id: 'stray', version: 1, hero: 'a', kind: 'cat', age: null })
    })
    expect(await all()).toEqual(['stray', 'stray', 'rex tom'])
    expect(await fixture.store.session().list(Cats, '')).toEqual([])
  })

  test('a list may be owned by a number', async () => {
    const ByCoins = defineList<HeroRow, Tables>({
      name: 'by-coins',
      of: Hero,
      schema: 1,
      limit: 9,
      owner: 'coins',
      order: [{ field: 'guild', direction: 'desc' }],
    })
    const heroes = [hero('a', { coins: 7 }), hero('b', { coins: 7, guild: 'yaks' }), hero('c', { coins: 70 })]
    await using fixture = await open(heroes, createLocalCache(), dialect)
    expect(await shown(fixture, ByCoins, 7)).toBe('b a')
    await write(fixture, (tx) => tx.update(Hero, hero('c', { coins: 7 })))
    expect(await shown(fixture, ByCoins, 7)).toBe('b a c')
    expect(await shown(fixture, ByCoins, 70)).toBe('')
  })
})

test('an insert and a delete change the list without being told', async () => {
  await using fixture = await open([hero('a')])
  expect(await shown(fixture, Richest)).toBe('a')
  await write(fixture, (tx) => tx.insert(Hero, hero('b')))
  expect(await shown(fixture, Richest)).toBe('a b')
  await write(fixture, (tx) => tx.delete(Hero, hero('a')))
  expect(await shown(fixture, Richest)).toBe('b')
})

test('where a member of a full list is deleted, the next one moves up', async () => {
  await using fixture = await open(['a', 'b', 'c', 'd', 'e'].map((id) => hero(id)))
  expect(await shown(fixture, Richest)).toBe('a b c')
  await write(fixture, (tx) => tx.delete(Hero, hero('b')))
  expect(await shown(fixture, Richest)).toBe('a c d')
})

test('who moves to another owner is in their list and no longer in the old one', async () => {
  await using fixture = await open([hero('a'), hero('b'), hero('z', { guild: 'foxes' })])
  expect([await shown(fixture, Richest), await shown(fixture, Richest, 'foxes')]).toEqual(['a b', 'z'])
  await write(fixture, (tx) => tx.update(Hero, hero('a', { guild: 'foxes' })))
  fixture.statements.length = 0
  expect([await shown(fixture, Richest), await shown(fixture, Richest, 'foxes')]).toEqual(['b', 'a z'])
  expect(listReads(fixture)).toHaveLength(2)
})

test('a change of what a list is ordered by reorders it', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  expect(await shown(fixture, Richest)).toBe('a b')
  await write(fixture, (tx) => tx.update(Hero, hero('b', { coins: 1 })))
  expect(await shown(fixture, Richest)).toBe('b a')
})

test('a change of what a condition looks at takes a member in and out', async () => {
  await using fixture = await open([hero('a', { coins: 20 }), hero('b')])
  expect(await shown(fixture, Wealthy)).toBe('a')
  await write(fixture, async (tx) => {
    // Exactly the number is not above it.
    await tx.update(Hero, hero('a', { coins: 9 }))
    await tx.update(Hero, hero('b', { coins: 30 }))
  })
  expect(await shown(fixture, Wealthy)).toBe('b')
})

test('a write that neither moves a member nor makes one leaves the list in the cache', async () => {
  await using fixture = await open([hero('a'), hero('b', { coins: 20 })])
  await Promise.all([shown(fixture, Richest), shown(fixture, Wealthy)])
  await write(fixture, async (tx) => {
    await tx.update(Hero, hero('a', { bag: { arrow: 1 } }))
    await tx.update(Hero, hero('b', { coins: 20, bag: { arrow: 1 } }))
    await tx.insert(Hero, hero('c', { guild: 'foxes' }))
  })
  await fixture.store.session().getMany(Hero, ['a', 'b'])
  fixture.statements.length = 0
  expect(await Promise.all([shown(fixture, Richest), shown(fixture, Wealthy)])).toEqual(['b a', 'b'])
  expect(fixture.statements).toEqual([])
  // Nor does a change that the conditions keep out of it.
  await write(fixture, (tx) => tx.update(Hero, hero('a', { version: 2, coins: 5 })))
  fixture.statements.length = 0
  await shown(fixture, Wealthy)
  expect(fixture.statements).toEqual([])
})

test('what is rolled back drops no list', async () => {
  await using fixture = await open([hero('a')])
  await shown(fixture, Richest)
  const failing = write(fixture, async (tx) => {
    await tx.insert(Hero, hero('b'))
    await tx.update(Hero, hero('a', { guild: 'foxes' }))
    throw new Error('change of mind')
  })
  await expect(failing).rejects.toThrow('change of mind')
  fixture.statements.length = 0
  expect(await shown(fixture, Richest)).toBe('a')
  expect(fixture.statements).toEqual([])
})

test('an attempt that met a conflict drops no list', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await shown(fixture, Richest)
  const hopeless = fixture.store.session().transaction(
    async (tx) => {
      await tx.update(Hero, hero('a', { coins: 5 }))
      await tx.update(Hero, hero('b', { version: 7, guild: 'foxes' }))
    },
    { retries: 0 },
  )
  await expect(hopeless).rejects.toThrow('read it again')
  fixture.statements.length = 0
  await shown(fixture, Richest)
  expect(listReads(fixture)).toEqual([])
})

test('a write over a row that is known asks nothing for its lists', async () => {
  await using fixture = await open([hero('a')])
  await fixture.store.session().get(Hero, 'a')
  fixture.statements.length = 0
  await write(fixture, (tx) => tx.update(Hero, hero('a', { guild: 'foxes' })))
  expect(fixture.statements.map((sql) => sql.split(' ')[0])).toEqual(['BEGIN', 'update', 'COMMIT'])
})

test('a write over a row that nobody knows reads it in the transaction', async () => {
  await using fixture = await open([hero('a')])
  await shown(fixture, Richest)
  await fixture.cache.delete([Hero.key('a')])
  fixture.statements.length = 0
  await write(fixture, (tx) => tx.update(Hero, hero('a', { guild: 'foxes' })))
  expect(fixture.statements.map((sql) => sql.split(' ')[0])).toEqual(['BEGIN', 'select', 'update', 'COMMIT'])
  expect(await shown(fixture, Richest)).toBe('')
})

test('a row of another version is not taken for the one that is written over', async () => {
  await using fixture = await open([hero('a')])
  const late = fixture.store.session()
  await late.get(Hero, 'a')
  await write(fixture, (tx) => tx.update(Hero, hero('a', { guild: 'foxes' })))
  expect(await shown(fixture, Richest, 'foxes')).toBe('a')
  fixture.statements.length = 0
  // The session has the hero as an owl; written over is the fox.
  await late.transaction((tx) => tx.update(Hero, hero('a', { version: 2, guild: 'bears' })))
  await shown(fixture, Richest, 'foxes')
  expect(listReads(fixture)).toHaveLength(1)
})

test('the order of two writes in one transaction does not matter: all lists on the way are dropped', async () => {
  await using fixture = await open([hero('a')])
  const guilds = ['owls', 'foxes', 'bears']
  const all = () => Promise.all(guilds.map((guild) => shown(fixture, Richest, guild)))
  expect(await all()).toEqual(['a', '', ''])
  await write(fixture, async (tx) => {
    await tx.update(
      Hero,
      await tx.update(Hero, hero('a', { guild: 'foxes' })).then((row) => ({ ...row, guild: 'bears' })),
    )
  })
  expect(await all()).toEqual(['', '', 'a'])
})

test('a list that is read while a write changes it is not filled with what was before', async () => {
  const cache = withHeldFills(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  expect(await shown(fixture, Richest)).toBe('a')
  await write(fixture, (tx) => tx.insert(Hero, hero('b')))
  expect(await cache.letThrough()).toContain(false)
  expect(await shown(fixture, Richest)).toBe('a b')
})

/** A cache that does not hear of changes to lists. */
function deafToLists(): Cache {
  const cache = createLocalCache()
  return {
    ...cache,
    delete: (keys, options) =>
      cache.delete(
        keys.filter((key) => !key.startsWith('l:')),
        options,
      ),
  }
}

test('a member that has left is left out of a list that is old', async () => {
  await using fixture = await open([hero('a'), hero('b', { coins: 10 })], deafToLists())
  expect([await shown(fixture, Richest), await shown(fixture, Wealthy)]).toEqual(['b a', 'b'])
  await write(fixture, (tx) => tx.update(Hero, hero('a', { guild: 'foxes' })))
  await write(fixture, (tx) => tx.update(Hero, hero('b', { coins: 1 })))
  expect([await shown(fixture, Richest), await shown(fixture, Wealthy)]).toEqual(['b', ''])
})

test('a list that is not told of changes is as old as it may get', async () => {
  const Weekly = defineList<HeroRow, Tables>({
    name: 'weekly',
    of: Hero,
    schema: 1,
    limit: 9,
    ttl: 1,
    told: false,
    owner: 'guild',
    order: [{ field: 'coins', direction: 'desc' }],
  })
  await using fixture = await open([hero('a')])
  expect(await shown(fixture, Weekly)).toBe('a')
  await write(fixture, (tx) => tx.insert(Hero, hero('b')))
  expect(await shown(fixture, Weekly)).toBe('a')
  await expect.poll(() => shown(fixture, Weekly)).toBe('a b')
})

test('nobody owns nothing, without asking for it', async () => {
  await using fixture = await open([hero('a', { guild: '' })])
  expect(await shown(fixture, Richest, '')).toBe('')
  expect(fixture.statements).toEqual([])
  expect((await fixture.store.session().page(Richest, '')).rows).toEqual([])
})

test('a list is one source for each database, whoever asks', async () => {
  await using one = await open()
  await using other = await open()
  const source = listSource(one.database.kysely, Richest)
  expect(listSource(one.database.kysely, Richest)).toBe(source)
  expect(listSource(one.database.kysely, Wealthy)).not.toBe(source)
  expect(listSource(other.database.kysely, Richest)).not.toBe(source)
})

test('lists asked for in one turn come in one look into the cache', async () => {
  const cache = createLocalCache()
  const looks: string[][] = []
  const counting: Cache = { ...cache, get: (keys, options) => (looks.push([...keys]), cache.get(keys, options)) }
  await using fixture = await open([hero('a'), hero('b', { guild: 'foxes' })], counting)
  const session = fixture.store.session()
  const [owls, foxes, wealthy] = await Promise.all([
    session.list(Richest, 'owls'),
    session.list(Richest, 'foxes'),
    session.list(Wealthy, 'owls'),
  ])
  expect([owls, foxes, wealthy].map(idsOf)).toEqual(['a', 'b', ''])
  expect(looks.map((keys) => keys.length)).toEqual([3, 2])
})

test('a list with another rule or limit never reads what was cached by the old one', async () => {
  const options = { name: 'changing', of: Hero, schema: 1, limit: 1, owner: 'guild', order: [] } as const
  const keys = [
    options,
    { ...options, limit: 2 },
    { ...options, schema: 2 },
    { ...options, where: [{ field: 'coins', above: 1 } as const] },
    { ...options, order: [{ field: 'coins', direction: 'asc' } as const] },
  ].map((one) => defineList<HeroRow, Tables>(one).key('owls'))
  expect(new Set(keys).size).toBe(keys.length)
})

test('a row without a value to be ordered by is an error that says so', async () => {
  await using fixture = await open()
  await fixture.database.kysely.schema.createTable('pet').addColumn('id', 'text').addColumn('age', 'integer').execute()
  const Pet = defineEntity<{ id: string; version: number; age: number }>({
    name: 'pet',
    table: 'pet',
    schema: 1,
    columns: { id: 'id', version: 'id', age: 'age' },
  })
  const Ages = defineList<{ id: string; version: number; age: number }, Tables>({
    name: 'ages',
    of: Pet,
    schema: 1,
    limit: 1,
    owner: 'id',
    order: [{ field: 'age', direction: 'asc' }],
  })
  await fixture.database.kysely
    .insertInto('pet' as 'hero')
    .values({ id: 'tom' } as never)
    .execute()
  await expect(fixture.store.session().list(Ages, 'tom')).rejects.toThrow(
    'a list of pet is ordered by the column age, which holds null: expected text or a number in every row',
  )
})

test('wrong fields, and a rule mixed with a query, do not compile', () => {
  const good = { name: 'x', of: Hero, schema: 1, limit: 1, owner: 'guild', order: [] } as const
  const define = defineList<HeroRow, Tables>
  define({ ...good, order: [{ field: 'coins', direction: 'asc' }], where: [{ field: 'guild', is: 'owls' }] })
  // @ts-expect-error -- no such field
  define({ ...good, owner: 'tribe' })
  // @ts-expect-error -- a field that names nobody
  define({ ...good, owner: 'bag' })
  // @ts-expect-error -- a field that has no order
  define({ ...good, order: [{ field: 'bag', direction: 'asc' }] })
  // @ts-expect-error -- no number
  define({ ...good, where: [{ field: 'guild', above: 1 }] })
  // @ts-expect-error -- neither a rule nor a query
  define({ name: 'x', of: Hero, schema: 1, limit: 1 })
  const both = { ...good, ids: async () => [] }
  // @ts-expect-error -- a rule and a query
  define(both)
  expect(good.limit).toBe(1)
})

/** What somebody does to a hero; `fails` is rolled back. */
const step = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  guild: fc.constantFrom('owls', 'owls', 'owls', 'foxes', ''),
  coins: fc.nat(4).map((n) => n * 3),
  kind: fc.constantFrom('write', 'write', 'write', 'delete', 'bag', 'fails'),
})

test('whatever is written, a list from the cache has what the database has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using fixture = await open()
      const rows = new Map<string, HeroRow>()
      const expected = (guild: string) =>
        [...rows.values()]
          .filter((row) => row.guild === guild)
          .sort((a, b) => b.coins - a.coins || (a.id < b.id ? -1 : 1))
      for (const { id, guild, coins, kind } of steps) {
        const before = rows.get(id)
        const after =
          kind === 'bag' ? { guild: before?.guild ?? guild, coins: before?.coins ?? coins } : { guild, coins }
        const written = write(fixture, async (tx) => {
          if (!before) await tx.insert(Hero, hero(id, after))
          else if (kind === 'delete') await tx.delete(Hero, before)
          else await tx.update(Hero, { ...before, ...after, bag: { arrow: before.version } })
          if (kind === 'fails') throw new Error('change of mind')
          return tx.get(Hero, id)
        })
        const row = await written.catch(() => before)
        if (row) rows.set(id, row)
        else rows.delete(id)
        for (const guild of ['owls', 'foxes']) {
          expect(await shown(fixture, Richest, guild)).toBe(idsOf(expected(guild).slice(0, 3)))
          const wealthy = expected(guild).filter(({ coins }) => coins > 9)
          expect(await shown(fixture, Wealthy, guild)).toBe(idsOf(wealthy.sort((a, b) => (a.id < b.id ? -1 : 1))))
        }
      }
    }),
    { numRuns: 60 },
  )
})
