import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient, QueryConfig, QueryResult as PgResult } from 'pg'
import { isSelect } from './engine.ts'
import { isLost, isTooLate } from './postgreserrors.ts'
import type { Scopes, ScopeTransaction } from './scope.ts'

export interface Pools {
  /** For transactions and single writes. */
  writes: Pool
  /** For selects outside transactions, read-only. Its own, or transactions that all read beside themselves could wait for each other's connections. */
  reads: Pool
  /** Connections that have been asked before. */
  used: WeakSet<PoolClient>
  /** Errors that said that the server is gone. */
  lost: WeakSet<object>
  /** Milliseconds after which an answer is no longer waited for; undefined waits for ever. */
  timeout: number | undefined
}

/**
 * Different statements that each connection keeps prepared; those beyond go unprepared. Measured on a read by key: prepared costs this process 7 to
 * 25 % less CPU, the server 55 to 65 % less, and takes 30 to 45 % less time. The server holds them until the connection closes, so none is replaced.
 */
const MOST_PREPARED = 500
/** Characters; longer ones are bulk writes, each of its own length. */
const LONGEST_PREPARED = 4_000

/**
 * Begins a transaction without limits of time that one process at a time is in. The lock is of the database and the schema; waiting for a table
 * that others use keeps its limit, since everybody queues behind who waits for one.
 */
const BEGIN_EXCLUSIVE = `BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SELECT pg_advisory_xact_lock(hashtextextended(concat('firstframe ', current_schema()), 0));
SET LOCAL lock_timeout TO DEFAULT`

/** Kysely's dialect for PostgreSQL by node-postgres, with the manners of the one for SQLite: see `sqlitedriver.ts`. */
export function createPostgresDialect(open: () => Promise<Pools>, scopes: Scopes): Dialect {
  return {
    createDriver: () => new PostgresDriver(open, scopes),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

class PostgresDriver implements Driver {
  readonly #open: () => Promise<Pools>
  readonly #scopes: Scopes
  readonly #names = new StatementNames()
  #pools: Pools | null = null

  constructor(open: () => Promise<Pools>, scopes: Scopes) {
    this.#open = open
    this.#scopes = scopes
  }

  async init(): Promise<void> {
    this.#pools = await this.#open()
  }

  async acquireConnection(): Promise<Connection> {
    if (!this.#pools) throw new Error('unreachable: Kysely initialises a driver before it asks for connections')
    return new Connection(this.#pools, this.#names, this.#scopes)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as Connection).rollback()
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    // Each waits for the connections that are in use.
    await Promise.all([this.#pools?.reads.end(), this.#pools?.writes.end()])
  }
}

interface Query extends QueryConfig {
  /** Read by pg, missing from its types: milliseconds until it gives up waiting. */
  query_timeout?: number | undefined
}

/** What Kysely calls a connection: one caller's way to a real one, had when there is something to say. */
class Connection implements DatabaseConnection {
  readonly #pools: Pools
  readonly #names: StatementNames
  readonly #scopes: Scopes
  /** The real one, while a transaction is open. */
  #client: PoolClient | null = null
  #transaction: ScopeTransaction | undefined
  #exclusive = false
  /** Why the connection is of no more use. The server may say so while nobody asks: that the transaction was idle for too long. */
  #broken: unknown
  readonly #breaks = (error: unknown): void => {
    this.#broken ??= this.#gone(error)
  }

  constructor(pools: Pools, names: StatementNames, scopes: Scopes) {
    this.#pools = pools
    this.#names = names
    this.#scopes = scopes
  }

  async begin(): Promise<void> {
    this.#exclusive = this.#scopes.current()?.transaction?.exclusive === true
    const query = this.#limited({ text: this.#exclusive ? BEGIN_EXCLUSIVE : 'BEGIN' })
    const { client } = await this.#scopes.control('BEGIN', () => this.#connected('begin', query))
    this.#client = client.on('error', this.#breaks)
    this.#transaction = this.#scopes.begun()
  }

  /** @throws what the server says, or that the connection broke: then nobody knows whether it was committed. */
  async commit(): Promise<void> {
    const { command } = await this.#scopes.control('COMMIT', () => this.#ask({ text: 'COMMIT' }))
    this.#end()
    if (command === 'ROLLBACK')
      throw new Error(
        'the transaction was rolled back: one of its statements had failed, after which PostgreSQL commits nothing; let such an error pass',
      )
  }

  /** Never fails: a connection on which it did not work is closed, which rolls back as well. */
  async rollback(): Promise<void> {
    if (!this.#client) return
    try {
      if (this.#broken === undefined) await this.#scopes.control('ROLLBACK', () => this.#ask({ text: 'ROLLBACK' }))
    } catch {
    } finally {
      this.#end()
    }
  }

  #end(): void {
    if (this.#transaction) this.#transaction.open = false
    // Back to the others only when the server has said that no transaction is open.
    this.#client?.off('error', this.#breaks)
    this.#client?.release(this.#broken !== undefined || this.#client.getTransactionStatus() !== 'I')
    this.#client = null
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return await this.#scopes.statement(query.sql, async () => toResult<R>(await this.#execute(query)))
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  async #execute(compiled: CompiledQuery): Promise<PgResult> {
    const query = this.#limited({
      text: compiled.sql,
      values: compiled.parameters as unknown[],
      name: this.#names.of(compiled),
    })
    if (this.#client) return this.#ask(query)
    const kind = isSelect(compiled) ? 'read' : 'write'
    if (kind === 'write') this.#scopes.refuseInside()
    const { client, result } = await this.#connected(kind, query)
    client.release()
    return result
  }

  /** Asks in the transaction. */
  async #ask(query: Query): Promise<PgResult> {
    if (!this.#client) throw new Error('unreachable: the transaction has ended')
    if (this.#broken !== undefined) throw this.#broken
    try {
      return await this.#client.query(query)
    } catch (error) {
      if (isLost(error)) {
        this.#gone(error)
        this.#broken ??= error
      }
      throw error
    }
  }

  /**
   * Asks on a connection that is then the caller's to release. One that was idle may turn out to be dead, as all are after the server was restarted:
   * it is dropped and another asked, until one that was just made fails as well. Not for a write, of which nobody knows whether it was done.
   */
  async #connected(kind: 'read' | 'write' | 'begin', query: Query): Promise<{ client: PoolClient; result: PgResult }> {
    const { reads, writes, used } = this.#pools
    for (;;) {
      const pool = kind === 'read' ? reads : writes
      const client = await this.#scopes
        .waiting(() => pool.connect())
        .catch((error: unknown) => {
          throw this.#gone(error)
        })
      const wasIdle = used.has(client)
      used.add(client)
      try {
        return { client, result: await client.query(query) }
      } catch (error) {
        const lost = isLost(error)
        // Of a BEGIN that failed half the transaction may be open.
        client.release(lost || kind === 'begin')
        if (kind === 'write' || !wasIdle || !lost || isTooLate(error)) throw lost ? this.#gone(error) : error
      }
    }
  }

  #gone(error: unknown): unknown {
    if (error instanceof Error) this.#pools.lost.add(error)
    return error
  }

  #limited(query: Query): Query {
    return this.#exclusive ? query : { ...query, query_timeout: this.#pools.timeout }
  }
}

/** Statements that add, change or remove rows tell how many. */
const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

function toResult<R>({ command, rowCount, rows }: PgResult): QueryResult<R> {
  return CHANGES.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
}

/** Gives each statement with parameters its name, by which the server keeps it prepared. */
class StatementNames {
  readonly #names = new Map<string, string>()

  of({ sql, parameters }: CompiledQuery): string | undefined {
    if (parameters.length === 0 || sql.length > LONGEST_PREPARED) return undefined
    let name = this.#names.get(sql)
    if (name === undefined && this.#names.size < MOST_PREPARED) this.#names.set(sql, (name = `s${this.#names.size}`))
    return name
  }
}
