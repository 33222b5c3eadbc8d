import type { Transaction } from 'kysely'
import { Batch, type Source, type Wanted } from './batch.ts'
import { Conflict } from './conflict.ts'
import type { Timing } from './counters.ts'
import { deepFreeze, type Entity, type EntityRow } from './entities.ts'
import { IdentityMap } from './identity.ts'
import { once, type Once } from './ledger.ts'
import type { List } from './lists.ts'
import type { Shared } from './shared.ts'

/** How one attempt at a transaction reads, and whom it tells. */
export interface Attempt {
  /** The session's rows: looked into by a first attempt, brought up to date by a commit. */
  rows: IdentityMap
  timing: Timing | undefined
  /** Read from the database only: what session and cache had led to a conflict. */
  fresh: boolean
}

/** What an attempt has to tell once it is committed. */
class Changes {
  /** Rows as this transaction sees them. */
  readonly rows = new IdentityMap()
  /** Cache keys of what it changed. */
  readonly stale = new Set<string>()
  /** What the session must not go on showing. */
  readonly gone: { entity: { name: string }; id: string }[] = []
  readonly hooks: (() => void | Promise<void>)[] = []
}

/** One attempt at a transaction: runs `work`, commits, then tells session and cache; on rollback they hear nothing. */
export async function runTransaction<Schema, T>(
  shared: Shared<Schema>,
  attempt: Attempt,
  work: (tx: StoreTransaction<Schema>) => Promise<T>,
): Promise<T> {
  const { database, reads } = shared
  const changes = new Changes()
  let decided = false

  async function run(db: Transaction<Schema>): Promise<T> {
    const result = await work(new StoreTransaction(shared, attempt, changes, db))
    decided = true
    return result
  }

  try {
    const result = await database.timed(attempt.timing, () => database.transaction(run))
    for (const { entity, id } of changes.gone) attempt.rows.delete(entity, id)
    attempt.rows.absorb(changes.rows)
    await reads.forget([...changes.stale], attempt.timing)
    await runHooks(changes.hooks, shared.report)
    return result
  } catch (error) {
    // What was read led to a conflict; or COMMIT itself failed, which does not say that nothing was written.
    if (decided || error instanceof Conflict) {
      for (const { entity, id } of changes.gone) attempt.rows.delete(entity, id)
      await reads.forget([...changes.stale], attempt.timing)
    }
    throw error
  }
}

async function runHooks(hooks: Changes['hooks'], report: (error: unknown) => void): Promise<void> {
  for (const hook of hooks) {
    try {
      await hook()
    } catch (error) {
      report(error)
    }
  }
}

/** What the function given to `session.transaction` works on. Of no use after it has returned. */
export class StoreTransaction<Schema> {
  /** Kysely inside the transaction, for statements that are not of an entity. Tell the store what they change: `invalidate`, `invalidateList`. */
  readonly db: Transaction<Schema>
  readonly #shared: Shared<Schema>
  readonly #attempt: Attempt
  readonly #changes: Changes
  readonly #batch = new Batch((wanted) => this.#read(wanted))

  constructor(shared: Shared<Schema>, attempt: Attempt, changes: Changes, db: Transaction<Schema>) {
    this.#shared = shared
    this.#attempt = attempt
    this.#changes = changes
    this.db = db
  }

  /** The row as this transaction sees it: written by it, else known to the session or the cache, else from the database. */
  get<Row extends EntityRow>(entity: Entity<Row>, id: string): Promise<Row | null> {
    const { rows, stale } = this.#changes
    const usable = !this.#attempt.fresh && !stale.has(entity.key(id))
    const known = rows.get(entity, id) ?? (usable ? this.#attempt.rows.get(entity, id) : undefined)
    if (known) return known as Promise<Row | null>
    const row = this.#batch.ask(this.#shared.source(entity), id)
    rows.setRead(entity, id, row)
    return row as Promise<Row | null>
  }

  /** One answer for each id, in their order. */
  getMany<Row extends EntityRow>(entity: Entity<Row>, ids: readonly string[]): Promise<(Row | null)[]> {
    return Promise.all(ids.map((id) => this.get(entity, id)))
  }

  /**
   * Writes `row`: `version` as it was read, the other fields as they shall be. Gives back the row as it now is, its version one higher.
   * What is handed in is frozen.
   *
   * @throws Conflict when the database has another version.
   */
  async update<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Row> {
    const next = deepFreeze({ ...row, version: row.version + 1 })
    this.#changed(entity, row.id)
    if (!(await this.#shared.queries(entity).update(this.db, next, row.version)))
      throw await this.#conflict(entity, row)
    this.#changes.rows.set(entity, row.id, Promise.resolve(next))
    return next
  }

  /** Writes a new row and, after the commit, ends what the cache knows of its absence. @throws the database's error when the id is taken. */
  async insert<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Row> {
    const next = deepFreeze({ ...row })
    this.#changed(entity, row.id)
    await this.#shared.queries(entity).insert(this.db, next)
    this.#changes.rows.set(entity, row.id, Promise.resolve(next))
    return next
  }

  /** Deletes the row at the version it was read. @throws Conflict when the database has another. */
  async delete<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<void> {
    this.#changed(entity, row.id)
    if (!(await this.#shared.queries(entity).delete(this.db, row.id, row.version)))
      throw await this.#conflict(entity, row)
    this.#changes.rows.set(entity, row.id, Promise.resolve(null))
  }

  /** For rows changed through `db`: read anew in this transaction, dropped from session and cache after the commit. */
  invalidate<Row extends EntityRow>(entity: Entity<Row>, id: string): void {
    this.#changed(entity, id)
  }

  /** Drops a list from the cache after the commit. */
  invalidateList<Row extends EntityRow>(list: List<Row, Schema>, owner: string): void {
    this.#changes.stale.add(list.key(owner))
  }

  /** Runs after commit and invalidation, not at all on rollback. An error in it is reported and does not fail the write, which stands. */
  afterCommit(work: () => void | Promise<void>): void {
    this.#changes.hooks.push(work)
  }

  /**
   * Runs `work` once for an `owner` and `key`, however often they come: its answer is kept in this same transaction, and a repeated key
   * answers it without running `work`. The answer has to survive JSON.
   */
  once<T>(key: string, owner: string, work: () => Promise<T>): Promise<Once<T>> {
    return once({ db: this.db, database: this.#shared.database, owner, key }, work)
  }

  /** From the cache, unless it misled us; else in this transaction, unseen by the cache: it may see what is never committed. */
  async #read(wanted: Wanted[]): Promise<unknown[]> {
    const { fresh, timing } = this.#attempt
    const { stale } = this.#changes
    const cached = fresh ? [] : await this.#shared.reads.peek(wanted, timing)
    const values = wanted.map(({ source, id }, index) => (stale.has(source.key(id)) ? undefined : cached[index]))
    const bySource = new Map<Source, string[]>()
    wanted.forEach(({ source, id }, index) => {
      if (values[index] === undefined) bySource.set(source, [...(bySource.get(source) ?? []), id])
    })
    const found = new Map<Source, ReadonlyMap<string, unknown>>()
    for (const [source, ids] of bySource) found.set(source, await source.load(ids, this.db))
    return wanted.map(({ source, id }, index) =>
      values[index] === undefined ? (found.get(source)?.get(id) ?? null) : values[index],
    )
  }

  #changed<Row extends EntityRow>(entity: Entity<Row>, id: string): void {
    this.#changes.rows.delete(entity, id)
    this.#changes.gone.push({ entity, id })
    this.#changes.stale.add(entity.key(id))
  }

  async #conflict<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Conflict> {
    const found = await this.#shared.queries(entity).version(this.db, row.id)
    return new Conflict(entity.name, row.id, row.version, found)
  }
}
