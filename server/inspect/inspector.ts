import express, { type Express, type RequestHandler, Router } from 'express'
import type { Events } from '../events/collect.ts'
import type { Reports } from '../events/report.ts'
import { echoed } from '../log/echo.ts'
import { Log } from '../log/log.ts'
import { createMemory, type Memory } from '../memory/memory.ts'
import { watchPauses } from '../middleware/pauses.ts'
import { requestId } from '../middleware/requestid.ts'
import { timing } from '../middleware/timing.ts'
import { Timings } from '../middleware/timings.ts'
import { Traces } from '../middleware/traces.ts'
import { createProfiler, type Profiler } from '../profile/profiler.ts'
import type { Beacon } from '../wire/beacon.ts'
import { access } from './access.ts'
import { eventsPage } from './events/events.ts'
import { logPages } from './log/log.ts'
import { memoryPage } from './memory/memory.ts'
import { metricsPage, type MetricsOptions } from './metrics.ts'
import { profiled, profilePage } from './profile/profile.ts'
import { Balancer, receiveLog } from './requests/balancer.ts'
import { tracePages } from './requests/trace.ts'
import { Visits } from './requests/visits.ts'
import { Releases } from './timing/releases.ts'
import { timingPage } from './timing/timing.ts'

export interface InspectorOptions {
  /** Names the build. */
  release: () => string
  /** Opens the pages from anywhere. Default `''`: nowhere but on this machine, in development. */
  token?: string
  /** True where loopback alone is enough: a developer's own machine. Default false. */
  development?: boolean
  /** Takes requests and failures. Default one that writes lines for people to standard output. */
  log?: Log
  /** The sources' folder: a profile names files from there on. Default the working directory. */
  base?: string
  /** File that gets what a profile has gathered when the server ends. Default it is forgotten. */
  profileFile?: string
  /** Where each release's timings are kept, to compare it with those before; `instance` tells processes apart that share it. Default nowhere. */
  kept?: { folder: string; instance: string } | undefined
  /** Where the load balancer's log is received, by UDP. Default nowhere. */
  balancerLog?: { host: string; port: number } | null
  /** What caches, pools and streams tell of themselves. */
  counts?: Pick<MetricsOptions, 'counters' | 'memcached' | 'pools' | 'streams' | 'connections'>
  /** What happens in the game, for `/__events__` and the count of what was lost. Default there is no such page. */
  events?: { events: Pick<Events, 'dropped'>; reports: Reports }
}

/** All that measures a server, and shows it. */
export interface Inspector {
  readonly log: Log
  readonly timings: Timings
  readonly memory: Memory
  readonly profiler: Profiler
  /** Goes before everything: the request's id, its spans, its line in the log, the profiler. */
  readonly first: RequestHandler[]
  /** Goes behind the session, before the game: `/__timing__`, `/__profile__`, `/__memory__`, `/__log__`, `/__events__`, `/metrics`. */
  readonly pages: RequestHandler[]
  /** Takes what a page told of itself: `onBeacon` of `collect()`. */
  readonly onBeacon: (beacon: Beacon, user: string | null) => void
  /** Reads what earlier releases left, and listens to the load balancer. @throws Error in words where the port is taken. */
  start(app: Express): Promise<void>
  /** Keeps what is to be kept. To be called when the last request has been answered. */
  close(): Promise<void>
}

const MINUTE = 60_000

/**
 * Timing, waterfalls, log, profiler, memory and metrics of an Express app:
 *
 * ```ts
 * const inspector = createInspector({ release: () => 'r1', development: true })
 * app.use(...inspector.first)
 * app.use(session({ secrets }))
 * app.use(...inspector.pages)
 * await inspector.start(app)
 * ```
 *
 * Whose a request is says `req.session.user`, of `session()` or of anything that puts a text there; without one all are strangers.
 */
export function createInspector(options: InspectorOptions): Inspector {
  const { release, token = '', development = false, kept, balancerLog, counts, events } = options
  const log = options.log ?? new Log()
  const complain = (words: string) => log.note('error', words)
  const timings = new Timings()
  const traces: Traces = new Traces(balancerLog ? { onEnd: (trace) => balancer.ended(trace) } : {})
  const balancer = new Balancer({ timings, find: (id) => traces.find(id) })
  const visits = new Visits({ traces })
  const { base = process.cwd(), profileFile } = options
  const profiler = createProfiler({ base, ...(profileFile !== undefined && { flush: profileFile }) })
  const memory = createMemory()
  const releases = kept && new Releases({ ...kept, release: release(), timings, log: complain })
  const keeping = setInterval(() => void releases?.save(), MINUTE).unref()
  const unwatch = watchPauses(traces)
  let receiver: Awaited<ReturnType<typeof receiveLog>> | undefined

  const pages = Router().use(
    // The forms' own fields, where nobody has read them yet.
    express.urlencoded({ extended: false }),
    access({ token, development }),
    timingPage({ ...counts, timings, release, releases }),
    tracePages({ traces, visits }),
    metricsPage({ ...counts, timings, release, ...(events && { lostEvents: () => events.events.dropped }) }),
    logPages({ log }),
    memoryPage({ memory }),
    profilePage({ profiler, routes: () => timings.routes().map(({ route }) => route), release }),
  )
  if (events) pages.use(eventsPage({ reports: events.reports, lost: () => events.events.dropped }))

  return {
    log,
    timings,
    memory,
    profiler,
    first: [requestId(), timing({ timings, traces, log: log.write }), profiled(profiler)],
    pages: [echoed(log), aside(pages)],
    onBeacon: (beacon, user) => visits.take(beacon, user),
    async start(app) {
      await releases?.load()
      const isTrusted = app.get('trust proxy fn') as (address: string, hop: number) => boolean
      if (balancerLog)
        receiver = await receiveLog({
          ...balancerLog,
          isTrusted: (address) => isTrusted(address, 0),
          take: (line) => balancer.take(line),
        })
    },
    async close() {
      clearInterval(keeping)
      receiver?.close()
      unwatch()
      memory.close()
      await releases?.save()
      await profiler.close()
    },
  }
}

/** No request of the game's goes through any of them. */
const aside =
  (pages: Router): RequestHandler =>
  (req, res, next) =>
    /^\/(?:__|metrics)/i.test(req.path) ? pages(req, res, next) : next()
