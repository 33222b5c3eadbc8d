import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGame } from '../../services/game.ts'
import { startNats } from '../../services/nats.ts'
import { startPostgres } from '../../services/postgres.ts'
import { freePort } from '../../services/program.ts'
import { provision, type ServiceName } from '../../services/provision.ts'
import { type Figure, summarise } from '../figure.ts'
import { door } from '../kit.ts'

/** Of each of the three. */
const KILLS = 6
const CLIENTS = 32
/** Events of a request. */
const BATCH = 20
/** Ms of load before a kill, each time a little more: it comes at another moment of the writes. */
const LOAD = 400
/** Ms that a client waits after an answer that is no 204, or none. */
const PATIENCE = 100
/** Ms within which what was acknowledged is to be in the table: what NATS had handed out when it was killed comes again after a minute. */
const SETTLING = 90_000

/** A whole game, one part of which can be killed and started again. */
interface Stack {
  url: string
  /** Of the table. */
  databaseUrl: string
  /** Kills it with SIGKILL. */
  kill(): Promise<void>
  restart(): Promise<void>
}

interface Lost {
  acknowledged: number
  missing: number
  /** Requests that were not answered 204, each of them sent again with the same ids. */
  refused: number
}

/** Events that were answered 204 and are not in the table after the web process, NATS, or PostgreSQL was killed with SIGKILL under load, and started again. */
export async function eventsLost(say: (line: string) => void): Promise<Figure> {
  const rows: Lost[] = []
  for (const [name, withStack] of Object.entries({
    'web process': killWeb,
    NATS: killNats,
    PostgreSQL: killPostgres,
  })) {
    const lost = await withStack((stack) => measure(name, stack, say))
    say(`${name} killed ${KILLS} times: ${lost.acknowledged} acknowledged, ${lost.missing} lost`)
    rows.push(lost)
  }
  const sum = (what: keyof Lost) => rows.reduce((total, row) => total + row[what], 0)
  const figure = summarise({
    name: 'events-lost',
    unit: 'events',
    versus: `${sum('acknowledged')} acknowledged with 204, each in the table once; ${sum('refused')} requests refused or cut off and sent again; ${KILLS} times kill -9 of the web process (SQLite), of NATS (into PostgreSQL), of PostgreSQL`,
    values: rows.map(({ missing }) => missing),
  })
  return { ...figure, value: sum('missing'), runs: KILLS * rows.length }
}

async function measure(name: string, stack: Stack, say: (line: string) => void): Promise<Lost> {
  const acknowledged = new Set<string>()
  let refused = 0
  const over = new AbortController()
  let heard = Promise.withResolvers<void>()

  /** A page: what is not acknowledged is sent again as it was. */
  async function client(visit: string) {
    for (let number = 0; !over.signal.aborted;) {
      const ids = Array.from({ length: BATCH }, () => `${visit}.${number++}`)
      while (!(await send(stack.url, ids))) {
        refused++
        await sleep(PATIENCE)
      }
      for (const id of ids) acknowledged.add(id)
      heard.resolve()
    }
  }

  const clients = Array.from({ length: CLIENTS }, (_, index) => client(`${name.replace(' ', '-')}-${index}`))
  for (let kill = 1; kill <= KILLS; kill++) {
    await sleep(LOAD + 37 * kill)
    await stack.kill()
    await stack.restart()
    heard = Promise.withResolvers()
    await heard.promise
    say(`${name}, kill ${kill} of ${KILLS}: ${acknowledged.size} acknowledged, ${refused} requests refused`)
  }
  over.abort()
  await Promise.all(clients)
  return { acknowledged: acknowledged.size, missing: await missing(stack.databaseUrl, acknowledged), refused }
}

/** True where the answer is 204. */
async function send(url: string, ids: readonly string[]): Promise<boolean> {
  const at = Date.now()
  const events = ids.map((id) => ({ id, name: 'mission', at, data: { mission: 'gather-kindling', good: true } }))
  try {
    const answer = await fetch(`${url}/track/record_event`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(15_000),
    })
    await answer.arrayBuffer()
    return answer.status === 204
  } catch {
    return false
  }
}

interface Database extends AsyncDisposable {
  kysely: { selectFrom(table: 'event'): { select(column: 'event_id'): { execute(): Promise<{ event_id: string }[]> } } }
  close(): Promise<void>
}

/** How many are not in the table, once nothing more comes. @throws where one stands there twice. */
async function missing(databaseUrl: string, ids: ReadonlySet<string>): Promise<number> {
  const { openDatabase } = await door<{ openDatabase: (url: string) => Database }>('server/database')
  const database = openDatabase(databaseUrl)
  try {
    for (const end = performance.now() + SETTLING; ; await sleep(200)) {
      const rows = await database.kysely.selectFrom('event').select('event_id').execute()
      const there = rows.map(({ event_id }) => event_id).filter((id) => ids.has(id))
      const found = new Set(there).size
      if (found < there.length)
        throw new Error(`${there.length - found} of ${there.length} events stand in the table more than once`)
      if (found === ids.size || performance.now() > end) return ids.size - found
    }
  } finally {
    await database.close()
  }
}

async function killWeb<Result>(work: (stack: Stack) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'events-lost-'))
  const databaseUrl = `sqlite:${join(folder, 'events.db')}`
  const env = { PORT: String(await freePort()), DATABASE_URL: databaseUrl }
  let game = await startGame({ env })
  try {
    return await work({
      url: game.url,
      databaseUrl,
      kill: async () => void (await game.stop('SIGKILL')),
      async restart() {
        await game[Symbol.asyncDispose]()
        game = await startGame({ env })
      },
    })
  } finally {
    await game[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
}

async function killNats<Result>(work: (stack: Stack) => Promise<Result>): Promise<Result> {
  await using nats = await startNats({ path: await pathOf('nats') })
  await using postgres = await startPostgres({ path: await pathOf('postgresql') })
  await using game = await startGame({ env: { DATABASE_URL: postgres.url, EVENTS_URL: nats.url } })
  return await work({
    url: game.url,
    databaseUrl: postgres.url,
    kill: () => nats.kill(),
    restart: () => nats.restart(),
  })
}

async function killPostgres<Result>(work: (stack: Stack) => Promise<Result>): Promise<Result> {
  await using postgres = await startPostgres({ path: await pathOf('postgresql') })
  await using game = await startGame({ env: { DATABASE_URL: postgres.url } })
  return await work({
    url: game.url,
    databaseUrl: postgres.url,
    kill: () => postgres.kill(),
    restart: () => postgres.restart(),
  })
}

async function pathOf(name: ServiceName): Promise<string> {
  const service = await provision(name)
  if (service.path === null) throw new Error(service.reason)
  return service.path
}
