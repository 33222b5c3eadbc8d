import { expect, test } from 'vitest'
import { createCodec } from '../cache/codec.ts'
import { createLocalCache } from '../cache/local.ts'
import { Conflict } from './conflict.ts'
import type { Timing } from './counters.ts'
import { GuildHeroes, Hero, hero, open, type Tables, withHeldLook } from './fixture.ts'
import { DIALECTS } from './scratch.ts'
import type { Session } from './session.ts'

/** Adds a coin from whatever the session believes the row to be. */
function earn(session: Session<Tables>, id: string, retries = 4): Promise<number> {
  return session.transaction(
    async (tx) => {
      const row = await tx.get(Hero, id)
      if (!row) throw new Error(`no hero ${id}`)
      return (await tx.update(Hero, { ...row, coins: row.coins + 1 })).coins
    },
    { retries },
  )
}

test('an update raises the version, and session and cache show it', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  expect(await earn(session, 'a')).toBe(1)
  const written = { ...hero('a'), coins: 1, version: 2 }
  fixture.statements.length = 0
  expect(await session.get(Hero, 'a')).toEqual(written)
  expect(fixture.statements).toEqual([])
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(written)
})

test('a write on cached rows is BEGIN, one statement for each write, COMMIT', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  await fixture.store.session().getMany(Hero, ['a', 'b'])
  fixture.statements.length = 0
  await fixture.store.session().transaction(async (tx) => {
    for (const row of await tx.getMany(Hero, ['a', 'b'])) if (row) await tx.update(Hero, { ...row, coins: 1 })
  })
  expect(fixture.statements.map((sql) => sql.split(' ')[0])).toEqual(['BEGIN', 'update', 'update', 'COMMIT'])
})

test('a transaction sees its own writes, and nobody else does before the commit', async () => {
  await using fixture = await open([hero('a')])
  await fixture.store.session().transaction(async (tx) => {
    await tx.update(Hero, hero('a', { coins: 5 }))
    await tx.insert(Hero, hero('b'))
    expect((await tx.get(Hero, 'a'))?.coins).toBe(5)
    expect(await tx.get(Hero, 'b')).toEqual(hero('b'))
    expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(0)
    expect(await fixture.store.session().get(Hero, 'b')).toBeNull()
  })
  expect((await fixture.store.session().getMany(Hero, ['a', 'b'])).map((row) => row?.coins)).toEqual([5, 0])
})

test('a conflict names the row and both versions', async () => {
  await using fixture = await open([hero('a')])
  await earn(fixture.store.session(), 'a')
  const stale = fixture.store.session().transaction((tx) => tx.update(Hero, hero('a')), { retries: 0 })
  await expect(stale).rejects.toThrow(
    'hero "a" was written from version 1, but the database has version 2: read it again',
  )
  await expect(stale).rejects.toMatchObject({ entity: 'hero', id: 'a', expected: 1, found: 2 })
  await expect(stale).rejects.toBeInstanceOf(Conflict)
})

test('a conflict after a delete says that there is no such row', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  await fixture.store.session().transaction((tx) => tx.delete(Hero, hero('a')))
  const late = session.transaction((tx) => tx.update(Hero, hero('a')), { retries: 0 })
  await expect(late).rejects.toMatchObject({ expected: 1, found: null })
  expect(await session.get(Hero, 'a')).toBeNull()
})

test('a delete at an old version is a conflict', async () => {
  await using fixture = await open([hero('a')])
  await earn(fixture.store.session(), 'a')
  const late = fixture.store.session().transaction((tx) => tx.delete(Hero, hero('a')), { retries: 0 })
  await expect(late).rejects.toMatchObject({ expected: 1, found: 2 })
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(1)
})

test('a stale row in the session or in the cache leads to one more attempt, not to a lost update', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  await earn(fixture.store.session(), 'a')
  // The session's row is old now. So is what the cache is made to hold.
  await fixture.cache.set(Hero.key('a'), createCodec(Hero).encode(hero('a')).bytes, 60)
  expect(await earn(session, 'a', 1)).toBe(2)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(2)
  expect(fixture.store.counters.of('hero').conflicts).toBe(1)
})

test('a cache that does not hear of deletes costs an attempt and no more', async () => {
  const cache = createLocalCache()
  await using fixture = await open([hero('a')], { ...cache, delete: async () => {} })
  await fixture.store.session().get(Hero, 'a')
  for (const coins of [1, 2, 3]) expect(await earn(fixture.store.session(), 'a', 1)).toBe(coins)
  expect(fixture.store.counters.of('hero').conflicts).toBe(2)
})

test('after the last retry the conflict is thrown, nothing is written and the rows concerned are read anew', async () => {
  await using fixture = await open([hero('a'), hero('b')])
  const session = fixture.store.session()
  await session.getMany(Hero, ['a', 'b'])
  await earn(fixture.store.session(), 'a')
  let runs = 0
  const hopeless = session.transaction(
    async (tx) => {
      runs++
      await tx.update(Hero, hero('b', { coins: 9 }))
      await tx.update(Hero, hero('a'))
    },
    { retries: 2 },
  )
  await expect(hopeless).rejects.toBeInstanceOf(Conflict)
  expect(runs).toBe(3)
  expect((await session.getMany(Hero, ['a', 'b'])).map((row) => row?.coins)).toEqual([1, 0])
})

test('fifty increments at once on three rows add up', async () => {
  const ids = ['a', 'b', 'c']
  await using fixture = await open(ids.map((id) => hero(id)))
  const sessions = Array.from({ length: 50 }, () => fixture.store.session())
  // All have read before any writes.
  await Promise.all(sessions.map((session) => session.getMany(Hero, ids)))
  await Promise.all(sessions.map((session, n) => earn(session, ids[n % 3] ?? '')))
  const rows = await fixture.store.session().getMany(Hero, ids)
  expect(rows.map((row) => row?.coins)).toEqual([17, 17, 16])
  expect(rows.map((row) => row?.version)).toEqual([18, 18, 17])
  expect(fixture.store.counters.of('hero').conflicts).toBe(47)
})

test.each(DIALECTS)('ten who write one row at once on %s run again once at most', async (dialect) => {
  await using fixture = await open([hero('a')], createLocalCache(), dialect)
  await fixture.store.session().get(Hero, 'a')
  await Promise.all(Array.from({ length: 10 }, () => earn(fixture.store.session(), 'a', 1)))
  expect(await fixture.store.session().get(Hero, 'a')).toMatchObject({ coins: 10, version: 11 })
})

test('a transaction that the database gave up for another’s sake runs again, from the database', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  const counts: string[] = []
  const timing: Timing = { span: (_layer, work) => work(), count: (name) => void counts.push(name) }
  const deadlock = new Error('deadlock detected')
  Object.assign(fixture.database, { isContended: (error: unknown) => error === deadlock })
  let runs = 0
  const coins = await fixture.store.session(timing).transaction(async (tx) => {
    const row = await tx.update(Hero, { ...((await tx.get(Hero, 'a')) ?? hero('a')), coins: 5 })
    if (runs++ < 2) throw deadlock
    return row.coins
  })
  expect({ coins, runs }).toEqual({ coins: 5, runs: 3 })
  expect(counts.filter((name) => name === 'conflicts')).toHaveLength(2)
  expect(fixture.store.counters.of('database').conflicts).toBe(2)
  runs = -9
  const hopeless = session.transaction(
    async () => {
      runs++
      throw deadlock
    },
    { retries: 2 },
  )
  await expect(hopeless).rejects.toBe(deadlock)
  expect(runs).toBe(-6)
})

test('an error rolls back, and neither cache nor session hear of it', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  const before = await session.get(Hero, 'a')
  const told: string[] = []
  const failing = session.transaction(async (tx) => {
    await tx.update(Hero, hero('a', { coins: 5 }))
    await tx.insert(Hero, hero('b'))
    tx.invalidateList(GuildHeroes, 'owls')
    tx.afterCommit(() => void told.push('committed'))
    throw new Error('change of mind')
  })
  await expect(failing).rejects.toThrow('change of mind')
  fixture.statements.length = 0
  expect(await session.get(Hero, 'a')).toBe(before)
  expect(await fixture.store.session().get(Hero, 'a')).toEqual(before)
  expect(fixture.statements).toEqual([])
  expect(told).toEqual([])
  expect(await session.get(Hero, 'b')).toBeNull()
})

test('nothing is invalidated before the commit', async () => {
  const cache = createLocalCache()
  const deleted: string[] = []
  const noting = { ...cache, delete: (keys: readonly string[]) => (deleted.push(...keys), cache.delete(keys)) }
  await using fixture = await open([hero('a')], noting)
  deleted.length = 0
  await fixture.store.session().transaction(async (tx) => {
    await tx.update(Hero, hero('a', { coins: 5 }))
    tx.invalidateList(GuildHeroes, 'owls')
    tx.afterCommit(() => void deleted.push('hook'))
    expect(deleted).toEqual([])
  })
  expect(deleted).toEqual([Hero.key('a'), GuildHeroes.key('owls'), 'hook'])
})

test('an error after the commit is reported and fails neither the write nor the next in line', async () => {
  await using fixture = await open([hero('a')])
  const told: string[] = []
  await fixture.store.session().transaction(async (tx) => {
    await tx.update(Hero, hero('a', { coins: 5 }))
    tx.afterCommit(() => {
      throw new Error('bus is down')
    })
    tx.afterCommit(async () => void told.push('next'))
  })
  expect(fixture.reported).toEqual([new Error('bus is down')])
  expect(told).toEqual(['next'])
})

test('a COMMIT that fails may have taken: the rows concerned are read anew', async () => {
  await using fixture = await open([hero('a')])
  await fixture.database.kysely.schema.createTable('pet').addColumn('hero', 'text').execute()
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  const { transaction } = fixture.database
  const failing = {
    ...fixture.database,
    transaction: async (...work: Parameters<typeof transaction>) => {
      await transaction(...work)
      throw new Error('disk I/O error')
    },
  }
  Object.assign(fixture.database, failing)
  await expect(session.transaction((tx) => tx.update(Hero, hero('a', { coins: 5 })))).rejects.toThrow('disk I/O error')
  expect((await session.get(Hero, 'a'))?.coins).toBe(5)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(5)
})

test('rows changed by a statement of its own are read anew when the transaction says so', async () => {
  await using fixture = await open([hero('a')])
  const session = fixture.store.session()
  await session.get(Hero, 'a')
  await session.transaction(async (tx) => {
    await tx.db.updateTable('hero').set({ coins: 8, version: 2 }).where('id', '=', 'a').execute()
    tx.invalidate(Hero, 'a')
    expect((await tx.get(Hero, 'a'))?.coins).toBe(8)
  })
  expect((await session.get(Hero, 'a'))?.coins).toBe(8)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(8)
})

test('the row handed to update stays as the caller has it, but for being frozen within', async () => {
  await using fixture = await open([hero('a')])
  const mine = hero('a', { bag: { arrow: 1 } })
  const written = await fixture.store.session().transaction((tx) => tx.update(Hero, mine))
  expect(mine.version).toBe(1)
  expect(written.version).toBe(2)
  expect(() => (mine.bag['arrow'] = 2)).toThrow('read only')
})

test('an insert of an id that is taken fails, and what there is stays', async () => {
  await using fixture = await open([hero('a', { coins: 3 })])
  const taken = fixture.store.session().transaction((tx) => tx.insert(Hero, hero('a')))
  await expect(taken).rejects.toSatisfy(fixture.database.isDuplicate)
  expect((await fixture.store.session().get(Hero, 'a'))?.coins).toBe(3)
})

test('a read under way when its own session writes does not bring the old row back', async () => {
  const cache = withHeldLook(createLocalCache())
  await using fixture = await open([hero('a')], cache)
  await fixture.store.session().get(Hero, 'a')
  const session = fixture.store.session()
  const { looked, goOn } = cache.hold()
  const old = session.get(Hero, 'a')
  await looked
  await session.transaction((tx) => tx.update(Hero, hero('a', { coins: 5 })))
  goOn()
  expect((await old)?.coins).toBe(0)
  expect((await session.get(Hero, 'a'))?.coins).toBe(5)
})
