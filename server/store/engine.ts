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
  /** Lets go of what Kysely did not open. */
  close: () => void
}

/** Whether a statement only reads: those may run beside the transactions. */
export function isSelect(query: CompiledQuery): boolean {
  return query.query.kind === 'SelectQueryNode' || (query.query.kind === 'RawNode' && /^\s*select\b/i.test(query.sql))
}
