import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import { Hero, hero, open } from './fixture.ts'

const ids = ['a', 'b']

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
