import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import { hasMemcached, startMemcached, type TestServer } from '../cache/fixture.ts'
import { createLocalCache } from '../cache/local.ts'
import { createSharedCache } from '../cache/shared.ts'
import type { DialectName } from './engine.ts'
import { gate, GuildHeroes, Hero, hero, type HeroRow, open, type Tables, withHeldFills } from './fixture.ts'
import { DIALECTS } from './scratch.ts'
import type { Session } from './session.ts'
import { createStore, type Store } from './store.ts'

// One suite for every cache and every database: what a store promises does not depend on what it stands on.

/** A store as two processes see it: one database, two connections to one cache. */
interface System {
  mine: Store<Tables>
  theirs: Store<Tables>
  /** The fills of `mine`, held back until they are let through. */
  fills: { letThrough(): Promise<boolean[]> }
  /** SQL since it was last emptied. */
  statements: string[]
  /** False where part of the keys lie on a server that is gone: the database is asked for them each time. */
  caches: boolean
}

interface Stand {
  dialect: DialectName
  caches?: false
  /** Two views of one cache. */
  open(): Promise<[Cache, Cache]>
}

async function started(): Promise<TestServer> {
  const server = await startMemcached()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

async function viewsOf(...servers: TestServer[]): Promise<[Cache, Cache]> {
  // What is judged here is what is stored and seen, not how fast a busy machine answers.
  const view = () => createSharedCache({ servers, timeout: 5000, slow: 2000, log: () => {} })
  const [near, far] = [view(), view()]
  onTestFinished(async () => void (await Promise.all([near.close(), far.close()])))
  await Promise.all([near.ready(), far.ready()])
  return [near, far]
}

const STANDS: Record<string, Stand> = {
  'the cache of one process, SQLite': {
    dialect: 'sqlite',
    async open() {
      const cache = createLocalCache()
      return [cache, cache]
    },
  },
  ...(hasMemcached && {
    'memcached, SQLite': { dialect: 'sqlite', open: async () => viewsOf(await started()) },
    'three memcacheds of which one was killed, SQLite': {
      dialect: 'sqlite',
      caches: false,
      async open() {
        const servers = [await started(), await started(), await started()]
        const views = await viewsOf(...servers)
        await servers[1]?.kill()
        return views
      },
    },
  }),
  ...(hasMemcached &&
    DIALECTS.includes('postgres') && {
      'memcached, PostgreSQL': { dialect: 'postgres', open: async () => viewsOf(await started()) },
    }),
}

describe.each(Object.entries(STANDS))('%s', (_, { dialect, caches = true, ...stand }) => {
  async function system(...heroes: HeroRow[]): Promise<System> {
    const [near, far] = await stand.open()
    const fixture = await open(heroes, near, dialect)
    onTestFinished(() => fixture[Symbol.asyncDispose]())
    const fills = withHeldFills(near)
    const on = (cache: Cache) => createStore<Tables>({ database: fixture.database, cache, report: () => {} })
    return { mine: on(fills), theirs: on(far), fills, statements: fixture.statements, caches }
  }

  /** What the database was asked, where a cache should have answered. */
  const queriesOf = ({ statements, caches }: System) => (caches ? statements : [])

  /** Reads in `store` so that what it read is in the cache. */
  async function warm({ mine, fills }: System, ...ids: string[]): Promise<void> {
    await mine.session().getMany(Hero, ids)
    await fills.letThrough()
  }

  const coins = async (store: Store<Tables>, id = 'a') => (await store.session().get(Hero, id))?.coins

  const earn = (session: Session<Tables>, id = 'a', retries = 4) =>
    session.transaction(
      async (tx) => {
        const row = await tx.get(Hero, id)
        if (!row) throw new Error(`no hero ${id}`)
        return tx.update(Hero, { ...row, coins: row.coins + 1 })
      },
      { retries },
    )

  test('what one has read the other finds in the cache', async () => {
    const here = await system(hero('a', { coins: 7, bag: { arrow: 3 } }))
    await warm(here, 'a', 'nobody')
    here.statements.length = 0
    const [row, none] = await here.theirs.session().getMany(Hero, ['a', 'nobody'])
    expect([row, none]).toEqual([hero('a', { coins: 7, bag: { arrow: 3 } }), null])
    expect(queriesOf(here)).toEqual([])
  })

  test('a write is seen by the other at once', async () => {
    const here = await system(hero('a'))
    await warm(here, 'a')
    await earn(here.mine.session())
    expect(await coins(here.theirs)).toBe(1)
    await earn(here.theirs.session())
    expect(await coins(here.mine)).toBe(2)
  })

  test('a fill that was read before a write is refused after it', async () => {
    const here = await system(hero('a'))
    expect(await coins(here.mine)).toBe(0)
    await earn(here.theirs.session())
    expect(await here.fills.letThrough()).not.toContain(true)
    expect(await coins(here.theirs)).toBe(1)
    expect(await coins(here.mine)).toBe(1)
  })

  test('an insert ends "does not exist"', async () => {
    const here = await system()
    await warm(here, 'a')
    await here.theirs.session().transaction((tx) => tx.insert(Hero, hero('a', { coins: 3 })))
    expect(await coins(here.mine)).toBe(3)
  })

  test('an insert between the reading and the storing of "does not exist" keeps it out', async () => {
    const here = await system()
    expect(await coins(here.mine)).toBeUndefined()
    await here.theirs.session().transaction((tx) => tx.insert(Hero, hero('a', { coins: 3 })))
    expect(await here.fills.letThrough()).not.toContain(true)
    expect(await coins(here.theirs)).toBe(3)
    expect(await coins(here.mine)).toBe(3)
  })

  test('a delete is seen, and a write from before it is a conflict', async () => {
    const here = await system(hero('a'))
    await warm(here, 'a')
    const late = here.mine.session()
    const row = await late.get(Hero, 'a')
    await here.theirs.session().transaction((tx) => tx.delete(Hero, hero('a')))
    const conflict = late.transaction((tx) => tx.update(Hero, { ...(row ?? hero('a')), coins: 9 }), { retries: 0 })
    await expect(conflict).rejects.toMatchObject({ entity: 'hero', id: 'a', expected: 1, found: null })
    expect(await coins(here.mine)).toBeUndefined()
  })

  test('a write from an old row of the session is no lost update', async () => {
    const here = await system(hero('a'))
    const mine = here.mine.session()
    await mine.get(Hero, 'a')
    await earn(here.theirs.session())
    expect(await earn(mine, 'a', 1)).toMatchObject({ coins: 2, version: 3 })
    expect(here.mine.counters.of('hero').conflicts).toBe(1)
  })

  test('until the commit the other sees the old row, and may even store it: afterwards it is not there', async () => {
    const here = await system(hero('a'))
    const written = gate()
    const goOn = gate()
    const writing = here.theirs.session().transaction(async (tx) => {
      const row = await tx.get(Hero, 'a')
      await tx.update(Hero, { ...(row ?? hero('a')), coins: 5 })
      written.open()
      await goOn.passed
    })
    await written.passed
    expect(await coins(here.mine)).toBe(0)
    await here.fills.letThrough()
    goOn.open()
    await writing
    expect(await coins(here.mine)).toBe(5)
    expect(await coins(here.theirs)).toBe(5)
  })

  test('a rollback leaves what is cached where it is', async () => {
    const here = await system(hero('a'))
    await warm(here, 'a')
    const failing = here.theirs.session().transaction(async (tx) => {
      await tx.update(Hero, hero('a', { coins: 5 }))
      tx.invalidateList(GuildHeroes, 'owls')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    here.statements.length = 0
    expect(await coins(here.mine)).toBe(0)
    expect(queriesOf(here)).toEqual([])
  })

  test('a rollback while another fills keeps its fill good', async () => {
    const here = await system(hero('a'))
    const written = gate()
    const goOn = gate()
    const failing = here.theirs.session().transaction(async (tx) => {
      await tx.update(Hero, hero('a', { coins: 5 }))
      written.open()
      await goOn.passed
      throw new Error('no')
    })
    await written.passed
    expect(await coins(here.mine)).toBe(0)
    goOn.open()
    await expect(failing).rejects.toThrow('no')
    const taken = await here.fills.letThrough()
    expect(taken.length > 0 || !here.caches).toBe(true)
    expect(taken).not.toContain(false)
    expect(await coins(here.theirs)).toBe(0)
  })

  test('who waits for a fill that a write revokes gets the new row', async () => {
    const here = await system(hero('a'))
    // It holds the lease, and its fill never comes.
    await here.mine.session().get(Hero, 'a')
    const waiting = coins(here.theirs)
    await here.mine.session().transaction((tx) => tx.update(Hero, hero('a', { coins: 5 })))
    expect(await waiting).toBeOneOf([0, 5])
    expect(await coins(here.theirs)).toBe(5)
  })

  test('who holds a lease and dies holds nobody up for long, and is followed by another', async () => {
    const here = await system(hero('a'))
    await here.mine.session().get(Hero, 'a')
    expect(await coins(here.theirs)).toBe(0)
    await vi.waitFor(async () => {
      expect(await coins(here.theirs)).toBe(0)
      expect(here.theirs.counters.of('hero').hits > 0 || !here.caches).toBe(true)
    }, 10_000)
  })

  test('a list is dropped by who changes it, its members are seen as they are', async () => {
    const here = await system(hero('a'), hero('b'))
    await here.mine.session().list(GuildHeroes, 'owls')
    await here.fills.letThrough()
    await here.theirs.session().transaction(async (tx) => {
      await tx.insert(Hero, hero('c'))
      await tx.update(Hero, hero('a', { coins: 4 }))
      tx.invalidateList(GuildHeroes, 'owls')
    })
    const rows = await here.mine.session().list(GuildHeroes, 'owls')
    expect(rows).toEqual([hero('a', { coins: 4, version: 2 }), hero('b'), hero('c')])
  })

  test('an action sent to both at once is applied once, and answers the same', async () => {
    const here = await system(hero('a'))
    const act = (store: Store<Tables>) =>
      store.session().transaction((tx) =>
        tx.once('k1', 'a', async () => {
          const row = await tx.get(Hero, 'a')
          return (await tx.update(Hero, { ...(row ?? hero('a')), coins: (row?.coins ?? 0) + 1 })).coins
        }),
      )
    const sent = await Promise.all([here.mine, here.theirs, here.mine, here.theirs].map(act))
    expect(sent.map(({ answer }) => answer)).toEqual([1, 1, 1, 1])
    expect(sent.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await coins(here.mine)).toBe(1)
  })

  test('forty writers at once on four rows: each write counts', async () => {
    const ids = ['a', 'b', 'c', 'd']
    const here = await system(...ids.map((id) => hero(id)))
    await warm(here, ...ids)
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => earn((n % 2 ? here.mine : here.theirs).session(), ids[n % 4], 30)),
    )
    await here.fills.letThrough()
    for (const store of [here.mine, here.theirs])
      expect((await store.session().getMany(Hero, ids)).map((row) => row?.coins)).toEqual([10, 10, 10, 10])
  })
})
