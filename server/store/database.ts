import { Kysely, sql, type Transaction } from 'kysely'
import type { Timing } from './counters.ts'
import type { DialectName, PoolReport } from './engine.ts'
import { openPostgres } from './postgres.ts'
import { Scopes } from './scope.ts'
import { openSqlite } from './sqlite.ts'
import { DATABASE_URL_EXPECTED, maskPasswords, parseDatabaseUrl } from './url.ts'

/** An open database: Kysely for queries, and transactions that wait for each other instead of colliding. */
export interface Database<Schema> {
  /** For single statements, each on its own; inside a transaction use what the transaction hands you. */
  readonly kysely: Kysely<Schema>
  readonly dialect: DialectName
  /**
   * Runs `work` in one write transaction: committed when it resolves, rolled back when it rejects.
   *
   * @throws what `work` throws; what the database says to COMMIT, after which nobody knows whether it was committed if the connection broke;
   *   or, at once, when called inside another transaction of the same caller, which would wait for itself.
   */
  transaction: <T>(work: (db: Transaction<Schema>) => Promise<T>) => Promise<T>
  /** Like {@link transaction}, one at a time in all processes and as long as it takes: for changes of the tables themselves. */
  exclusive: <T>(work: (db: Transaction<Schema>) => Promise<T>) => Promise<T>
  /** Counts (`statements`, `transactions`) and times (`database`) what `work` runs with `timing`. */
  timed<T>(timing: Timing | undefined, work: () => Promise<T>): Promise<T>
  /** Whether an error says that a unique value is already there. */
  isDuplicate: (error: unknown) => boolean
  /**
   * Whether an error says only that others were in the way (a deadlock, a lock not had in time): nothing of the transaction stays, and the whole
   * of it can be run again.
   */
  isContended: (error: unknown) => boolean
  /** Whether an error says that the database cannot work at the moment: out of reach, its disk full, or others in the way for too long. */
  isUnavailable: (error: unknown) => boolean
  /**
   * Asks whether the database answers.
   *
   * @throws in one line: what arrived (without passwords), what is wrong (nobody there, wrong password, no such database), and the way out.
   */
  ready(): Promise<void>
  /** How its pools of connections stand; SQLite has none. */
  pools: () => readonly PoolReport[]
  /** Lets transactions under way end. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Called with the SQL of every statement before it runs. */
  onStatement?: (sql: string) => void
}

/**
 * Opens the database at `url`.
 *
 * - `sqlite:PATH`, relative to the working directory; the folder is made. `sqlite::memory:` is one that lives until it is closed.
 * - `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, connected to when it is first used or at {@link Database.ready}; see `postgres.ts` for what its
 *   query may say.
 *
 * @throws in one line: a URL of another kind, a folder it may not write, a file that is no database.
 */
export function openDatabase<Schema>(url: string, options: DatabaseOptions = {}): Database<Schema> {
  const place = parseDatabaseUrl(url)
  const named = `DATABASE_URL is ${JSON.stringify(maskPasswords(url))}`
  if (place === null) throw new Error(`${named}: expected ${DATABASE_URL_EXPECTED}`)
  const scopes = new Scopes(options.onStatement)
  const engine =
    place.dialect === 'sqlite' ? openSqlite(named, place.path, scopes) : openPostgres(named, place.url, scopes)
  const kysely = new Kysely<Schema>({ dialect: engine.kysely })

  return {
    kysely,
    dialect: place.dialect,
    transaction: (work) => scopes.forTransaction(false, () => kysely.transaction().execute(work)),
    exclusive: (work) => scopes.forTransaction(true, () => kysely.transaction().execute(work)),
    timed: (timing, work) => scopes.timed(timing, work),
    isDuplicate: engine.isDuplicate,
    isContended: engine.isContended,
    isUnavailable: (error) => engine.isContended(error) || engine.isUnavailable(error),
    pools: () => engine.pools(),
    async ready() {
      try {
        await sql`SELECT 1`.execute(kysely)
      } catch (error) {
        throw engine.explain(error)
      }
    },
    async close() {
      await kysely.destroy()
      engine.close()
    },
  }
}
