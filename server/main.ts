import type { RequestHandler } from 'express'
import { sql } from 'kysely'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { createOrigin } from '../cdn/origin.ts'
import { createApp } from './app.ts'
import { createInspector, type InspectorOptions } from './inspect/inspector.ts'
import { createLocalCache } from './cache/local.ts'
import { createSharedCache } from './cache/shared.ts'
import { readEnv } from './env.ts'
import { createEvents } from './events/collect.ts'
import { openEventStream } from './events/jetstream.ts'
import { createReports } from './events/report.ts'
import { createStacks } from './events/stacks.ts'
import { eventMigrations, eventTable } from './events/table.ts'
import { createGame } from './game/game.ts'
import { createBus } from './live/bus.ts'
import { describeError } from './log/entry.ts'
import { Log } from './log/log.ts'
import { openText } from './log/text.ts'
import { createAssets, type Assets } from './middleware/assets.ts'
import { HttpError } from './middleware/httperror.ts'
import { drain, listen } from './middleware/listen.ts'
import { createPages } from './middleware/pages.ts'
import { webApp } from './middleware/webapp.ts'
import { type Database, openDatabase } from './store/database.ts'
import type { AnySchema } from './store/entities.ts'
import { pruneLedger, storeMigrations } from './store/ledger.ts'
import { migrate } from './store/migrate.ts'
import { createStore } from './store/store.ts'
import type { Manifest } from './wire/manifest.ts'

export interface StartOptions {
  /** Default `process.env`. */
  env?: Readonly<Record<string, string | undefined>>
  /** The built client, `manifest.json` in it. Default `dist/client` of the project. */
  clientDir?: string
  /** The client's source maps, a folder for each release; none need be there. Default `dist/maps` of the project. */
  mapsDir?: string
  /** Takes the place of a built client: Vite's middlewares, and a manifest that is asked for anew with each page. */
  client?: { manifest: () => Promise<Manifest>; handler: RequestHandler; close?: () => Promise<void> }
  /** A server without listeners to use, where something else shares the port, as Vite's web socket does. */
  server?: Server
}

/** A server that answers. */
export interface Running {
  /** `http://localhost:3000` */
  url: string
  /** Lets requests in flight end (10 seconds at most), stores what waits, closes everything. */
  close(): Promise<void>
}

const HOUR = 3_600_000
/** An action may be sent again this long after it was first, in milliseconds: a week on a phone without a line. */
const LEDGER_KEPT = 7 * 24 * HOUR

/** Gets what a profile has gathered when the server ends. */
const PROFILE_FILE = '.data/profile.cpuprofile'
/** Keeps each release's timings. */
const TIMING_FOLDER = '.data/timing'

/** For the caller; the log has the database's own words. */
const AWAY = new HttpError(
  503,
  'The village keeps its books elsewhere, and nobody answers there. Nothing of yours is lost: try again in a moment.',
  { headers: { 'Retry-After': '2' } },
)

/**
 * Puts the whole together and listens.
 *
 * @throws Error in words: wrong variables, a database that cannot be opened, a client that was not built, a port that is taken.
 */
export async function serve(options: StartOptions = {}): Promise<Running> {
  const env = readEnv(options.env ?? process.env)
  const clientDir = options.clientDir ?? join(import.meta.dirname, '../dist/client')
  const mapsDir = options.mapsDir ?? join(import.meta.dirname, '../dist/maps')
  const client = options.client ?? { manifest: builtManifest(clientDir), handler: createOrigin({ dir: clientDir }) }
  const origin = [client.handler]
  if (env.assetBase !== '')
    origin.unshift(webApp({ file: join(clientDir, 'app.webmanifest'), assetBase: env.assetBase }))

  const assets = await followManifest(client.manifest, env.assetBase)

  const { log, flush } = await openLog(env.log, () => assets.current().release)
  const complain = (words: string) => log.note('error', words)
  const stream = env.eventsUrl === '' ? undefined : await openEventStream({ url: env.eventsUrl, log: complain })
  const database = openDatabase<AnySchema>(env.databaseUrl)
  const servers = env.memcachedServers
  const shared = servers.length > 0 ? createSharedCache({ servers, log: complain }) : undefined
  const cache = shared ?? createLocalCache()
  const store = createStore({ database, cache })
  const bus = createBus()
  const events = createEvents({ sink: stream?.publish ?? eventTable(database), log: complain })
  const sendPage = createPages({ assets: assets.current })
  const say = (words: string) => log.note('info', words)
  const game = createGame({ store, bus, events, assets: assets.current, sendPage, clock: Date.now, log: say })
  const server = options.server ?? createServer()
  const inspector = createInspector({
    release: () => assets.current().release,
    token: env.inspectToken,
    development: env.development,
    log,
    base: join(import.meta.dirname, '..'),
    profileFile: PROFILE_FILE,
    kept: keptTimings(options, env.port),
    balancerLog: env.balancerLog,
    counts: {
      counters: () => store.counters.snapshot(),
      ...(shared && { memcached: () => shared.report() }),
      pools: database.pools,
      streams: () => bus.listening,
      connections: () => openConnections(server),
    },
    events: { events, reports: createReports({ database, stacks: createStacks(mapsDir) }) },
  })
  let draining = false
  const housekeeping = setInterval(() => {
    for (const work of [forgetOldActions(database), game.housekeep()])
      work.catch((error: unknown) => complain(`housekeeping failed: ${describeError(error).stack}`))
  }, HOUR).unref()

  const closeAll = async () => {
    clearInterval(housekeeping)
    await inspector.close()
    await events.close()
    await stream?.close()
    // Transactions under way end first: what they changed has to be told.
    await database.close()
    await cache.close()
    flush()
  }

  try {
    await migrate(database, { ...storeMigrations, ...eventMigrations, ...game.migrations })
    stream?.consume(eventTable(database))
    await game.populate()
    await shared?.ready()
    const app = createApp({
      ...env,
      routes: [assets.follow, game.router],
      errorPage: game.errorPage,
      meaning: (error) => (database.isUnavailable(error) ? AWAY : undefined),
      sendPage,
      assets: assets.current,
      events,
      inspector,
      speculation: { never: ['/__*', ...game.apart] },
      origin,
      vite: options.client !== undefined,
      health: {
        check: async () => void (await sql`SELECT 1`.execute(database.kysely)),
        draining: () => draining,
        log: complain,
      },
    })
    await inspector.start(app)
    const url = await listen(server.on('request', app), env)
    return {
      url,
      async close() {
        draining = true
        bus.close()
        log.close()
        await options.client?.close?.()
        await drain(server)
        await closeAll()
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** {@link serve} as a program: says when it is ready, what is wrong in a line, and ends on SIGINT and SIGTERM; the second ends it at once. */
export async function start(options: StartOptions = {}): Promise<void> {
  let running: Running
  try {
    running = await serve(options)
  } catch (error) {
    // What a person can mend is said in words; a mistake in the program needs its stack.
    const mistake = error instanceof TypeError || error instanceof ReferenceError
    console.error(error instanceof Error && !mistake ? error.message : error)
    process.exit(1)
  }
  console.log(`ready ${running.url}`)

  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** The log, and what writes down what waits of it. pino is loaded where it is used: it takes longer than some games' whole start. */
async function openLog(form: 'text' | 'json', release: () => string): Promise<{ log: Log; flush: () => void }> {
  // At a terminal somebody reads along.
  if (form === 'text' && process.stdout.isTTY) return { log: new Log(), flush: () => {} }
  const { write, flush } = form === 'text' ? openText() : (await import('./log/pino.ts')).openJson(release)
  return { log: new Log({ output: write }), flush }
}

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

/** Keeps what releases counted, but not Vite's, whose every change is one, nor that of a server on a port for once, which nobody starts again. */
const keptTimings = ({ client }: StartOptions, port: number): InspectorOptions['kept'] =>
  client || port === 0 ? undefined : { folder: TIMING_FOLDER, instance: String(port) }

async function forgetOldActions(database: Database<AnySchema>): Promise<void> {
  const portion = 1000
  while ((await pruneLedger(database, Date.now() - LEDGER_KEPT, portion)) === portion);
}

function builtManifest(dir: string): () => Promise<Manifest> {
  const file = join(dir, 'manifest.json')
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch (error) {
    throw new Error(`${file} cannot be read: build the client first, with \`npm run build\``, { cause: error })
  }
  return () => Promise.resolve(manifest)
}

/** Assets by the manifest as it is when a page begins: a built one never changes, Vite's does. */
async function followManifest(
  manifest: () => Promise<Manifest>,
  assetBase: string,
): Promise<{ current: () => Assets; follow: RequestHandler }> {
  let seen = await manifest()
  let assets = createAssets(seen, assetBase)
  return {
    current: () => assets,
    async follow(_req, _res, next) {
      const now = await manifest()
      if (now !== seen) assets = createAssets((seen = now), assetBase)
      next()
    },
  }
}

if (import.meta.main) await start()
