import { type QueryExecutorProvider, sql } from 'kysely'
import { Conflict } from './conflict.ts'
import type { Database } from './database.ts'
import type { Migration } from './migrate.ts'

/** The tables that the store keeps for itself; give them to `migrate` together with your own. */
export const storeMigrations: Readonly<Record<string, Migration>> = {
  '0000-store-ledger': {
    async up(db) {
      await db.schema
        .createTable('ledger')
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('answer', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('ledger_key', ['owner', 'key'])
        .execute()
      await db.schema.createIndex('ledger_at').on('ledger').column('at').execute()
    },
  },
}

/** The answer kept for `owner` and `key`, or null. */
export async function recall(
  db: QueryExecutorProvider,
  owner: string,
  key: string,
): Promise<{ answer: unknown } | null> {
  const { rows } = await sql<{
    answer: string
  }>`SELECT answer FROM ledger WHERE owner = ${owner} AND key = ${key}`.execute(db)
  return rows[0] ? { answer: JSON.parse(rows[0].answer) as unknown } : null
}

/** What {@link once} did: the answer of this run, or of the run before it. */
export interface Once<T> {
  answer: T
  repeated: boolean
}

/** Where an answer is kept. */
export interface OncePlace {
  /** The transaction. */
  db: QueryExecutorProvider
  database: Pick<Database<unknown>, 'isDuplicate'>
  owner: string
  key: string
}

/**
 * Runs `work` unless `owner` has an answer under `key`, and keeps its answer in the transaction of `db`.
 *
 * @throws Conflict when another transaction kept one meanwhile: run again, this one then finds it.
 */
export async function once<T>({ db, database, owner, key }: OncePlace, work: () => Promise<T>): Promise<Once<T>> {
  const kept = await recall(db, owner, key)
  if (kept) return { answer: kept.answer as T, repeated: true }
  const answer = await work()
  try {
    const json = JSON.stringify(answer ?? null)
    await sql`INSERT INTO ledger (owner, key, answer, at) VALUES (${owner}, ${key}, ${json}, ${Date.now()})`.execute(db)
  } catch (error) {
    throw database.isDuplicate(error) ? new Conflict('ledger', `${owner} ${key}`, 0, 1) : error
  }
  return { answer, repeated: false }
}

/**
 * Deletes answers kept before `before` (milliseconds since the epoch), the oldest first and at most `limit` (default 1,000), so that it never
 * holds the write lock for long. A key sent again after that runs again.
 *
 * @returns how many went; call it again while that is `limit`.
 */
export async function pruneLedger<Schema>(database: Database<Schema>, before: number, limit = 1000): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM ledger WHERE (owner, key) IN
    (SELECT owner, key FROM ledger WHERE at < ${before} ORDER BY at LIMIT ${limit})`.execute(database.kysely)
  return Number(numAffectedRows)
}
