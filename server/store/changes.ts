import type { Entity, EntityRow } from './entities.ts'
import { IdentityMap } from './identity.ts'
import type { FailedOnce } from './ledger.ts'
import type { Gone } from './read.ts'

/** What one attempt at a transaction has to tell, once it is known whether it stands. */
export class Changes {
  /** Rows as this transaction sees them. */
  readonly rows = new IdentityMap()
  /** What the session must not go on showing. */
  readonly written: { entity: { name: string }; id: string }[] = []
  readonly hooks: (() => void | Promise<void>)[] = []
  readonly failed: FailedOnce[] = []
  readonly #rowKeys = new Map<string, Gone>()
  readonly #listKeys = new Map<string, Gone>()

  /** A row is not what session and cache have. */
  wrote<Row extends EntityRow>(entity: Entity<Row>, id: string): void {
    this.rows.delete(entity, id)
    this.written.push({ entity, id })
    const key = entity.key(id)
    this.#rowKeys.set(key, { key, stale: entity.stale })
  }

  /** Whether the row of that key was written. */
  has(key: string): boolean {
    return this.#rowKeys.has(key)
  }

  /** A row may have moved in lists, into them or out of them. */
  moved<Row extends EntityRow>(entity: Entity<Row>, before: Row | null, after: Row | null): void {
    for (const dependent of entity.dependents) for (const gone of dependent.changedBy(before, after)) this.list(gone)
  }

  /** A list is not what the cache has. */
  list(gone: Gone): void {
    this.#listKeys.set(gone.key, gone)
  }

  get goneRows(): Gone[] {
    return [...this.#rowKeys.values()]
  }

  get gone(): Gone[] {
    return [...this.#rowKeys.values(), ...this.#listKeys.values()]
  }
}
