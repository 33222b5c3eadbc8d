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

/** A run of {@link once} that failed. What it did must not be committed, and whether `key` had been applied is not known yet. */
export interface FailedOnce {
  owner: string
  key: string
  error: unknown
}

/** Where an answer is kept. */
export interface OncePlace {
  /** The transaction. */
  db: QueryExecutorProvider
  owner: string
  key: string
  /** Look for a kept answer first. Default is to hope that there is none, as there nearly never is: it spares a statement. */
  look: boolean
  /** Takes a run that failed. */
  failed: FailedOnce[]
}

/**
 * Runs `work` and keeps its answer in the transaction of `db`; where `owner` has an answer under `key` already, that is answered instead.
 *
 * Without `look` such an answer is found only when ours is to be kept, by the row that is there, or when `work` fails: then the caller rolls
 * back, asks {@link wasApplied}, and comes again with `look`. A row that another transaction is about to commit is waited for by the INSERT,
 * so of two at once one is applied. Nothing is left to a duplicate's error, after which PostgreSQL takes no more statements.
 *
 * @throws Conflict when an answer is there; what `work` throws.
 */
export async function once<T>({ db, owner, key, look, failed }: OncePlace, work: () => Promise<T>): Promise<Once<T>> {
  const kept = look ? await recall(db, owner, key) : null
  if (kept) return { answer: kept.answer as T, repeated: true }
  try {
    const answer = await work()
    const json = JSON.stringify(answer ?? null)
    const { numAffectedRows } = await sql`INSERT INTO ledger (owner, key, answer, at)
      VALUES (${owner}, ${key}, ${json}, ${Date.now()}) ON CONFLICT (owner, key) DO NOTHING`.execute(db)
    if (numAffectedRows !== 1n) throw new Conflict('ledger', `${owner} ${key}`, 0, 1)
    return { answer, repeated: false }
  } catch (error) {
    failed.push({ owner, key, error })
    throw error
  }
}

/** Whether any of the runs that failed had been applied before. To be asked outside the transaction, which may be of no more use. */
export async function wasApplied(db: QueryExecutorProvider, failed: readonly FailedOnce[]): Promise<boolean> {
  for (const { owner, key } of failed) if (await recall(db, owner, key)) return true
  return false
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
