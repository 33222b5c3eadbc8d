import type { Kysely } from 'kysely'
import type { Source } from './batch.ts'
import { isEntry } from './cursor.ts'
import type { EntityRow } from './entities.ts'
import type { List, ListReader } from './lists.ts'

/** A list in one database: its head by way of the cache, and what reads on behind it. */
export interface ListSource extends Source {
  readonly after: ListReader['after']
}

/** By database and list. One object for each, since reads of one turn are gathered by it, and it keeps compiled statements. */
const SOURCES = new WeakMap<object, WeakMap<object, ListSource>>()

export function listSource<Row extends EntityRow, Schema>(db: Kysely<Schema>, list: List<Row, Schema>): ListSource {
  let sources = SOURCES.get(db)
  if (!sources) SOURCES.set(db, (sources = new WeakMap()))
  let source = sources.get(list)
  if (!source) sources.set(list, (source = create(db, list)))
  return source
}

function create<Row extends EntityRow, Schema>(db: Kysely<Schema>, list: List<Row, Schema>): ListSource {
  const { name, ttl, local, stale, key, values } = list
  const { first, after } = list.reader(db)
  // One entry more than is ever shown says whether there are more.
  const length = list.limit + 1
  return {
    name,
    ttl,
    local,
    stale,
    key,
    load: async (owners) =>
      new Map(await Promise.all(owners.map(async (owner) => [owner, await first(owner, length)] as const))),
    accepts: (value) =>
      Array.isArray(value) && value.length <= length && value.every((entry) => isEntry(entry, values)),
    after,
  }
}
