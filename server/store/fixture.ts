import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import type { Database } from './database.ts'
import type { DialectName } from './engine.ts'
import { Hero, heroMigrations, type HeroRow, type Tables } from './hero.ts'
import { migrate } from './migrate.ts'
import { scratchDatabase } from './scratch.ts'
import { createStore, type Store } from './store.ts'

// What this room's tests stand on: a real database, and a cache whose fills can be held back.

export { GuildHeroes, Hero, hero, heroMigrations, type HeroRow, type Tables } from './hero.ts'

/** An open store on a database of its own, with what went to the database. */
export interface Fixture {
  /** By which another process finds the database. */
  url: string
  database: Database<Tables>
  cache: Cache
  store: Store<Tables>
  /** SQL run since the last `splice`. */
  statements: string[]
  reported: unknown[]
  /** Another store on the same database and cache: another process, as far as the cache knows. */
  another(): Store<Tables>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens a fixture holding `heroes`. */
export async function open(
  heroes: HeroRow[] = [],
  cache: Cache = createLocalCache(),
  dialect: DialectName = 'sqlite',
): Promise<Fixture> {
  const statements: string[] = []
  const reported: unknown[] = []
  const scratch = await scratchDatabase<Tables>(dialect, { onStatement: (sql) => void statements.push(sql) })
  const { database, url } = scratch
  const another = () => createStore({ database, cache, report: (error) => void reported.push(error) })
  const store = another()
  await migrate(database, heroMigrations)
  await store.session().transaction(async (tx) => {
    for (const one of heroes) await tx.insert(Hero, one)
  })
  statements.length = 0
  return {
    url,
    database,
    cache,
    store,
    statements,
    reported,
    another,
    async [Symbol.asyncDispose]() {
      await scratch[Symbol.asyncDispose]()
    },
  }
}

/** A cache whose fills wait until they are let through. */
export function withHeldFills(cache: Cache): Cache & { letThrough(): Promise<boolean[]> } {
  const held: (() => Promise<boolean>)[] = []
  return {
    ...cache,
    fill: (...fill) =>
      new Promise((resolve) => {
        held.push(async () => {
          const taken = await cache.fill(...fill)
          resolve(taken)
          return taken
        })
      }),
    /** Lets through what is held, in order; says which fills were taken. */
    letThrough: () => Promise.all(held.splice(0).map((fill) => fill())),
  }
}

/** A cache of which one look, the next after `hold`, is answered when the test says so: by then it is as it was. */
export function withHeldLook(cache: Cache): Cache & { hold(): { looked: Promise<void>; goOn: () => void } } {
  let held: { looked: ReturnType<typeof gate>; goOn: ReturnType<typeof gate> } | undefined
  return {
    ...cache,
    async get(...get) {
      const answers = await cache.get(...get)
      const mine = held
      held = undefined
      mine?.looked.open()
      await mine?.goOn.passed
      return answers
    },
    hold() {
      const here = { looked: gate(), goOn: gate() }
      held = here
      return { looked: here.looked.passed, goOn: here.goOn.open }
    },
  }
}

/** A promise to be resolved from outside, to stop a function at a known point. */
export function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}
