import { bytewiseText } from './columns.ts'
import { defineEntity } from './entities.ts'
import { storeMigrations } from './ledger.ts'
import { defineList } from './lists.ts'
import type { Migration } from './migrate.ts'

// The vocabulary of this room's tests, without Vitest: other processes that a test starts use it too.

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
    async up(db, dialect) {
      await db.schema
        .createTable('hero')
        .addColumn('id', bytewiseText(dialect), (column) => column.primaryKey())
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
