import { Kysely, type Transaction } from 'kysely'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Timing } from './counters.ts'
import { BUSY_TIMEOUT, createSqliteDialect } from './sqlite.ts'
import { Scopes } from './scope.ts'

/** An open database: Kysely for queries, and transactions that queue instead of colliding. */
export interface Database<Schema> {
  /** For single statements, each on its own; inside a transaction use what the transaction hands you. */
  readonly kysely: Kysely<Schema>
  readonly dialect: 'sqlite'
  /**
   * Runs `work` in one write transaction: committed when it resolves, rolled back when it rejects.
   *
   * @throws what `work` throws; or, at once, when called inside another transaction of the same caller, which would wait for itself.
   */
  transaction: <T>(work: (db: Transaction<Schema>) => Promise<T>) => Promise<T>
  /** Counts and times the statements that `work` runs with `timing`. */
  timed<T>(timing: Timing | undefined, work: () => Promise<T>): Promise<T>
  /** Whether an error says that a unique value is already there. */
  isDuplicate: (error: unknown) => boolean
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Called with the SQL of every statement before it runs. */
  onStatement?: (sql: string) => void
}

/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY, https://sqlite.org/rescode.html */
const DUPLICATE = new Set([2067, 1555])

/**
 * Opens the database at `url`: `sqlite:PATH` (relative to the working directory; the folder is made), or `sqlite::memory:` for one that
 * lives until it is closed.
 *
 * @throws in one line: a scheme it does not know, a folder it may not write, a file that is no database.
 */
export function openDatabase<Schema>(url: string, options: DatabaseOptions = {}): Database<Schema> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1]
  if (path === undefined) {
    throw new Error(`DATABASE_URL is ${JSON.stringify(url)}: expected sqlite:PATH, for example sqlite:.data/game.db`)
  }
  // Two connections have to see one database, which SQLite's own :memory: cannot give with WAL: a file that goes when it is closed.
  const folder = path === ':memory:' ? mkdtempSync(join(tmpdir(), 'firstframe-')) : null
  const file = folder ? join(folder, 'memory.db') : resolve(path)
  const { writer, reader } = open(url, file)
  const scopes = new Scopes()
  const kysely = new Kysely<Schema>({ dialect: createSqliteDialect({ writer, reader, scopes, ...options }) })

  return {
    kysely,
    dialect: 'sqlite',
    transaction: (work) => scopes.forTransaction(() => kysely.transaction().execute(work)),
    timed: (timing, work) => scopes.timed(timing, work),
    isDuplicate: (error) => error instanceof Error && 'errcode' in error && DUPLICATE.has(error.errcode as number),
    async close() {
      await kysely.destroy()
      if (reader.isOpen) reader.close()
      if (writer.isOpen) writer.close()
      if (folder) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function open(url: string, file: string): { writer: DatabaseSync; reader: DatabaseSync } {
  const opened: DatabaseSync[] = []
  try {
    mkdirSync(dirname(file), { recursive: true })
    for (const pragmas of ['', 'PRAGMA query_only = ON']) {
      const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT })
      opened.push(connection)
      connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; ${pragmas}`)
    }
    const [writer, reader] = opened
    if (!writer || !reader) throw new Error('unreachable: two connections were opened')
    // The driver waits for the lock itself, without holding up the event loop.
    writer.exec('PRAGMA busy_timeout = 0')
    return { writer, reader }
  } catch (error) {
    for (const connection of opened) connection.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `DATABASE_URL is ${JSON.stringify(url)}: ${file} cannot be opened (${reason}); expected an SQLite file, or a new one in a folder this user may write`,
      { cause: error },
    )
  }
}
