import express, { type Express, type RequestHandler } from 'express'
import { collect, type Events } from './events/collect.ts'
import type { Inspector } from './inspect/inspector.ts'
import type { Assets } from './middleware/assets.ts'
import { crossSite } from './middleware/crosssite.ts'
import { encode } from './middleware/encode.ts'
import { answerError, errors, type ErrorsOptions, notFound } from './middleware/errors.ts'
import { headers } from './middleware/headers.ts'
import { health, type HealthOptions } from './middleware/health.ts'
import { body, timeout, writeRate, type WriteRateOptions } from './middleware/limits.ts'
import type { SendPage } from './middleware/pages.ts'
import { session } from './middleware/session.ts'
import { speculation, type SpeculationOptions } from './middleware/speculation.ts'
import { controller } from './middleware/timing.ts'

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
  inspector: Inspector
  health: HealthOptions
  /** Built files, or Vite's, in order; each calls the next for what is none of its. */
  origin?: readonly RequestHandler[]
  /** See `env.ts`. */
  assetBase: string
  requestTimeout: number
  sessionSecrets: readonly string[]
  trustProxy: readonly string[]
  /** True under Vite, whose client needs a wider policy. */
  vite?: boolean
  /** What browsers may fetch ahead. */
  speculation?: SpeculationOptions
  /** Limits of {@link writeRate}. */
  rates?: WriteRateOptions
}

/** The order of things. */
export function createApp(options: AppOptions): Express {
  const { assetBase, events, inspector, origin } = options
  const fail = answerError({ ...options, log: inspector.log.write })

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', options.trustProxy)

  app.use(...inspector.first)
  app.use(headers({ assetBase, development: options.vite ?? false }))
  app.use(health(options.health))
  app.use(timeout({ seconds: options.requestTimeout, answer: fail }))
  app.use(speculation(options.speculation))
  // Files come before sessions: fetching one makes nobody a player.
  if (origin) app.use(...origin)
  app.use(session({ secrets: options.sessionSecrets }))
  app.use(crossSite())
  app.use(writeRate(options.rates))
  // Before bodies are read: what pages report has limits of its own.
  app.use(collect({ events, timings: inspector.timings, onBeacon: inspector.onBeacon }))
  app.use(body())
  app.use(encode())
  app.use(...inspector.pages)
  app.use(controller(), ...options.routes)
  app.use(notFound())
  app.use(errors(fail))
  return app
}
