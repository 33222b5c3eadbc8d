import type { CompiledQuery, Dialect } from 'kysely'

/** The databases there are. */
export type DialectName = 'sqlite' | 'postgres'

/** What stands behind a `Database`: a driver for Kysely, and what only its kind of database can tell. */
export interface Engine {
  kysely: Dialect
  isDuplicate: (error: unknown) => boolean
  isContended: (error: unknown) => boolean
  isUnavailable: (error: unknown) => boolean
  /** In words, why the first statement of all came to nothing. */
  explain: (error: unknown) => unknown
  /** How its pools of connections stand; none where it has none, or none was opened yet. */
  pools: () => readonly PoolReport[]
  /** Lets go of what Kysely did not open. */
  close: () => void
}

/** How a pool of connections to the database stands. */
export interface PoolReport {
  /** What it is for: `read`, `write`. */
  name: string
  /** Connections, of those the ones that nobody uses, and how many there may be. */
  open: number
  idle: number
  most: number
  /** Callers who wait for one. */
  waiting: number
}

/** Whether a statement only reads: those may run beside the transactions. */
export function isSelect(query: CompiledQuery): boolean {
  return query.query.kind === 'SelectQueryNode' || (query.query.kind === 'RawNode' && /^\s*select\b/i.test(query.sql))
}
