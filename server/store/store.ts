import type { Cache } from '../cache/cache.ts'
import { type Counters, createCounters, type Timing } from './counters.ts'
import type { Database } from './database.ts'
import { Session } from './session.ts'
import { Shared } from './shared.ts'

export interface StoreOptions<Schema> {
  database: Database<Schema>
  /** Best effort: without a working one the store reads the database. */
  cache: Cache
  /** Default: its own. */
  counters?: Counters
  /** Told of errors in `afterCommit` functions, which come too late to fail the write. Default: `process.emitWarning`. */
  report?: (error: unknown) => void
}

/** Entities over one database and one cache, for all requests of a process. */
export interface Store<Schema> {
  readonly database: Database<Schema>
  readonly counters: Counters
  /** One for each request: it holds the request's identity map. */
  session(timing?: Timing): Session<Schema>
}

export function createStore<Schema>(options: StoreOptions<Schema>): Store<Schema> {
  const { database, cache, counters = createCounters(), report = warn } = options
  const shared = new Shared(database, cache, counters, report)
  return { database, counters, session: (timing) => new Session(shared, timing) }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
