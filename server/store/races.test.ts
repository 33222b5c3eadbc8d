import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import { ROW_TTL } from './entities.ts'
import { Hero, hero, open } from './fixture.ts'
import { createStore } from './store.ts'

const ids = ['a', 'b']
/** Seconds that a lease lasts. */
const LEASE = 10

/** What somebody does to a hero, in an order that the property chooses. */
const step = fc.record({
  kind: fc.constantFrom('earn', 'earn', 'read', 'read', 'evict', 'replace'),
  id: fc.constantFrom(...ids),
  /** Which of two processes, as far as the cache knows. */
  where: fc.nat(1),
})

/** Every answer of the cache comes when the scheduler says so, before or after others asked for at the same time. */
function scheduled(cache: Cache, scheduler: fc.Scheduler): Cache {
  return {
    ...cache,
    async get(...get) {
      await scheduler.schedule(Promise.resolve(), 'ask')
      const answers = await cache.get(...get)
      await scheduler.schedule(Promise.resolve(), 'answer')
      return answers
    },
    async fill(...fill) {
      await scheduler.schedule(Promise.resolve(), 'fill')
      return cache.fill(...fill)
    },
    async delete(...gone) {
      await scheduler.schedule(Promise.resolve(), 'delete')
      return cache.delete(...gone)
    },
  }
}

test('in any interleaving of readers, writers and evictions no update is lost and no finished write is unseen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 2, maxLength: 12 }), async (scheduler, steps) => {
      const local = createLocalCache()
      let cache: Cache = local
      const switched: Cache = {
        name: 'switched',
        get: (...get) => cache.get(...get),
        fill: (...fill) => cache.fill(...fill),
        release: (...given) => cache.release(...given),
        set: (...set) => cache.set(...set),
        delete: (...gone) => cache.delete(...gone),
        close: () => cache.close(),
      }
      await using fixture = await open(
        ids.map((id) => hero(id)),
        switched,
      )
      const stores = [fixture.store, fixture.another()]
      cache = scheduled(local, scheduler)
      // The version of each hero as of the writes that have been answered.
      const finished = new Map(ids.map((id) => [id, 1]))
      const unseen: unknown[] = []
      const earned = new Map(ids.map((id) => [id, 0]))

      async function run({ kind, id, where }: (typeof steps)[number]): Promise<void> {
        const session = (stores[where] ?? fixture.store).session()
        const atLeast = finished.get(id) ?? 0
        if (kind === 'evict') return local.delete([Hero.key(id)])
        if (kind === 'read') {
          const version = (await session.get(Hero, id))?.version ?? 0
          if (version < atLeast) unseen.push({ id, version, atLeast })
          return
        }
        // `replace` hands in what the session reads before the transaction, `earn` what the transaction reads.
        if (kind === 'replace') await session.get(Hero, id)
        const written = await session.transaction(
          async (tx) => {
            const row = await tx.get(Hero, id)
            return tx.update(Hero, { ...(row ?? hero(id)), coins: (row?.coins ?? 0) + 1 })
          },
          { retries: 20 },
        )
        earned.set(id, (earned.get(id) ?? 0) + 1)
        finished.set(id, Math.max(finished.get(id) ?? 0, written.version))
      }

      await scheduler.waitFor(
        (async () => {
          // In waves, so that there are finished writes for later readers to see.
          for (let start = 0; start < steps.length; start += 4)
            await Promise.all(steps.slice(start, start + 4).map(run))
        })(),
      )
      await scheduler.waitIdle()
      cache = local
      expect(unseen).toEqual([])
      for (const id of ids) {
        const coins = earned.get(id)
        expect(await fixture.store.session().get(Hero, id)).toMatchObject({ coins, version: (coins ?? 0) + 1 })
        const stored = await fixture.database.kysely.selectFrom('hero').select('coins').where('id', '=', id).execute()
        expect(stored).toEqual([{ coins }])
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

/** What a value is behind at the most where the writer died before it told the cache: its time there, and that of a fill under way. */
const BOUND = ROW_TTL + LEASE

/** What happens in a world in which things fail: one after the other, each begun before the last has ended. */
const event = fc.record({
  kind: fc.constantFrom('earn', 'earn', 'read', 'read', 'read', 'insert', 'evict', 'die', 'lose', 'find', 'pass'),
  id: fc.constantFrom(...ids, 'late'),
  where: fc.nat(1),
  seconds: fc.integer({ min: 1, max: 40 }),
})

/** A process's way to the cache, which can be lost: then it answers nothing, and what it was to delete it owes. As `server.ts` has it. */
function losable(cache: Cache): Cache & { lost: boolean; find(): Promise<void>; owes(key: string): boolean } {
  const owed = new Set<string>()
  return {
    name: 'losable',
    lost: false,
    async get(keys, options) {
      return this.lost ? keys.map(() => ({ kind: 'none' as const })) : cache.get(keys, options)
    },
    async fill(...fill) {
      return !this.lost && (await cache.fill(...fill))
    },
    async release(...given) {
      if (!this.lost) await cache.release(...given)
    },
    set: (...set) => cache.set(...set),
    async delete(keys) {
      if (this.lost) for (const key of keys) owed.add(key)
      else await cache.delete(keys)
    },
    close: () => cache.close(),
    async find() {
      await cache.delete([...owed])
      owed.clear()
      this.lost = false
    },
    owes: (key) => owed.has(key),
  }
}

test('with processes that die and caches that are lost no update is lost, and nothing is read that is older than the bound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(event, { minLength: 4, maxLength: 24 }), async (scheduler, events) => {
      let now = 1_000_000
      const local = createLocalCache({ clock: () => now, leaseSeconds: LEASE })
      let live = false
      const timed = scheduled(local, scheduler)
      const routed: Cache = {
        name: 'routed',
        get: (...get) => (live ? timed : local).get(...get),
        fill: (...fill) => (live ? timed : local).fill(...fill),
        release: (...given) => (live ? timed : local).release(...given),
        set: (...set) => local.set(...set),
        delete: (...gone) => (live ? timed : local).delete(...gone),
        close: () => local.close(),
      }
      const ways = [losable(routed), losable(routed)]
      await using fixture = await open(
        ids.map((id) => hero(id)),
        routed,
      )
      const stores = ways.map((cache) => createStore({ database: fixture.database, cache }))
      // One whose deletes never arrive: it dies between its commit and them.
      const dying = createStore({ database: fixture.database, cache: { ...routed, delete: async () => {} } })
      live = true
      const earned = new Map(ids.map((id) => [id, 0]))
      /** The versions each hero had, and since when a reader must not be shown an older one. */
      const due = new Map<string, { version: number; from: number }[]>(ids.map((id) => [id, [{ version: 1, from: 0 }]]))
      const wrong: unknown[] = []

      const oldest = (id: string, at: number): number =>
        Math.max(0, ...(due.get(id) ?? []).filter(({ from }) => from <= at).map(({ version }) => version))

      async function write(store: typeof dying, id: string): Promise<number> {
        const { version } = await store.session().transaction(
          async (tx) => {
            const row = await tx.get(Hero, id)
            if (row) return tx.update(Hero, { ...row, coins: row.coins + 1 })
            return tx.insert(Hero, hero(id, { coins: 1 }))
          },
          { retries: 20 },
        )
        earned.set(id, (earned.get(id) ?? 0) + 1)
        return version
      }

      /** Two inserted the same at once, and one came too late. */
      function twice(error: unknown): number {
        if (fixture.database.isDuplicate(error)) return 0
        throw error
      }

      async function happen({ kind, id, where, seconds }: (typeof events)[number]): Promise<void> {
        const way = ways[where] as (typeof ways)[number]
        const store = stores[where] as (typeof stores)[number]
        const told = due.get(id) ?? []
        due.set(id, told)
        switch (kind) {
          case 'pass':
            now += seconds * 1000
            return
          case 'lose':
            way.lost = true
            return
          case 'find':
            return way.find()
          case 'evict':
            return local.delete([Hero.key(id)])
          case 'die':
            if (!(await fixture.database.kysely.selectFrom('hero').select('id').where('id', '=', id).execute()).length)
              return
            told.push({ version: await write(dying, id).catch(twice), from: now + BOUND * 1000 })
            return
          case 'read': {
            const atLeast = oldest(id, now)
            const version = (await store.session().get(Hero, id))?.version ?? 0
            if (version < atLeast) wrong.push({ id, version, atLeast })
            return
          }
          case 'earn':
          case 'insert': {
            const exists = told.length > 0
            if (kind === 'insert' ? exists : !exists) return
            const version = await write(store, id).catch(twice)
            // What it owes is read by the other until it has found its way, or until it expires.
            told.push({ version, from: way.owes(Hero.key(id)) ? now + BOUND * 1000 : now })
          }
        }
      }

      await scheduler.waitFor(
        (async () => {
          for (let start = 0; start < events.length; start += 4)
            await Promise.all(events.slice(start, start + 4).map(happen))
        })(),
      )
      await scheduler.waitIdle()
      live = false
      for (const way of ways) await way.find()
      expect(wrong).toEqual([])
      // And after the bound everybody sees what there is.
      now += BOUND * 1000 + 1
      for (const [id, coins] of earned)
        for (const store of stores) expect((await store.session().get(Hero, id))?.coins ?? 0).toBe(coins)
    }),
    { numRuns: 60 },
  )
}, 120_000)
