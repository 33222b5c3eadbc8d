import type { Request, RequestHandler, Response } from 'express'
import type { TellTraffic } from '../log/echo.ts'
import { loggable, type RequestEntry, type WriteEntry } from '../log/entry.ts'
import { writeText } from '../log/text.ts'
import { playerOf } from './player.ts'
import type { Timings } from './timings.ts'
import type { Section, Traces } from './traces.ts'

declare module 'express-serve-static-core' {
  interface Request {
    timing: Timing
  }
}

/** Where a request's time goes. */
export interface Timing {
  /**
   * What answers, for the log and the histograms: `battle/attack`. A name of the program's, never of the caller's. Default `outer`.
   * Setting it opens the layer `controller`, unless it is open.
   */
  controller: string
  /**
   * Runs `work` as a section of `layer` (`controller`, `store`, `cache`, `database`, `render`, `encode`) and hands back what it
   * returns. A promise is timed until it settles. Sections nest and may run side by side: each moment of the request belongs to
   * the layer that was opened last and is still open, so that the layers add up to the whole and nothing counts twice.
   */
  span<T>(layer: string, work: () => T, words?: Words<T>): T
  /** Opens a section by hand, where there is no one function to run; calling the answer ends it. Ending twice is harmless. */
  open(layer: string): () => void
  /** Notes in the waterfall that `layer` (`identity`, `local`) answered for `detail` in no time worth telling, and counts it by the layer's name. */
  mark(layer: string, detail: string): void
  /** Counts what happened, as in `count('hits')`: the log line ends with it, `/__timing__` shows the sum. */
  count(name: string, times?: number): void
  /** Told of each statement and each key asked of a cache; undefined unless somebody listens to this player, see `log/echo.ts`. */
  echo: TellTraffic | undefined
}

/** What a section says of itself in the request's waterfall. Never a value. */
export interface Words<T> {
  /** What it does: a statement, the name of an entity. */
  detail?: string
  /** What came of it, as `3 rows`. */
  outcome?: (result: Awaited<T>) => string
}

/** Takes what a part of the program says, in words. */
export type Log = (line: string) => void

export interface TimingOptions {
  /** Takes the histograms. */
  timings: Timings
  /** Takes whole requests, section by section. Default nobody does, and none is noted. */
  traces?: Traces
  /** Takes one line a request. Default standard output, for people. */
  log?: WriteEntry
}

/**
 * Times each request, layer by layer, until its answer's first byte: how long a caller then takes to read is not the server's time. The
 * `Server-Timing` header carries the request's id, `outer`, which is the whole, and what it is made of: `chain`, which is in no other layer, and each layer's own time, for cache and database with what was counted
 * (`cache;dur=0.41;desc="roundtrips=1 hits=3"`); the log gets one line when the answer is sent
 * (`log/text.ts` has its form).
 *
 * Bytes are those on the wire, head included. A stream of server-sent events gets its line when it begins (`open`); a request that its
 * caller gave up has status 499.
 *
 * @see https://www.w3.org/TR/server-timing/
 */
export function timing({ timings, traces, log = writeText }: TimingOptions): RequestHandler {
  return function timing(req, res, next) {
    const spans = new Spans(traces ? [] : undefined)
    const wired = req.socket.bytesWritten
    // A router changes `req.path` while it works.
    const path = req.path
    let over = false
    req.timing = spans

    const report = (state: string) => {
      if (over) return
      over = true
      spans.end()
      const failed = res.statusCode >= 500 || state === '499'
      timings.record(
        spans.controller,
        spans.layers(performance.now()),
        failed,
        state === 'open' ? '2xx' : `${state.charAt(0)}xx`,
      )
      for (const [name, times] of spans.counts) timings.count(name, times)
      if (req.method === 'GET' && res.statusCode === 200) timings.answered(path, spans.controller)
      traces?.add({
        id: req.id,
        route: spans.controller,
        method: req.method,
        path,
        state,
        began: performance.timeOrigin + spans.began,
        took: spans.took,
        counts: spans.counts,
        sections: spans.sections ?? [],
        sent: performance.now() - spans.began,
        person: playerOf(req) ?? undefined,
      })
      log(line(req, spans, { state, failed, bytes: req.socket.bytesWritten - wired }))
    }
    beforeHead(res, () => {
      spans.end()
      res.setHeader('Server-Timing', `request;desc="${req.id}", ${spans.header()}`)
      if (isStream(res)) setImmediate(report, 'open')
    })
    res.once('close', () => report(res.writableFinished ? String(res.statusCode) : '499'))
    next()
  }
}

/** Opens the `controller` layer for all that follows it in the chain, until the answer's first byte. */
export function controller(): RequestHandler {
  return function controller(req, _res, next) {
    req.timing.open('controller')
    next()
  }
}

/** Runs `work` just before an answer's head is written: the last moment at which a header can be set. */
export function beforeHead(res: Response, work: () => void): void {
  const writeHead = res.writeHead.bind(res)
  res.writeHead = ((...head: Parameters<typeof writeHead>) => {
    if (!res.headersSent) work()
    return writeHead(...head)
  }) as typeof writeHead
}

/** What the header says beside a layer's time. */
const COUNTS_OF: Readonly<Record<string, readonly string[]>> = {
  store: ['conflicts'],
  cache: ['roundtrips', 'hits', 'misses', 'waits'],
  database: ['transactions', 'statements'],
}

interface Layer {
  /** Milliseconds that belong to this layer alone. */
  own: number
  /** Milliseconds in which a section of it was open. */
  whole: number
  /** Sections of it open now, and since when. */
  open: number
  since: number
}

/** Of one request; what comes after is counted, not told. */
const MOST_SECTIONS = 200

class Spans implements Timing {
  #controller = 'outer'
  echo: TellTraffic | undefined = undefined
  readonly began = performance.now()
  /** For the waterfall, in the order in which they were opened. */
  readonly sections: Section[] | undefined
  readonly #layers = new Map<string, Layer>()
  readonly #outer: Layer = { own: 0, whole: 0, open: 1, since: this.began }
  /** Open sections in the order they were opened; time goes to the last. */
  readonly #stack: Layer[] = [this.#outer]
  readonly counts = new Map<string, number>()
  #last = this.began
  #ended = false

  constructor(sections: Section[] | undefined) {
    this.sections = sections
  }

  /** Milliseconds of the whole. */
  get took(): number {
    return this.#outer.whole
  }

  get controller(): string {
    return this.#controller
  }

  /** Who names itself works from now on, if it did not before. */
  set controller(name: string) {
    this.#controller = name
    if (!this.#layers.has('controller')) this.open('controller')
  }

  span<T>(layer: string, work: () => T, words?: Words<T>): T {
    const end = this.#begin(layer, words?.detail)
    const finish = (value: Awaited<T>) => end(this.sections && words?.outcome?.(value))
    let result: T
    try {
      result = work()
    } catch (error) {
      end('failed')
      throw error
    }
    // The caller waits for the promise itself: one around it would cost each section three turns of the queue.
    if (result instanceof Promise) void result.then(finish, () => end('failed'))
    else finish(result as Awaited<T>)
    return result
  }

  open(name: string): () => void {
    return this.#begin(name)
  }

  #begin(name: string, detail?: string): (outcome?: string) => void {
    if (this.#ended) return () => {}
    const now = this.#settle()
    const section = this.#noted(name, detail, now)
    let layer = this.#layers.get(name)
    if (!layer) this.#layers.set(name, (layer = { own: 0, whole: 0, open: 0, since: 0 }))
    if (layer.open++ === 0) layer.since = now
    this.#stack.push(layer)
    let closed = false
    return (outcome) => {
      if (closed) return
      closed = true
      if (this.#ended) return
      this.#close(layer)
      if (!section) return
      section.to = this.#last - this.began
      if (outcome !== undefined) section.outcome = outcome
    }
  }

  #noted(layer: string, detail: string | undefined, now: number): Section | undefined {
    if (!this.sections || this.sections.length >= MOST_SECTIONS) return undefined
    const section: Section = { layer, from: now - this.began, to: undefined, depth: this.#stack.length - 1 }
    if (detail !== undefined) section.detail = detail
    this.sections.push(section)
    return section
  }

  mark(layer: string, detail: string): void {
    this.count(layer)
    if (!this.sections || this.#ended) return
    const last = this.sections.at(-1)
    if (last?.times !== undefined && last.layer === layer && last.detail === detail) {
      last.times++
      return
    }
    const now = performance.now()
    const section = this.#noted(layer, detail, now)
    if (section) Object.assign(section, { to: section.from, times: 1 })
  }

  count(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times)
  }

  /** Ends whatever is still open; what is opened later does not count. */
  end(): void {
    while (this.#stack.length > 0) this.#close(this.#stack.at(-1) as Layer)
    this.#ended = true
  }

  /** What `/__timing__` counts of it. @param sent when all of the answer was on its way, by `performance.now()`. */
  *layers(sent: number): Generator<[string, number]> {
    yield ['outer', this.#outer.whole]
    for (const [name, layer] of this.#layers) yield [name, name === 'controller' ? layer.whole : layer.own]
    yield ['write', sent - this.#last]
  }

  header(): string {
    let text = `outer;dur=${this.#outer.whole.toFixed(2)}, chain;dur=${this.#outer.own.toFixed(2)}`
    for (const [name, layer] of this.#layers) {
      const words = name === 'controller' ? this.controller : this.#counted(COUNTS_OF[name] ?? [])
      text += `, ${name};dur=${layer.own.toFixed(2)}${words && `;desc="${words}"`}`
    }
    return text
  }

  /** Milliseconds of the controller; undefined where none took the request. */
  get inController(): number | undefined {
    return this.#controller === 'outer' ? undefined : (this.#layers.get('controller')?.whole ?? 0)
  }

  /** `hits=3 misses=1` */
  #counted(names: readonly string[]): string {
    return names.flatMap((name) => (this.counts.has(name) ? [`${name}=${this.counts.get(name)}`] : [])).join(' ')
  }

  #close(layer: Layer): void {
    const now = this.#settle()
    this.#stack.splice(this.#stack.lastIndexOf(layer), 1)
    if (--layer.open === 0) layer.whole += now - layer.since
  }

  /** Gives the time since the last change to the section that was on top meanwhile. */
  #settle(): number {
    const now = performance.now()
    const top = this.#stack.at(-1)
    if (top) top.own += now - this.#last
    this.#last = now
    return now
  }
}

interface Ending {
  state: string
  failed: boolean
  bytes: number
}

function line(req: Request, spans: Spans, { state, failed, bytes }: Ending): RequestEntry {
  return {
    kind: 'request',
    at: Date.now(),
    level: failed ? 'warn' : 'info',
    id: req.id,
    route: spans.controller,
    // Files and health checks are answered before anybody asks who it is.
    user: playerOf(req),
    method: req.method,
    url: loggable(req.originalUrl),
    state,
    bytes,
    took: spans.took,
    controller: spans.inController,
    counts: spans.counts,
  }
}

const isStream = (res: Response): boolean => String(res.getHeader('Content-Type')).startsWith('text/event-stream')
