import express, { type Request, type RequestHandler, Router } from 'express'
import { HttpError } from '../middleware/httperror.ts'
import type { Log } from '../middleware/timing.ts'
import type { Timings } from '../middleware/timings.ts'
import type { Database } from '../store/database.ts'
import { type Beacon, MAX_BEACON, parseBeacon } from '../wire/beacon.ts'
import { parseEvents, type TrackedEvent } from '../wire/event.ts'
import { createBatch } from './batch.ts'
import { type EventSchema, eventTable, type StoredEvent } from './table.ts'

/** What happens in the game, written down in batches. */
export interface Events {
  /** Takes events at once; they are stored within about a second. */
  track(user: string | null, events: readonly TrackedEvent[]): void
  /** Stores what waits. */
  flush(): Promise<void>
  /** Stores what waits, and stops. */
  close(): Promise<void>
}

export interface EventsOptions {
  database: Database<EventSchema>
  /** Takes a line when events are lost. Default standard error. */
  log?: Log
  /** Milliseconds since the epoch. Default the machine's clock. */
  clock?: () => number
}

/** Events go to the table `event`, at most a second or 500 of them later; at most 20,000 wait. */
export function createEvents({ database, log, clock = Date.now }: EventsOptions): Events {
  const batch = createBatch<StoredEvent>({ sink: eventTable(database), ...(log && { log }) })
  return {
    track(user, events) {
      const receivedAt = clock()
      batch.add(events.map((event) => Object.assign({ user, receivedAt }, event)))
    },
    flush: () => batch.flush(),
    close: () => batch.close(),
  }
}

export interface CollectOptions {
  events: Events
  /** Takes what browsers measured. */
  timings: Timings
}

/**
 * What pages report: `POST /track/record_event` (an array of events, see `wire/event.ts`) and `POST /track/beacon` (one page visit, see
 * `wire/beacon.ts`, at most 2 KB). Both answer 204, or 400 in words. `navigator.sendBeacon` sends JSON as `text/plain` unless it is told
 * otherwise, so that is read as JSON too. Reads bodies itself, to its own limits: it goes before other parsers.
 */
export function collect({ events, timings }: CollectOptions): Router {
  const router = Router()
  router.post('/track/record_event', text(MAX_BATCH), (req, res) => {
    req.timing.controller = 'track/record_event'
    const batch = parsed(req, parseEvents)
    events.track(req.session.user, batch)
    req.timing.count('events', batch.length)
    res.status(204).end()
  })
  router.post('/track/beacon', text(MAX_BEACON), (req, res) => {
    req.timing.controller = 'track/beacon'
    report(timings, parsed(req, parseBeacon))
    res.status(204).end()
  })
  return router
}

/** Bytes of one batch of events. */
const MAX_BATCH = 16 * 1024

const text = (limit: number): RequestHandler => express.text({ type: ['application/json', 'text/plain'], limit })

/** @throws HttpError 400 with the parser's words. */
function parsed<T>(req: Request, parse: (body: unknown) => T): T {
  try {
    return parse(typeof req.body === 'string' && req.body !== '' ? JSON.parse(req.body) : undefined)
  } catch (error) {
    throw new HttpError(400, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Names are the sender's: only those that a page of ours can send are kept. */
const VITALS = new Set(['TTFB', 'FCP', 'LCP', 'INP', 'CLS'])

function report(timings: Timings, { path, vitals, fragments, pictures }: Beacon): void {
  timings.reported(
    path,
    Object.entries(vitals).filter(([name]) => VITALS.has(name)),
  )
  for (const { path, wait, transfer, morph, paint } of fragments ?? [])
    timings.reported(path, Object.entries({ wait, transfer, morph, paint }))
  if (pictures) timings.reported(path, [['slowest picture', pictures.slowest]])
}
