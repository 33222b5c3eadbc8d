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
  /** Events lost since the start. */
  readonly dropped: number
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
    get dropped() {
      return batch.dropped
    },
  }
}

export interface CollectOptions {
  events: Events
  /** Takes what browsers measured. */
  timings: Timings
}

/**
 * What pages report: `POST /track/record_event` (an array of events, see `wire/event.ts`) and `POST /track/beacon` (what a page measured,
 * see `wire/beacon.ts`, at most 2 KB; one that comes twice counts once). Both answer 204, or 400 in words. `navigator.sendBeacon` sends JSON as `text/plain` unless it is told
 * otherwise, so that is read as JSON too. Reads bodies itself, to its own limits: it goes before other parsers.
 */
export function collect({ events, timings }: CollectOptions): Router {
  const router = Router()
  const told = createMemory()
  router.post('/track/record_event', text(MAX_BATCH), (req, res) => {
    req.timing.controller = 'track/record_event'
    const batch = parsed(req, parseEvents)
    events.track(req.session.user, batch)
    req.timing.count('events', batch.length)
    res.status(204).end()
  })
  router.post('/track/beacon', text(MAX_BEACON), (req, res) => {
    req.timing.controller = 'track/beacon'
    const beacon = parsed(req, parseBeacon)
    if (!told.isKnown(beacon.id)) report(timings, beacon)
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

function report(timings: Timings, { path, vitals, places, frames, fragments, pictures }: Beacon): void {
  timings.reported(path, Object.entries(vitals))
  for (const { path, ...figures } of places ?? []) timings.reported(path, Object.entries(figures))
  for (const { path, duration, blocking } of frames ?? [])
    timings.reported(path, Object.entries({ 'long frame': duration, blocking }))
  for (const { path, request: _, ...figures } of fragments ?? []) timings.reported(path, Object.entries(figures))
  for (const { lane, p75 } of pictures ?? []) timings.reported(path, [[`pictures, lane ${lane}`, p75]])
}

/** Remembers the latest beacons: a line that fails may bring one twice. */
function createMemory(most = 1000): { isKnown(id: string): boolean } {
  const ids = new Set<string>()
  return {
    isKnown(id) {
      if (ids.has(id)) return true
      ids.add(id)
      const [oldest] = ids
      if (ids.size > most && oldest !== undefined) ids.delete(oldest)
      return false
    },
  }
}
