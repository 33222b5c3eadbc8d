import type { Kysely } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { Batch, type Source } from './batch.ts'
import { Conflict } from './conflict.ts'
import { span, type Timing } from './counters.ts'
import type { Entity, EntityRow } from './entities.ts'
import { IdentityMap } from './identity.ts'
import { recall } from './ledger.ts'
import type { List } from './lists.ts'
import type { Shared } from './shared.ts'
import { runTransaction, type StoreTransaction } from './writes.ts'

/** Milliseconds; pauses between attempts grow up to this. */
const LONGEST_PAUSE = 32

/**
 * One request's view of the store: a row is read at most once and is the same object wherever it is asked for. Rows are frozen, since
 * requests that wait for the same fill share them; change one by handing `tx.update` a copy.
 */
export class Session<Schema> {
  readonly #shared: Shared<Schema>
  readonly #timing: Timing | undefined
  readonly #rows = new IdentityMap()
  readonly #batch: Batch

  constructor(shared: Shared<Schema>, timing: Timing | undefined) {
    this.#shared = shared
    this.#timing = timing
    this.#batch = new Batch((wanted) => shared.database.timed(timing, () => shared.reads.read(wanted, timing)))
  }

  /** The row, or null when there is none. All reads of one turn of the event loop share a cache round trip and a statement. */
  get<Row extends EntityRow>(entity: Entity<Row>, id: string): Promise<Row | null> {
    const known = this.#rows.get(entity, id)
    if (known) return known as Promise<Row | null>
    const row = this.#timed(() => this.#batch.ask(this.#shared.source(entity), id))
    this.#rows.setRead(entity, id, row)
    return row as Promise<Row | null>
  }

  /** One answer for each id, in their order; null where there is no row. */
  getMany<Row extends EntityRow>(entity: Entity<Row>, ids: readonly string[]): Promise<(Row | null)[]> {
    return Promise.all(ids.map((id) => this.get(entity, id)))
  }

  /** The members that exist, in the list's order. */
  async list<Row extends EntityRow>(list: List<Row, Schema>, owner: string): Promise<Row[]> {
    const source: Source = {
      name: list.name,
      ttl: list.ttl,
      key: list.key,
      load: async ([one = owner]) =>
        new Map([[one, (await list.ids(this.#shared.database.kysely, one, list.limit)).slice(0, list.limit)]]),
      accepts: (value) => Array.isArray(value) && value.every((id) => typeof id === 'string'),
    }
    const ids = (await this.#timed(() => this.#batch.ask(source, owner))) as string[]
    const rows = await this.getMany(list.of, ids)
    return rows.filter((row) => row !== null)
  }

  /** Runs a query of your own outside transactions, counted and timed for this request. */
  query<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#timed(() => this.#shared.database.timed(this.#timing, () => work(this.#shared.database.kysely)))
  }

  /** The answer kept in the ledger by `tx.once`, or null. */
  recall<T>(owner: string, key: string): Promise<T | null> {
    return this.query(async (db) => ((await recall(db, owner, key))?.answer ?? null) as T | null)
  }

  /**
   * Runs `work` in one write transaction and invalidates after its commit. On a {@link Conflict} everything is rolled back, the row is
   * forgotten, and `work` runs again with rows fresh from the database: it must have no effects but those on `tx`.
   *
   * @param options.retries how often it may run again. Default 4.
   * @throws Conflict after the last retry; whatever `work` throws, at once.
   */
  transaction<T>(work: (tx: StoreTransaction<Schema>) => Promise<T>, options: { retries?: number } = {}): Promise<T> {
    return this.#timed(() => this.#attempt(work, options.retries ?? 4))
  }

  async #attempt<T>(work: (tx: StoreTransaction<Schema>) => Promise<T>, retries: number): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await runTransaction(this.#shared, { rows: this.#rows, timing: this.#timing, fresh: attempt > 0 }, work)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        this.#shared.counters.of(error.entity).conflicts++
        this.#timing?.count('conflicts')
        if (attempt >= retries) throw error
      }
      await sleep(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE))
    }
  }

  /** What the layers below (`cache`, `database`) do not take of it is the store's own: decoding, waiting for others' fills. */
  #timed<T>(work: () => T): T {
    return span(this.#timing, 'store', work)
  }
}
