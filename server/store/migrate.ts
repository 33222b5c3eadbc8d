import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'
import type { AnySchema } from './entities.ts'

/** One step of the database's shape. */
export interface Migration {
  /** Runs once, in a transaction with the note that it ran. */
  up(db: Kysely<AnySchema>): Promise<void>
}

/**
 * Brings the database up to date: runs, in the order of their names, those migrations that the table `migration` does not list.
 *
 * @returns the names that ran.
 * @throws when the database lists one that is not here: it belongs to a newer release, and running this one on it could lose data.
 */
export async function migrate<Schema>(
  database: Database<Schema>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<string[]> {
  const { kysely } = database
  await sql`CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`.execute(kysely)
  const { rows } = await sql<{ name: string }>`SELECT name FROM migration ORDER BY name`.execute(kysely)
  const unknown = rows.find(({ name }) => !(name in migrations))
  if (unknown) {
    throw new Error(
      `the database has migration ${JSON.stringify(unknown.name)}, which this release does not know: run the release that made it, or restore a backup from before`,
    )
  }
  const ran: string[] = []
  for (const name of Object.keys(migrations).sort()) {
    if (await runOnce(database, name, migrations[name])) ran.push(name)
  }
  return ran
}

/** Looks again inside the transaction: two processes may start at once. */
function runOnce<Schema>(database: Database<Schema>, name: string, migration: Migration | undefined): Promise<boolean> {
  return database.transaction(async (db) => {
    const { rows } = await sql`SELECT name FROM migration WHERE name = ${name}`.execute(db)
    if (rows.length > 0 || !migration) return false
    await migration.up(db as unknown as Kysely<AnySchema>)
    await sql`INSERT INTO migration (name, at) VALUES (${name}, ${Date.now()})`.execute(db)
    return true
  })
}
