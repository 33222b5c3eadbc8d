import type { Kysely } from 'kysely'
import { Batch } from './batch.ts'
import type { Entry } from './cursor.ts'
import { span, type Timing } from './counters.ts'
import type { Entity, EntityRow } from './entities.ts'
import { IdentityMap } from './identity.ts'
import { recall } from './ledger.ts'
import type { List } from './lists.ts'
import { listSource } from './listsource.ts'
import { ownerText } from './membership.ts'
import { cutPage, type Page, type PageOptions } from './page.ts'
import type { Shared } from './shared.ts'
import { runTransaction } from './transaction.ts'
import type { StoreTransaction } from './writes.ts'

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
    if (known) {
      this.#timing?.mark?.('identity', entity.name)
      return known as Promise<Row | null>
    }
    const row = this.#timed(() => this.#batch.ask(this.#shared.source(entity), id))
    this.#rows.setRead(entity, id, row)
    return row as Promise<Row | null>
  }

  /** One answer for each id, in their order; null where there is no row. */
  getMany<Row extends EntityRow>(entity: Entity<Row>, ids: readonly string[]): Promise<(Row | null)[]> {
    return Promise.all(ids.map((id) => this.get(entity, id)))
  }

  /** The list's members, as many as its limit, in its order. Those that are gone, or no longer this owner's, are left out. */
  async list<Row extends EntityRow>(list: List<Row, Schema>, owner: string | number): Promise<Row[]> {
    const head = await this.#head(list, owner)
    return this.#members(list, owner, head.slice(0, list.limit))
  }

  /**
   * Some of the list's members, and where they ended: `after` that is the next page. Members that stay in their place are on one page of such
   * a walk, whatever is inserted, deleted or moved meanwhile. Pages within the list's limit come from the cache, those beyond from the database.
   *
   * @throws CursorError when `after` is not what an earlier page of this list gave.
   */
  async page<Row extends EntityRow>(
    list: List<Row, Schema>,
    owner: string | number,
    options: PageOptions = {},
  ): Promise<Page<Row>> {
    const { after } = listSource(this.#shared.database.kysely, list)
    const beyond = after && ((last: Entry, limit: number) => this.query(() => after(String(owner), last, limit)))
    const { entries, next } = await cutPage({ list, head: await this.#head(list, owner), after: beyond }, options)
    return { rows: await this.#members(list, owner, entries), next }
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
   * Runs `work` in one write transaction and invalidates after its commit. On a {@link Conflict}, or where the database chose it to end a
   * deadlock, everything is rolled back, the rows are forgotten, and `work` runs again with rows fresh from the database: it must have no
   * effects but those on `tx`.
   *
   * @param options.retries how often it may run again. Default 4.
   * @throws what `work` throws; after the last retry the Conflict, or the database's error.
   */
  transaction<T>(work: (tx: StoreTransaction<Schema>) => Promise<T>, options: { retries?: number } = {}): Promise<T> {
    const { retries = 4 } = options
    return this.#timed(() => runTransaction(this.#shared, { rows: this.#rows, timing: this.#timing, retries }, work))
  }

  async #head<Row extends EntityRow>(list: List<Row, Schema>, owner: string | number): Promise<Entry[]> {
    const text = ownerText(owner)
    if (text === null) return []
    const source = listSource(this.#shared.database.kysely, list)
    return (await this.#timed(() => this.#batch.ask(source, text))) as Entry[]
  }

  async #members<Row extends EntityRow>(
    list: List<Row, Schema>,
    owner: string | number,
    entries: readonly Entry[],
  ): Promise<Row[]> {
    const rows = await this.getMany(
      list.of,
      entries.map(([id]) => id),
    )
    return rows.filter((row) => row !== null).filter((row) => list.has(row, String(owner)))
  }

  /** What the layers below (`cache`, `database`) do not take of it is the store's own: decoding, waiting for others' fills. */
  #timed<T>(work: () => T): T {
    return span(this.#timing, 'store', work)
  }
}
