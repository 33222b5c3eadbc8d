import type { Cache } from '../cache/cache.ts'
import { createCodec } from '../cache/codec.ts'
import type { Source } from './batch.ts'
import type { Counters } from './counters.ts'
import type { Database } from './database.ts'
import type { Entity, EntityRow } from './entities.ts'
import { Queries } from './queries.ts'
import { ReadThrough } from './read.ts'

/** What all sessions of a store have in common. */
export class Shared<Schema> {
  readonly database: Database<Schema>
  readonly counters: Counters
  readonly reads: ReadThrough
  /** Told of errors that come too late to fail what they belong to. */
  readonly report: (error: unknown) => void
  readonly #queries = new Map<unknown, unknown>()
  readonly #sources = new Map<unknown, Source>()

  constructor(database: Database<Schema>, cache: Cache, counters: Counters, report: (error: unknown) => void) {
    this.database = database
    this.counters = counters
    this.reads = new ReadThrough(cache, counters, report)
    this.report = report
  }

  queries<Row extends EntityRow>(entity: Entity<Row>): Queries<Row> {
    let queries = this.#queries.get(entity) as Queries<Row> | undefined
    if (!queries) this.#queries.set(entity, (queries = new Queries(entity, this.database.kysely)))
    return queries
  }

  source<Row extends EntityRow>(entity: Entity<Row>): Source {
    let source = this.#sources.get(entity)
    if (!source) {
      const queries = this.queries(entity)
      source = {
        name: entity.name,
        ttl: entity.ttl,
        local: entity.local,
        stale: entity.stale,
        key: entity.key,
        codec: createCodec(entity),
        load: (ids, within) => queries.select(within ?? this.database.kysely, ids),
        accepts: entity.isRow,
      }
      this.#sources.set(entity, source)
    }
    return source
  }
}
