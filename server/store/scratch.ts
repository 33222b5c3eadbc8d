import { sql } from 'kysely'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { service } from '../services.ts'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import type { DialectName } from './engine.ts'

/** The kinds of database that tests can run on here: SQLite always, PostgreSQL where there is one. `describe.each(DIALECTS)('on %s', …)` */
export const DIALECTS: readonly DialectName[] = service('postgres') ? ['sqlite', 'postgres'] : ['sqlite']

/** An empty database for one test: `await using scratch = await scratchDatabase(dialect)`. Disposing closes and removes it. */
export interface Scratch<Schema> extends AsyncDisposable {
  readonly database: Database<Schema>
  /** By which other connections, and other processes, find the same. */
  readonly url: string
  /** Opens it once more, as another process does; the test closes it. */
  again(options?: DatabaseOptions): Database<Schema>
}

export async function scratchDatabase<Schema>(
  dialect: DialectName,
  options?: DatabaseOptions,
): Promise<Scratch<Schema>> {
  return dialect === 'sqlite' ? scratchFile(options) : await scratchSchema(options)
}

function scratchFile<Schema>(options?: DatabaseOptions): Scratch<Schema> {
  const folder = mkdtempSync(join(tmpdir(), 'store-test-'))
  const url = `sqlite:${join(folder, 'test.db')}`
  const database = openDatabase<Schema>(url, options)
  return {
    database,
    url,
    again: (options) => openDatabase(url, options),
    async [Symbol.asyncDispose]() {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A schema of its own: made and dropped in milliseconds, where a database takes a tenth of a second. */
async function scratchSchema<Schema>(options?: DatabaseOptions): Promise<Scratch<Schema>> {
  const postgres = service('postgres')
  if (!postgres) throw new Error('there is no PostgreSQL here: go by DIALECTS')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = new URL(postgres.url)
  url.searchParams.set('options', `-c search_path=${name}`)
  const database = openDatabase<Schema>(url.href, options)
  await sql`CREATE SCHEMA ${sql.id(name)}`.execute(database.kysely)
  return {
    database,
    url: url.href,
    again: (options) => openDatabase(url.href, options),
    async [Symbol.asyncDispose]() {
      await sql`DROP SCHEMA ${sql.id(name)} CASCADE`.execute(database.kysely)
      await database.close()
    },
  }
}
