import { type Response, Router } from 'express'
import { randomUUID } from 'node:crypto'
import { HttpError } from '../middleware/httperror.ts'
import type { Log } from '../middleware/timing.ts'
import type { Timings } from '../middleware/timings.ts'
import { type Beacon, MAX_BEACON, parseBeacon } from '../wire/beacon.ts'
import { MAX_EVENT_BYTES, OWNER, parseEvents, type TrackedEvent } from '../wire/event.ts'
import { createBatch, NotWritten } from './batch.ts'
import { readJson } from './body.ts'
import type { StoredEvent } from './table.ts'

/** What happens in the game, written down in batches. */
export interface Events {
  /**
   * What a page tells. Resolves when it is stored for good, with all others that came at about the same time.
   * @throws NotWritten where it is not, or may not be: the page keeps it, and sends it again with the same ids.
   */
  record(user: string | null, events: readonly TrackedEvent[]): Promise<void>
  /** What the server itself knows: taken at once, stored within milliseconds. A process that is killed takes the last of it along. */
  track(user: string | null, events: readonly TrackedEvent[]): void
  /** Stores what waits. */
  flush(): Promise<void>
  /** Stores what waits, and stops. */
  close(): Promise<void>
  /** Events lost since the start. */
  readonly dropped: number
}

export interface EventsOptions {
  /** Where they go: `eventTable(database)`, or a stream's `publish`. */
  sink: (events: readonly StoredEvent[]) => Promise<void>
  /** Takes a line when events are lost. Default standard error. */
  log?: Log
  /** Milliseconds since the epoch. Default the machine's clock. */
  clock?: () => number
}

/** As Node names it. */
const OWNER_KEY = OWNER.toLowerCase()

/** A page that was without a line for longer than this says so in vain, and none tells the future. */
const LATEST = 30 * 86_400_000

/** Events go to the sink within milliseconds, as many at a time as there are; at most 20,000 wait. */
export function createEvents({ sink, log, clock = Date.now }: EventsOptions): Events {
  const batch = createBatch<StoredEvent>({ sink, ...(log && { log }) })

  function stored(user: string | null, toldBy: StoredEvent['toldBy'], event: TrackedEvent): StoredEvent {
    const { id = randomUUID(), name, data } = event
    const receivedAt = clock()
    const at = Math.round(Math.max(receivedAt - LATEST, Math.min(event.at, receivedAt)))
    return { id, user, name, toldBy, at, receivedAt, data } as StoredEvent
  }

  return {
    record: (user, events) => batch.write(events.map((event) => stored(user, 'page', event))),
    track: (user, events) => batch.add(events.map((event) => stored(user, 'server', event))),
    flush: () => batch.flush(),
    close: () => batch.close(),
    get dropped() {
      return batch.dropped
    },
  }
}

export interface CollectOptions {
  events: Pick<Events, 'record'>
  /** Takes what browsers measured. */
  timings: Timings
  /** Gets each beacon that comes for the first time, and whose it is. */
  onBeacon?: (beacon: Beacon, person: string | null) => void
}

/**
 * What pages report: `POST /track/record_event` (an array of events, see `wire/event.ts`) and `POST /track/beacon` (what a page measured,
 * see `wire/beacon.ts`, at most 2 KB; one that comes twice counts once). Both answer 204, or 400 in words. A 204 for events says that they are stored for good: killing this process, the database
 * or NATS loses none of them. Where they cannot be stored the answer is 503 with `Retry-After`; where the header `Owner` names another
 * player than is signed in, 409. Reads bodies itself, to its own limits: it goes before other parsers.
 */
export function collect({ events, timings, onBeacon }: CollectOptions): Router {
  const router = Router()
  const told = createMemory()
  router.post('/track/record_event', async (req, res) => {
    req.timing.controller = 'track/record_event'
    changesNoPage(res)
    const batch = parsed(await readJson(req, MAX_EVENT_BYTES), parseEvents)
    req.timing.count('events', batch.length)
    const owner = req.headers[OWNER_KEY]
    if (owner !== undefined && owner !== req.session.user)
      throw new HttpError(409, 'Keep these events: another player is signed in here.')
    try {
      if (batch.length > 0) await events.record(req.session.user, batch)
    } catch (error) {
      if (!(error instanceof NotWritten)) throw error
      // Said once a failed write by the batch, not once a request.
      res
        .status(503)
        .set('Retry-After', '2')
        .json({ status: 503, words: `Keep these events: ${error.message}.` })
      return
    }
    res.statusCode = 204
    res.end()
  })
  router.post('/track/beacon', async (req, res) => {
    req.timing.controller = 'track/beacon'
    changesNoPage(res)
    const beacon = parsed(await readJson(req, MAX_BEACON), parseBeacon)
    if (!told.isKnown(beacon.id)) {
      report(timings, beacon)
      onBeacon?.(beacon, req.session.user)
    }
    res.status(204).end()
  })
  return router
}

/** `speculation()` takes each write for an action, after which pages fetched ahead are out of date: these come all the time, and none is. */
const changesNoPage = (res: Response): void => res.removeHeader('Clear-Site-Data')

/** @throws HttpError 400 with the parser's words. */
function parsed<T>(body: unknown, parse: (body: unknown) => T): T {
  try {
    return parse(body)
  } catch (error) {
    throw new HttpError(400, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function report(timings: Timings, { path, document, vitals, places, frames, fragments, pictures }: Beacon): void {
  // A document's wait is in TTFB already, and parts have a wait of their own.
  timings.reported(path, Object.entries(vitals))
  if (document) timings.reported(path, Object.entries({ connect: document.connect, parsed: document.parsed }))
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
