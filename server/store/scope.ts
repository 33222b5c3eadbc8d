import { AsyncLocalStorage } from 'node:async_hooks'
import { echoing, type Timing } from './counters.ts'

/** What a driver knows of the caller of a statement: who counts it, and whether the caller is inside a transaction. */
export interface Scope {
  timing: Timing | undefined
  /** The transaction the caller is in; the driver opens and closes it. */
  transaction: ScopeTransaction | undefined
}

export interface ScopeTransaction {
  open: boolean
  /** Without limits of time, and one at a time in all processes. */
  exclusive: boolean
}

/** Carries a {@link Scope} along the caller's awaits to the driver, where Kysely's own signatures leave no room for it. */
export class Scopes {
  readonly #storage = new AsyncLocalStorage<Scope>()
  readonly #onStatement: ((sql: string) => void) | undefined

  constructor(onStatement?: (sql: string) => void) {
    this.#onStatement = onStatement
  }

  current(): Scope | undefined {
    return this.#storage.getStore()
  }

  timed<T>(timing: Timing | undefined, work: () => Promise<T>): Promise<T> {
    const scope = this.current()
    if (!timing || scope?.timing === timing) return work()
    return this.#storage.run({ timing, transaction: scope?.transaction }, work)
  }

  async forTransaction<T>(exclusive: boolean, work: () => Promise<T>): Promise<T> {
    const scope = this.current()
    if (scope?.transaction?.open) {
      throw new Error(
        'a transaction was begun inside another of the same caller and would wait for it forever: pass the outer one on',
      )
    }
    return this.#storage.run({ timing: scope?.timing, transaction: { open: false, exclusive } }, work)
  }

  /** Runs `work`, which does what `sql` says, as one of its caller's statements. */
  statement<T>(sql: string, work: () => T): T {
    this.current()?.timing?.count('statements')
    return this.#told(sql, work, rowsIn)
  }

  /** Like {@link statement} for what only begins and ends transactions: told and timed, and no statement of its own. */
  control<T>(sql: string, work: () => T): T {
    return this.#told(sql, work)
  }

  #told<T>(sql: string, work: () => T, outcome?: (result: unknown) => string): T {
    this.#onStatement?.(sql)
    const timing = this.current()?.timing
    if (!timing) return work()
    const run = () => timing.span('database', work, { detail: sql, ...(outcome && { outcome }) })
    const { echo } = timing
    return echo ? echoing(echo, { kind: 'database', text: sql, outcome: outcome ?? done }, run) : run()
  }

  /** Runs `work`, in which the caller waits for its turn: for a connection, or for those who write. */
  waiting<T>(work: () => Promise<T>): Promise<T> {
    const timing = this.current()?.timing
    return timing ? timing.span('pool', work) : work()
  }

  /** Notes that the caller's transaction has begun; gives it back to be closed when it ends. */
  begun(): ScopeTransaction | undefined {
    const scope = this.current()
    scope?.timing?.count('transactions')
    if (scope?.transaction) scope.transaction.open = true
    return scope?.transaction
  }

  /** @throws when the caller is inside a transaction and has passed it by. */
  refuseInside(): void {
    if (!this.current()?.transaction?.open) return
    throw new Error(
      'a write outside the transaction its caller is in would wait for it forever: use the db that the transaction hands out',
    )
  }
}

const done = (): string => 'done'

/** `3 rows`, read or changed; nothing for what has none. */
function rowsIn(result: unknown): string {
  const { rows, numAffectedRows } = (result ?? {}) as { rows?: unknown[]; numAffectedRows?: bigint }
  const count = numAffectedRows === undefined ? rows?.length : Number(numAffectedRows)
  return count === undefined ? '' : count === 1 ? '1 row' : `${count} rows`
}
