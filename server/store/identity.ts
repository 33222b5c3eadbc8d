import type { Entity, EntityRow } from './entities.ts'

// Entities are keys here, whatever their row.
type Key = Pick<Entity<EntityRow>, 'name'>

/** One row by entity and id. Holds promises, so that a row being read is asked for once and a row there costs no new promise. */
export class IdentityMap {
  readonly #rows = new Map<Key, Map<string, Promise<unknown>>>()

  get(entity: Key, id: string): Promise<unknown> | undefined {
    return this.#rows.get(entity)?.get(id)
  }

  set(entity: Key, id: string, row: Promise<unknown>): void {
    const rows = this.#rows.get(entity)
    if (rows) rows.set(id, row)
    else this.#rows.set(entity, new Map([[id, row]]))
  }

  /** As {@link set}, but a read that fails is not remembered: the next one may succeed. */
  setRead(entity: Key, id: string, row: Promise<unknown>): void {
    this.set(entity, id, row)
    row.catch(() => this.get(entity, id) === row && this.delete(entity, id))
  }

  delete(entity: Key, id: string): void {
    this.#rows.get(entity)?.delete(id)
  }

  /** Takes over all of `other`. */
  absorb(other: IdentityMap): void {
    for (const [entity, rows] of other.#rows) for (const [id, row] of rows) this.set(entity, id, row)
  }
}
