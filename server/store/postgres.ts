import type pg from 'pg'
import type { Engine, PoolReport } from './engine.ts'
import { createPostgresDialect, type Pools } from './postgresdriver.ts'
import { isContended, isRefused, reasonOf, sqlState, UNIQUE_VIOLATION } from './postgreserrors.ts'
import type { Scopes } from './scope.ts'

/** What the query of the URL may say otherwise, by these names. Milliseconds where nothing else is said; `0` is no limit. */
const DEFAULTS = {
  /** Connections of this process, from 2: one half for what writes, one for what only reads, so that neither waits for the other. */
  max: 10,
  /** Seconds, as libpq has it, of waiting for a connection: a new one, or one that another gives back. */
  connect_timeout: 5,
  /** A statement, on the server: as long as a request may take. */
  statement_timeout: 10_000,
  /** A statement that waits for another's row: well above the second in which the server finds a deadlock. */
  lock_timeout: 5_000,
  /** A transaction whose owner says nothing: its locks hold others up. */
  idle_in_transaction_session_timeout: 10_000,
}
type Settings = typeof DEFAULTS

/** Milliseconds, until an idle connection is closed. */
const IDLE_TIMEOUT = 60_000
/** Milliseconds beyond the server's own limit, after which the server, or the way to it, is taken to be gone. */
const GRACE = 5_000
/** Milliseconds, until the system begins to ask a silent peer whether it is there. */
const KEEP_ALIVE = 10_000

/** Types by their number in `pg_type`. */
const INT8 = 20

/**
 * Opens the PostgreSQL at `url`, connecting when it is first used. The query of the URL may say what node-postgres knows (`sslmode`, `sslrootcert`,
 * `application_name`, `options`, `host` for a socket) and the limits above.
 *
 * `bigint`, and so COUNT, comes as a number, as everywhere in this house; one too large to be exact is an error.
 *
 * @param named how an error begins: which setting is wrong.
 * @throws in one line when a limit is no number.
 */
export function openPostgres(named: string, url: URL, scopes: Scopes): Engine {
  const settings = readSettings(named, url)
  const { max, statement_timeout } = settings

  const lost = new WeakSet<object>()
  let pools: Pools | undefined
  const open = async (): Promise<Pools> => {
    const { default: pg } = await import('pg')
    return (pools = {
      writes: openPool(pg, url, { ...settings, max: Math.floor(max / 2) }),
      reads: openPool(pg, readOnly(url), { ...settings, max: Math.ceil(max / 2) }),
      used: new WeakSet(),
      lost,
      timeout: statement_timeout > 0 ? statement_timeout + GRACE : undefined,
    })
  }
  return {
    kysely: createPostgresDialect(open, scopes),
    isDuplicate: (error) => sqlState(error) === UNIQUE_VIOLATION,
    isContended,
    isUnavailable: (error) => (error instanceof Error && lost.has(error)) || isRefused(error),
    explain: (error) => new Error(`${named}: ${reasonOf(error, url)}`, { cause: error }),
    pools: () => (pools ? [report('read', pools.reads), report('write', pools.writes)] : []),
    close() {},
  }
}

const report = (name: string, { totalCount, idleCount, waitingCount, options }: pg.Pool): PoolReport => ({
  name,
  open: totalCount,
  idle: idleCount,
  most: options.max,
  waiting: waitingCount,
})

function readSettings(named: string, { searchParams }: URL): Settings {
  const settings = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof Settings)[]) {
    const text = searchParams.get(name)
    if (text === null) continue
    const least = name === 'max' ? 2 : 0
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new Error(
        `${named}: its ${name} is ${JSON.stringify(text)}, expected a whole number from ${least}, for example ${name}=${DEFAULTS[name]}`,
      )
    settings[name] = Number(text)
  }
  return settings
}

function openPool(library: typeof pg, url: URL, { connect_timeout, ...settings }: Settings): pg.Pool {
  const pool = new library.Pool({
    connectionString: url.href,
    ...settings,
    connectionTimeoutMillis: connect_timeout * 1000,
    idleTimeoutMillis: IDLE_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE,
    fallback_application_name: 'firstframe',
    types: { getTypeParser: typeParsers(library) },
  })
  // A connection that breaks while nobody uses it, or in the middle of a transaction, is replaced; whoever uses it hears of it by their query.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** What is read outside a transaction writes nothing, and is refused by the server if it tries: it may be asked again. */
function readOnly(url: URL): URL {
  const reading = new URL(url)
  const options = url.searchParams.get('options') ?? ''
  reading.searchParams.set('options', `${options} -c default_transaction_read_only=on`.trim())
  return reading
}

/** Types for one pool: pg's own table is the whole process's. */
function typeParsers(library: typeof pg): typeof pg.types.getTypeParser {
  const parser = (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === INT8 && format !== 'binary'
      ? toNumber
      : (library.types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format)
  return parser as typeof pg.types.getTypeParser
}

function toNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`the database gave the bigint ${text}, which a number cannot hold exactly: select it as text`)
  return value
}
