import type { Kysely } from 'kysely'
import { createHash } from 'node:crypto'
import { cacheKeys } from '../cache/cache.ts'
import type { CursorOf, Entry } from './cursor.ts'
import { type Entity, type EntityRow, ROW_TTL } from './entities.ts'
import { Keyset } from './keyset.ts'
import { Membership, type Rule } from './membership.ts'

interface CommonOptions<Row extends EntityRow> {
  /** Part of the cache key and of the counters' names. */
  name: string
  /** What the members are. */
  of: Entity<Row>
  /** Raise it when what the list holds changes. Its limit, and a rule's owner, order and conditions, are in the key by themselves. */
  schema: number
  /** Most members kept in the cache and given at once, a whole number from 1. */
  limit: number
  /**
   * Seconds a list may stay in the cache: how old it can be where an invalidation is lost, or where none tells it of changes.
   * Default {@link ROW_TTL}.
   */
  ttl?: number
  /** Seconds a list is kept in this process besides, where other processes' writes are not heard of. Default 0: not at all. */
  local?: number
  /** Seconds that a changed list's old value may be given to those who would else wait for the new one. Default 0: they wait. */
  stale?: number
}

/** A list of the rows that name its owner, in the order of their fields. The store writes the SQL and tells the list of changes. */
export interface RuleListOptions<Row extends EntityRow> extends CommonOptions<Row>, Rule<Row> {
  /**
   * Whether writes of members drop the list from the cache. Default true: after the commit of each insert, update or delete that changes
   * membership or order. False for a list that everybody's writes would change (the ladder of a week): it is as old as `ttl` at most.
   */
  told?: boolean
  ids?: never
  after?: never
}

/** A list by a query of one's own, for what a rule cannot say: another table, a join. Whoever changes it calls `tx.invalidateList`. */
export interface QueryListOptions<Row extends EntityRow, Schema> extends CommonOptions<Row> {
  /** The first members' ids in order, at most `limit` (which is one more than the list's: whether more follow). */
  ids(db: Kysely<Schema>, owner: string, limit: number): Promise<string[]>
  /** The ids behind `last`, a member's id, at most `limit`. Default: pages end where the cached ids end. */
  after?(db: Kysely<Schema>, owner: string, last: string, limit: number): Promise<string[]>
  owner?: never
  order?: never
  where?: never
  told?: never
}

export type ListOptions<Row extends EntityRow, Schema> = RuleListOptions<Row> | QueryListOptions<Row, Schema>

/** A list's entries in one database, as its query gives them. */
export interface ListReader {
  first: (owner: string, limit: number) => Promise<Entry[]>
  /** Undefined where the list has no query for it. */
  after: ((owner: string, last: Entry, limit: number) => Promise<Entry[]>) | undefined
}

/** Ids by owner, bounded and cached; made by {@link defineList}. */
export interface List<Row extends EntityRow, Schema> extends CursorOf {
  readonly of: Entity<Row>
  readonly limit: number
  readonly ttl: number
  readonly local: number
  readonly stale: number
  /** The cache's key for an owner. */
  readonly key: (owner: string | number) => string
  /** Whether a row read later than the list is still in it. */
  has(row: Row, owner: string): boolean
  reader(db: Kysely<Schema>): ListReader
}

/**
 * Describes a list of entities to the store, by a rule or by a query of one's own:
 *
 * ```ts
 * const GuildHeroes = defineList<Hero, Tables>({ name: 'guild-heroes', of: Hero, schema: 1, limit: 100,
 *   owner: 'guild', order: [{ field: 'coins', direction: 'desc' }] })
 * await session.list(GuildHeroes, 'owls')
 * ```
 *
 * Only ids, and the values they are ordered by, are cached under the owner; members are fetched as entities, so that what does not move a
 * member needs no invalidation of the list. Give the table an index on the owner's column, the order's, and the id: what is not in the cache
 * is read along it.
 *
 * Define a list beside its entity: a process that writes the entity without having loaded the list does not tell it.
 *
 * @throws when the limit is no whole number from 1, or the name unfit for a key.
 */
export function defineList<Row extends EntityRow, Schema>(options: ListOptions<Row, Schema>): List<Row, Schema> {
  const { name, of, schema, limit, ttl = ROW_TTL, local = 0, stale = 0 } = options
  if (!Number.isInteger(limit) || limit < 1)
    throw new Error(`list ${name}: limit is ${limit}, expected a whole number from 1`)
  const { owner, order = [], where } = options
  const tag = digest([name, schema, of.key('-'), owner, order, where])
  const keyOf = cacheKeys(['l', name, String(schema), `${limit}-${tag}`])
  const key = (of: string | number) => keyOf(String(of))
  const common = { name, of, limit, ttl, local, stale, tag, key, values: order.length }

  if (options.ids) return { ...common, has: () => true, reader: (db) => queryReader(options, db) }

  const members = new Membership<Row>(options)
  if (options.told !== false)
    of.dependents.push({
      changedBy: (before, after) => members.changed(before, after).map((owner) => ({ key: key(owner), stale })),
    })
  return {
    ...common,
    has: (row, owner) => members.ownerOf(row) === owner,
    reader(db) {
      const keyset = new Keyset<Row>(db, of, options)
      return {
        first: (owner, limit) => keyset.first(owner, limit),
        after: (owner, last, limit) => keyset.after(owner, last, limit),
      }
    },
  }
}

function queryReader<Row extends EntityRow, Schema>(
  options: QueryListOptions<Row, Schema>,
  db: Kysely<Schema>,
): ListReader {
  const entries = (ids: string[], limit: number) => ids.slice(0, limit).map((id): Entry => [id])
  return {
    first: async (owner, limit) => entries(await options.ids(db, owner, limit), limit),
    after: options.after
      ? async (owner, [last], limit) => entries((await options.after?.(db, owner, last, limit)) ?? [], limit)
      : undefined,
  }
}

/** A few characters of base64url that change with what they stand for. */
function digest(definition: unknown): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('base64url').slice(0, 6)
}
