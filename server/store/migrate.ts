import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { DialectName } from './engine.ts'
import type { AnySchema } from './entities.ts'

/** One step of the database's shape. */
export interface Migration {
  /**
   * Runs once, in a transaction with the note that it ran.
   *
   * @param dialect for what the databases call by different names: see `columns.ts`.
   */
  up(db: Kysely<AnySchema>, dialect: DialectName): Promise<void>
}

/**
 * Brings the database up to date: runs, in the order of their names, those migrations that the table `migration` does not list. Several processes may
 * do so at once: one runs them, the others wait for it.
 *
 * @returns the names that ran.
 * @throws in one line when the database does not answer; when it lists a migration that is not here: it belongs to a newer release, and running
 *   this one on it could lose data.
 */
export async function migrate<Schema>(
  database: Database<Schema>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<string[]> {
  await database.ready()
  const done = await database.exclusive(async (db) => {
    await sql`CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`.execute(db)
    const { rows } = await sql<{ name: string }>`SELECT name FROM migration ORDER BY name`.execute(db)
    return new Set(rows.map(({ name }) => name))
  })
  const unknown = [...done].find((name) => !(name in migrations))
  if (unknown !== undefined) {
    throw new Error(
      `the database has migration ${JSON.stringify(unknown)}, which this release does not know: run the release that made it, or restore a backup from before`,
    )
  }
  const ran: string[] = []
  for (const [name, migration] of Object.entries(migrations).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!done.has(name) && (await runOnce(database, name, migration))) ran.push(name)
  return ran
}

/** Looks again inside the transaction: another process may have run it since. */
function runOnce<Schema>(database: Database<Schema>, name: string, migration: Migration): Promise<boolean> {
  return database.exclusive(async (db) => {
    const { rows } = await sql`SELECT name FROM migration WHERE name = ${name}`.execute(db)
    if (rows.length > 0) return false
    await migration.up(db as unknown as Kysely<AnySchema>, database.dialect)
    await sql`INSERT INTO migration (name, at) VALUES (${name}, ${Date.now()})`.execute(db)
    return true
  })
}
