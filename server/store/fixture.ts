import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import { createLocalCache } from '../cache/local.ts'
import { type Database, openDatabase } from './database.ts'
import { defineEntity } from './entities.ts'
import { storeMigrations } from './ledger.ts'
import { defineList } from './lists.ts'
import { migrate, type Migration } from './migrate.ts'
import { createStore, type Store } from './store.ts'

// What this room's tests stand on: a real file, two tables' worth of vocabulary, and a cache whose fills can be held back.

/** The fixture's schema. */
export interface Tables {
  hero: { id: string; version: number; guild: string; coins: number; bag_json: string }
  ledger: { owner: string; key: string; answer: string; at: number }
}

/** The fixture's row. */
export interface HeroRow {
  id: string
  version: number
  guild: string
  coins: number
  bag: Record<string, number>
}

export const Hero = defineEntity<HeroRow, Tables>({
  name: 'hero',
  table: 'hero',
  schema: 1,
  json: ['bag'],
  columns: { id: 'id', version: 'version', guild: 'guild', coins: 'coins', bag: 'bag_json' },
})

export const GuildHeroes = defineList<HeroRow, Tables>({
  name: 'guild-heroes',
  of: Hero,
  schema: 1,
  limit: 3,
  async ids(db, guild, limit) {
    const rows = await db
      .selectFrom('hero')
      .select('id')
      .where('guild', '=', guild)
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(({ id }) => id)
  },
})

export const heroMigrations: Record<string, Migration> = {
  ...storeMigrations,
  '0001-hero': {
    async up(db) {
      await db.schema
        .createTable('hero')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('guild', 'text', (column) => column.notNull())
        .addColumn('coins', 'integer', (column) => column.notNull())
        .addColumn('bag_json', 'text', (column) => column.notNull())
        .execute()
    },
  },
}

export function hero(id: string, more: Partial<HeroRow> = {}): HeroRow {
  return { id, version: 1, guild: 'owls', coins: 0, bag: {}, ...more }
}

/** An open store on a file of its own, with what went to the database. */
export interface Fixture {
  file: string
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
export async function open(heroes: HeroRow[] = [], cache: Cache = createLocalCache()): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'store-test-'))
  const file = join(folder, 'test.db')
  const statements: string[] = []
  const reported: unknown[] = []
  const database = openDatabase<Tables>(`sqlite:${file}`, { onStatement: (sql) => void statements.push(sql) })
  const another = () => createStore({ database, cache, report: (error) => void reported.push(error) })
  const store = another()
  await migrate(database, heroMigrations)
  await store.session().transaction(async (tx) => {
    for (const one of heroes) await tx.insert(Hero, one)
  })
  statements.length = 0
  return {
    file,
    database,
    cache,
    store,
    statements,
    reported,
    another,
    async [Symbol.asyncDispose]() {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A cache whose fills wait until they are let through. */
export function withHeldFills(cache: Cache): Cache & { release(): Promise<boolean[]> } {
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
    release: () => Promise.all(held.splice(0).map((fill) => fill())),
  }
}

/** A promise to be resolved from outside, to stop a function at a known point. */
export function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}
