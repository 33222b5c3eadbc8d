// What PostgreSQL's errors mean: https://www.postgresql.org/docs/current/errcodes-appendix.html

export const UNIQUE_VIOLATION = '23505'

/** Others were in the way; run again from BEGIN it may well succeed. */
const CONTENDED = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: lock_timeout
])

/** The server has ended the connection after saying so. */
const ENDED = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
])

/** The code of an error that came from the server; undefined for one that did not. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function isContended(error: unknown): boolean {
  return CONTENDED.has(sqlState(error) ?? '') || isStalePlan(error)
}

/** Whether a connection is of no more use: the server has not answered, or has hung up. */
export function isLost(error: unknown): boolean {
  // A value that could not be written or read is this process's own affair.
  if (error instanceof TypeError || error instanceof RangeError) return false
  const state = sqlState(error)
  return state === undefined || ENDED.has(state) || state.startsWith('08') || isStalePlan(error)
}

/** Whether the server says that it cannot work now: too many connections, starting, stopping or recovering, or no answer within its own limit. */
export function isRefused(error: unknown): boolean {
  return /^(?:53|57014|57P0[123])/.test(sqlState(error) ?? '')
}

/** Whether the answer did not come in time: asking again would take as long again. */
export function isTooLate(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

/** A statement prepared before a migration changed what it gives. Its connection knows the old one for ever; another does not. */
function isStalePlan(error: unknown): boolean {
  return sqlState(error) === '0A000' && (error as { routine?: string }).routine === 'RevalidateCachedQuery'
}

/** Why a database cannot be used from the start, and what to do about it. */
export function reasonOf(error: unknown, { hostname, port, searchParams, pathname }: URL): string {
  const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost')
  const words = wordsOf(error)
  const database = decodeURIComponent(pathname.slice(1))
  switch (sqlState(error)) {
    case undefined:
      if (words.startsWith('SASL'))
        return `its user is asked for a password (${words}); expected postgres://USER:PASSWORD@…`
      return `no PostgreSQL answers at ${host}:${port || 5432} (${words}); start one there, or correct host and port`
    case '28P01':
    case '28000':
      return `the server refuses its user (${words}); correct user and password`
    case '3D000':
      return `there is no such database (${words}); make it, for example with createdb ${database}, or correct its name`
    default:
      return `the server cannot be used (${words})`
  }
}

/** An error for several addresses of one host has no words of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
