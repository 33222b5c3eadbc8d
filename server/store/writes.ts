import type { Kysely, Transaction } from 'kysely'
import { Batch, type Source, type Wanted } from './batch.ts'
import type { Changes } from './changes.ts'
import { Conflict } from './conflict.ts'
import type { Timing } from './counters.ts'
import { type AnySchema, deepFreeze, type Entity, type EntityRow } from './entities.ts'
import type { IdentityMap } from './identity.ts'
import { once, type Once } from './ledger.ts'
import type { List } from './lists.ts'
import type { Shared } from './shared.ts'

/** How one attempt at a transaction reads, and what it has to tell. */
export interface Attempt {
  /** The session's rows. */
  rows: IdentityMap
  timing: Timing | undefined
  /** Read from the database only: what session and cache had led to a conflict. */
  fresh: boolean
  changes: Changes
}

/** What the function given to `session.transaction` works on. Of no use after it has returned. */
export class StoreTransaction<Schema> {
  /** Kysely inside the transaction, for statements that are not of an entity. Tell the store what they change: `invalidate`, `invalidateList`. */
  readonly db: Transaction<Schema>
  readonly #shared: Shared<Schema>
  readonly #attempt: Attempt
  readonly #changes: Changes
  readonly #batch = new Batch((wanted) => this.#read(wanted))
  readonly #entities = new Map<Source, Entity<EntityRow>>()

  constructor(shared: Shared<Schema>, attempt: Attempt, db: Transaction<Schema>) {
    this.#shared = shared
    this.#attempt = attempt
    this.#changes = attempt.changes
    this.db = db
  }

  /** The row as this transaction sees it: written by it, else known to the session or the cache, else from the database. */
  get<Row extends EntityRow>(entity: Entity<Row>, id: string): Promise<Row | null> {
    const usable = !this.#attempt.fresh && !this.#changes.has(entity.key(id))
    const { rows } = this.#changes
    const known = rows.get(entity, id) ?? (usable ? this.#attempt.rows.get(entity, id) : undefined)
    if (known) return known as Promise<Row | null>
    const source = this.#shared.source(entity)
    this.#entities.set(source, entity)
    const row = this.#batch.ask(source, id)
    rows.setRead(entity, id, row)
    return row as Promise<Row | null>
  }

  /** One answer for each id, in their order. */
  getMany<Row extends EntityRow>(entity: Entity<Row>, ids: readonly string[]): Promise<(Row | null)[]> {
    return Promise.all(ids.map((id) => this.get(entity, id)))
  }

  /**
   * Writes `row`: `version` as it was read, the other fields as they shall be. Gives back the row as it now is, its version one higher.
   * What is handed in is frozen. Lists that it moves in, into or out of are dropped from the cache after the commit.
   *
   * @throws Conflict when the database has another version.
   */
  async update<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Row> {
    const next = deepFreeze({ ...row, version: row.version + 1 })
    const before = await this.#before(entity, row)
    this.#changes.wrote(entity, row.id)
    if (!(await this.#shared.queries(entity).update(this.db, next, row.version)))
      throw await this.#conflict(entity, row)
    this.#changes.moved(entity, before, next)
    this.#changes.rows.set(entity, row.id, Promise.resolve(next))
    return next
  }

  /** Writes a new row and, after the commit, ends what the cache knows of its absence. @throws the database's error when the id is taken. */
  async insert<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Row> {
    const next = deepFreeze({ ...row })
    this.#changes.wrote(entity, row.id)
    await this.#shared.queries(entity).insert(this.db, next)
    this.#changes.moved(entity, null, next)
    this.#changes.rows.set(entity, row.id, Promise.resolve(next))
    return next
  }

  /** Deletes the row at the version it was read. @throws Conflict when the database has another. */
  async delete<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<void> {
    const before = await this.#before(entity, row)
    this.#changes.wrote(entity, row.id)
    if (!(await this.#shared.queries(entity).delete(this.db, row.id, row.version)))
      throw await this.#conflict(entity, row)
    this.#changes.moved(entity, before, null)
    this.#changes.rows.set(entity, row.id, Promise.resolve(null))
  }

  /**
   * For rows changed through `db`: read anew in this transaction, dropped from session and cache after the commit. The statement has to raise
   * `version`. What the row was before is not known here: lists that it was or is in have to be told by `invalidateList`.
   */
  invalidate<Row extends EntityRow>(entity: Entity<Row>, id: string): void {
    this.#changes.wrote(entity, id)
  }

  /** Drops a list from the cache after the commit: one by a query of one's own, or one whose members were changed through `db`. */
  invalidateList<Row extends EntityRow>(list: List<Row, Schema>, owner: string | number): void {
    this.#changes.list({ key: list.key(owner), stale: list.stale })
  }

  /** Runs after commit and invalidation, not at all on rollback. An error in it is reported and does not fail the write, which stands. */
  afterCommit(work: () => void | Promise<void>): void {
    this.#changes.hooks.push(work)
  }

  /**
   * Runs `work` once for an `owner` and `key`, however often they come: its answer is kept in this same transaction, and a repeated key
   * answers it. The answer has to survive JSON.
   *
   * That nothing is kept yet is taken for granted at first, so `work` may run for a repeated key as well: it is rolled back, or failed, and
   * the transaction runs again to answer what was kept. An error of `work` ends the transaction, caught or not.
   */
  once<T>(key: string, owner: string, work: () => Promise<T>): Promise<Once<T>> {
    const { fresh, changes } = this.#attempt
    return once({ db: this.db, owner, key, look: fresh, failed: changes.failed }, work)
  }

  /** From the cache, unless it misled us; else in this transaction, unseen by the cache: it may see what is never committed. */
  async #read(wanted: Wanted[]): Promise<unknown[]> {
    const { fresh, timing } = this.#attempt
    const cached = fresh ? [] : await this.#shared.reads.peek(wanted, timing)
    const values = wanted.map(({ source, id }, index) =>
      this.#changes.has(source.key(id)) ? undefined : cached[index],
    )
    const bySource = new Map<Source, string[]>()
    wanted.forEach(({ source, id }, index) => {
      if (values[index] === undefined) bySource.set(source, [...(bySource.get(source) ?? []), id])
    })
    const found = new Map<Source, ReadonlyMap<string, unknown>>()
    for (const [source, ids] of bySource) {
      if (fresh) await this.#lock(this.#entities.get(source), ids)
      found.set(source, await source.load(ids, this.db))
    }
    return wanted.map(({ source, id }, index) =>
      values[index] === undefined ? (found.get(source)?.get(id) ?? null) : values[index],
    )
  }

  /**
   * Until this transaction ends nobody else writes the rows: an attempt that follows a conflict does not meet the next one. Locked in the order of
   * their ids, so that two who do this do not wait for each other. SQLite's transactions have all rows to themselves.
   */
  async #lock(entity: Entity<EntityRow> | undefined, ids: readonly string[]): Promise<void> {
    if (!entity || this.#shared.database.dialect === 'sqlite') return
    const { table, idColumn } = entity
    const db = this.db as unknown as Kysely<AnySchema>
    await db.selectFrom(table).select(idColumn).where(idColumn, 'in', ids).orderBy(idColumn).forUpdate().execute()
  }

  /** The row that `row` is written over, where lists may depend on it: what is known of it if that is the same version, else the database's. */
  async #before<Row extends EntityRow>(entity: Entity<Row>, { id, version }: Row): Promise<Row | null> {
    if (entity.dependents.length === 0) return null
    const known = await this.get(entity, id)
    if (known?.version === version) return known
    return (await this.#shared.queries(entity).select(this.db, [id])).get(id) ?? null
  }

  async #conflict<Row extends EntityRow>(entity: Entity<Row>, row: Row): Promise<Conflict> {
    const found = await this.#shared.queries(entity).version(this.db, row.id)
    return new Conflict(entity.name, row.id, row.version, found)
  }
}
