import { type Kysely, type RawBuilder, sql } from 'kysely'
import { Worker } from 'node:worker_threads'
import type { Database } from './database.ts'

/** Reads beside the game: for statements that look at much, and may take seconds. */
export interface Aside extends AsyncDisposable {
  /** Runs one statement that only reads, after those that were asked for before. */
  rows<Row>(query: RawBuilder<Row>): Promise<Row[]>
}

/** What the thread runs. A text, because a bundle has no second file. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(workerData, { readOnly: true, timeout: 5000 })
parentPort.on('message', ({ sql, parameters }) => {
  try {
    parentPort.postMessage({ rows: database.prepare(sql).all(...parameters) })
  } catch (error) {
    parentPort.postMessage({ failed: error.message })
  }
})
`

type Answer = { rows: unknown[] } | { failed: string }

/**
 * SQLite answers in the thread that asks, and every request would wait for a statement of a second: here it has a thread and a connection of its
 * own, which end when this is disposed of. It costs some 30 ms. PostgreSQL takes its time elsewhere, and is asked as always.
 *
 * @example
 * await using aside = await openAside(database)
 * const [{ players } = { players: 0 }] = await aside.rows(sql<{ players: number }>`SELECT COUNT(*) AS players FROM player`)
 */
export async function openAside<Schema>(database: Database<Schema>): Promise<Aside> {
  const { kysely } = database
  const { ask, end } =
    database.dialect === 'sqlite'
      ? await openThread(kysely)
      : { ask: async <Row>(query: RawBuilder<Row>) => (await query.execute(kysely)).rows, end: async () => {} }
  let last: Promise<unknown> = Promise.resolve()
  return {
    rows(query) {
      const mine = last.then(() => ask(query))
      last = mine.catch(() => {})
      return mine
    },
    [Symbol.asyncDispose]: end,
  }
}

async function openThread<Schema>(kysely: Kysely<Schema>) {
  const found = await sql<{ file: string }>`SELECT file FROM pragma_database_list WHERE name = 'main'`.execute(kysely)
  const thread = new Worker(THREAD, { eval: true, workerData: found.rows[0]?.file })
  thread.unref()
  const gone = new Promise<never>((_resolve, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('the thread that reads beside the game has ended')))
  })
  // Perhaps nobody asks.
  gone.catch(() => {})
  return {
    async ask<Row>(query: RawBuilder<Row>): Promise<Row[]> {
      const { sql, parameters } = query.compile(kysely)
      const answered = new Promise<Answer>((resolve) => thread.once('message', resolve))
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
      thread.postMessage({ sql, parameters })
      const answer = await Promise.race([answered, gone])
      if ('failed' in answer) throw new Error(`${answer.failed}, in ${sql.trim().slice(0, 200)}`)
      return answer.rows as Row[]
    },
    async end() {
      await thread.terminate()
    },
  }
}
