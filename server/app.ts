import express, { type Express, type RequestHandler } from 'express'
import { collect, type Events } from './events/collect.ts'
import type { Reports } from './events/report.ts'
import { access } from './inspect/access.ts'
import { eventsPage } from './inspect/events/events.ts'
import { logPages } from './inspect/log/log.ts'
import { memoryPage } from './inspect/memory/memory.ts'
import { metricsPage, type MetricsOptions } from './inspect/metrics.ts'
import { profiled, profilePage } from './inspect/profile/profile.ts'
import { timingPage, type TimingPageOptions } from './inspect/timing/timing.ts'
import { tracePages } from './inspect/requests/trace.ts'
import { echoed } from './log/echo.ts'
import type { Log } from './log/log.ts'
import type { Visits } from './inspect/requests/visits.ts'
import type { Assets } from './middleware/assets.ts'
import { crossSite } from './middleware/crosssite.ts'
import { encode } from './middleware/encode.ts'
import type { Memory } from './memory/memory.ts'
import { answerError, errors, type ErrorsOptions, notFound } from './middleware/errors.ts'
import { headers } from './middleware/headers.ts'
import { health, type HealthOptions } from './middleware/health.ts'
import { body, timeout, writeRate, type WriteRateOptions } from './middleware/limits.ts'
import type { SendPage } from './middleware/pages.ts'
import { requestId } from './middleware/requestid.ts'
import { session } from './middleware/session.ts'
import { speculation, type SpeculationOptions } from './middleware/speculation.ts'
import { controller, timing } from './middleware/timing.ts'
import type { Traces } from './middleware/traces.ts'
import type { Timings } from './middleware/timings.ts'
import type { Profiler } from './profile/profiler.ts'

/** What the chain is made of. */
export interface AppOptions {
  /** The game's routes, in order. */
  routes: readonly RequestHandler[]
  /** Describes the page that says what failed. */
  errorPage: ErrorsOptions['errorPage']
  /** What errors mean that have no words of their own. */
  meaning?: ErrorsOptions['meaning']
  sendPage: SendPage
  assets: () => Assets
  events: Events
  /** For `/__events__`. */
  reports: Reports
  timings: Timings
  /** Whole requests, for `/__timing__/requests`. */
  traces: Traces
  /** Visits as their pages tell them, for the same. */
  visits: Visits
  /** For `/__profile__`. */
  profiler: Profiler
  /** For `/__memory__`. */
  memory: Memory
  /** What releases counted, this one and those before it, for `/__timing__`. Default nobody keeps it. */
  releases?: TimingPageOptions['releases']
  /** What the caches count, for `/__timing__`. */
  caches?: Pick<TimingPageOptions, 'counters' | 'memcached'>
  /** What else the process can tell Prometheus. */
  metrics?: Pick<MetricsOptions, 'pools' | 'streams' | 'connections'>
  health: HealthOptions
  /** Built files, or Vite's, in order; each calls the next for what is none of its. */
  origin?: readonly RequestHandler[]
  /** See `env.ts`. */
  assetBase: string
  requestTimeout: number
  sessionSecrets: readonly string[]
  inspectToken: string
  trustProxy: readonly string[]
  /** True on a developer's machine: `/__timing__` opens to loopback. */
  development: boolean
  /** True under Vite, whose client needs a wider policy. */
  vite?: boolean
  /** What browsers may fetch ahead. */
  speculation?: SpeculationOptions
  /** Limits of {@link writeRate}. */
  rates?: WriteRateOptions
  /** Takes requests and failures, for `/__log__`. */
  log: Log
}

/** The order of things. */
export function createApp(options: AppOptions): Express {
  const { assetBase, development, events, log, origin, profiler, timings, traces, visits } = options
  const release = () => options.assets().release
  const fail = answerError({ ...options, log: log.write })

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', options.trustProxy)

  app.use(requestId())
  app.use(timing({ timings, traces, log: log.write }))
  app.use(profiled(profiler))
  app.use(headers({ assetBase, development: options.vite ?? false }))
  app.use(health(options.health))
  app.use(timeout({ seconds: options.requestTimeout, answer: fail }))
  app.use(speculation(options.speculation))
  // Files come before sessions: fetching one makes nobody a player.
  if (origin) app.use(...origin)
  app.use(session({ secrets: options.sessionSecrets }))
  app.use(echoed(log))
  app.use(crossSite())
  app.use(writeRate(options.rates))
  // Before bodies are read: what pages report has limits of its own.
  app.use(collect({ events, timings, onBeacon: (beacon, person) => visits.take(beacon, person) }))
  app.use(body())
  app.use(encode())
  app.use(
    access({ token: options.inspectToken, development }),
    timingPage({ ...options.caches, timings, release, releases: options.releases }),
    tracePages({ traces, visits }),
    metricsPage({ ...options.caches, ...options.metrics, timings, release, lostEvents: () => events.dropped }),
    logPages({ log }),
    memoryPage(options),
    eventsPage({ reports: options.reports, lost: () => events.dropped }),
    profilePage({ profiler, routes: () => timings.routes().map(({ route }) => route), release }),
  )
  app.use(controller(), ...options.routes)
  app.use(notFound())
  app.use(errors(fail))
  return app
}
