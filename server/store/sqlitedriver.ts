import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSelect } from './engine.ts'
import { Mutex } from './mutex.ts'
import type { ScopeTransaction, Scopes } from './scope.ts'

export interface SqliteConfig {
  /** Takes all writes and everything inside transactions. Its own busy timeout is 0: the driver does the waiting. */
  writer: DatabaseSync
  /** Takes the selects outside transactions, so that they never see what is not committed. */
  reader: DatabaseSync
  scopes: Scopes
}

/** Prepared statements kept for each connection; the least recently used goes first. */
const MOST_STATEMENTS = 500

/** How long a statement waits for another process's lock, in milliseconds. */
export const BUSY_TIMEOUT = 5000

/** https://sqlite.org/rescode.html; the bits above the lowest eight tell its kinds. */
const SQLITE_BUSY = 5

/** Whether an error says that another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && ((error.errcode as number) & 0xff) === SQLITE_BUSY
}

/** Kysely's dialect for `node:sqlite`: one connection that writes and one that reads, over a file in WAL mode. */
export function createSqliteDialect(config: SqliteConfig): Dialect {
  return {
    createDriver: () => new SqliteDriver(config),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new ConcurrentSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/** Kysely's own lets one caller at a time onto the database, a read after a whole transaction: queueing is this driver's work. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #config: SqliteConfig
  readonly #mutex = new Mutex()
  readonly #writer: Statements
  readonly #reader: Statements

  constructor(config: SqliteConfig) {
    this.#config = config
    this.#writer = new Statements(config.writer, config.scopes)
    this.#reader = new Statements(config.reader, config.scopes)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    return new Connection(this.#config.scopes, this.#mutex, this.#writer, this.#reader)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).end('COMMIT')
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as Connection).end('ROLLBACK')
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    // A transaction under way is let finish.
    ;(await this.#mutex.lock())()
  }
}

/** What Kysely calls a connection: one caller's way to the two real ones. */
class Connection implements DatabaseConnection {
  readonly #scopes: Scopes
  readonly #mutex: Mutex
  readonly #writer: Statements
  readonly #reader: Statements
  #unlock: (() => void) | null = null
  #transaction: ScopeTransaction | undefined

  constructor(scopes: Scopes, mutex: Mutex, writer: Statements, reader: Statements) {
    this.#scopes = scopes
    this.#mutex = mutex
    this.#writer = writer
    this.#reader = reader
  }

  async begin(): Promise<void> {
    const unlock = await this.#lock()
    try {
      await patiently(() => this.#writer.control('BEGIN IMMEDIATE'))
    } catch (error) {
      unlock()
      throw error
    }
    this.#unlock = unlock
    this.#transaction = this.#scopes.begun()
  }

  end(how: 'COMMIT' | 'ROLLBACK'): void {
    // A failed COMMIT (a full disk) may have rolled back already; Kysely then asks for ROLLBACK, which must not hide the reason.
    if (!this.#unlock) return
    if (how === 'COMMIT') this.#writer.control(how)
    try {
      if (how === 'ROLLBACK' && this.#writer.isTransaction) this.#writer.control(how)
    } finally {
      if (this.#transaction) this.#transaction.open = false
      this.#unlock()
      this.#unlock = null
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters as SQLInputValue[]
    if (this.#unlock) return this.#writer.run(query.sql, parameters) as QueryResult<R>
    if (isSelect(query)) return this.#reader.run(query.sql, parameters) as QueryResult<R>
    const unlock = await this.#lock()
    try {
      return (await patiently(() => this.#writer.run(query.sql, parameters))) as QueryResult<R>
    } finally {
      unlock()
    }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  async #lock(): Promise<() => void> {
    this.#scopes.refuseInside()
    const unlock = await this.#scopes.waiting(() => this.#mutex.lock())
    try {
      // Left open by a ROLLBACK that failed: nobody else's statements may become part of it.
      if (this.#writer.isTransaction) this.#writer.control('ROLLBACK')
    } catch (error) {
      unlock()
      throw error
    }
    return unlock
  }
}

/** Repeats `work` while another process holds the lock, sleeping in between so that the event loop goes on. */
async function patiently<T>(work: () => T): Promise<T> {
  const deadline = Date.now() + BUSY_TIMEOUT
  for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error
    }
    await sleep(pause * (0.5 + Math.random()))
  }
}

interface Prepared {
  statement: StatementSync
  givesRows: boolean
}

/** One real connection with its prepared statements. */
class Statements {
  readonly #connection: DatabaseSync
  readonly #scopes: Scopes
  readonly #prepared = new Map<string, Prepared>()

  constructor(connection: DatabaseSync, scopes: Scopes) {
    this.#connection = connection
    this.#scopes = scopes
  }

  get isTransaction(): boolean {
    return this.#connection.isTransaction
  }

  run(sql: string, parameters: SQLInputValue[]): QueryResult<unknown> {
    return this.#scopes.statement(sql, () => this.#execute(sql, parameters))
  }

  /** For what begins and ends transactions. */
  control(sql: string): void {
    this.#scopes.control(sql, () => this.#execute(sql, []))
  }

  #execute(sql: string, parameters: SQLInputValue[]): QueryResult<unknown> {
    const { statement, givesRows } = this.#prepare(sql)
    if (givesRows) return { rows: statement.all(...parameters) }
    const { changes, lastInsertRowid } = statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#prepared.get(sql)
    if (prepared) {
      this.#prepared.delete(sql)
    } else {
      const statement = this.#connection.prepare(sql)
      prepared = { statement, givesRows: statement.columns().length > 0 }
      for (const oldest of this.#prepared.keys()) {
        if (this.#prepared.size < MOST_STATEMENTS) break
        this.#prepared.delete(oldest)
      }
    }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}
