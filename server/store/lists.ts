import type { Kysely } from 'kysely'
import { cacheKey } from '../cache/cache.ts'
import type { Entity, EntityRow } from './entities.ts'

export interface ListOptions<Row extends EntityRow, Schema> {
  /** Part of the cache key and of the counters' names. */
  name: string
  /** What the members are. */
  of: Entity<Row>
  /** Raise it when what the list holds or its order changes. */
  schema: number
  /** Most members kept; the query is told, and what exceeds it is cut. */
  limit: number
  /**
   * Seconds a cached list may live. Default 600. Lists whose every change is told by `tx.invalidateList` need no other;
   * a list nobody can invalidate exactly (the top of a ladder) says here how old it may be.
   */
  ttl?: number
  /** The members' ids in order. */
  ids(db: Kysely<Schema>, owner: string, limit: number): Promise<string[]>
}

/** Ids by owner, bounded and cached; made by {@link defineList}. */
export interface List<Row extends EntityRow, Schema> extends Readonly<Required<ListOptions<Row, Schema>>> {
  readonly key: (owner: string) => string
}

/**
 * Describes a list of entities to the store. Only ids are cached under the owner; members are fetched as entities, so a
 * member's change needs no invalidation of the list.
 */
export function defineList<Row extends EntityRow, Schema>(options: ListOptions<Row, Schema>): List<Row, Schema> {
  const { name, schema, limit } = options
  if (!Number.isInteger(limit) || limit < 1)
    throw new Error(`list ${name}: limit is ${limit}, expected a whole number from 1`)
  const keyNames = ['l', name, String(schema)]
  cacheKey(keyNames, 'checked-once')
  return { ttl: 600, ...options, key: (owner) => cacheKey(keyNames, owner) }
}
