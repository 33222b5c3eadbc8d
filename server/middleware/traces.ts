/** One section of a request's work. Milliseconds from the request's begin. */
export interface Section {
  layer: string
  from: number
  /** Undefined where the request ended first. */
  to: number | undefined
  /** Sections that were open around it. */
  depth: number
  /** What it did: a statement, the name of an entity. Never a value. */
  detail?: string
  /** What came of it: `3 rows`, `failed`. */
  outcome?: string
  /** How often it answered, one after the other, where it took no time. */
  times?: number
}

/** One request, from its first line to its answer's first byte. */
export interface Trace {
  /** `X-Request-Id`. */
  id: string
  route: string
  method: string
  path: string
  /** Status of the answer; `open` for a stream, 499 where the caller hung up. */
  state: string
  /** Milliseconds since the epoch. */
  began: number
  /** Milliseconds to the answer's first byte, and until all of it was on its way. */
  took: number
  sent: number
  counts: ReadonlyMap<string, number>
  sections: readonly Section[]
  /** Who asked, to know again who tells of it. Never shown. */
  person?: string | undefined
  /** What the load balancer tells of it, a moment later. */
  balancer?: BalancerTimes
  /** What the browser tells of it, when its page is left. */
  browser?: BrowserTimes
}

/** One request at the load balancer, in milliseconds, one after the other. */
export interface BalancerTimes {
  /** The instance that it was given to, by the balancer's name for it. */
  server: string
  /** Until the request was there as a whole. */
  receive: number
  /** Until an instance was free. */
  queue: number
  /** Until that one took the connection. */
  connect: number
  /** Until its answer began. */
  response: number
  /** Until the caller had all of it. */
  send: number
}

/** One request in the browser, in milliseconds. */
export interface BrowserTimes {
  /** The life of a document that it was a part of. */
  visit: string
  /** A new document, or parts of one: what is told of them differs. */
  kind: 'document' | 'parts'
  /** From asking, a document's line and worker being there, or from the tap, to the answer's first byte. */
  wait: number
  transfer: number
  /** A document's, before `wait`: the worker's start, the name, the line. */
  connect?: number
  /** A document's, from the start: its first paint, its largest, and all of it parsed. */
  paint?: number
  largest?: number
  parsed?: number
  /** Of parts: waiting for pictures and stylesheets, then for the morph, then for the frame that shows it. */
  decode?: number
  morph?: number
  next?: number
}

/** A time in which nothing else could run: `gc`, or `busy` where something held the event loop. Milliseconds since the epoch. */
export interface Pause {
  kind: string
  from: number
  to: number
}

export interface TracesOptions {
  /** The latest requests kept. Default 100. */
  recent?: number
  /** The slowest of the last hour kept. Default 40. */
  slow?: number
  /** Pauses kept. Default 500. */
  pauses?: number
  /** Requests kept for what their browsers tell, which comes when a page is left. Default 1,000. */
  visits?: number
  /** Hears of each request that ends. */
  onEnd?: (trace: Trace) => void
}

const HOUR = 3_600_000
/** How long a page is usually looked at before it is left and its beacon comes. Milliseconds. */
const VISIT = 600_000

/**
 * Whole requests, section by section: the latest ones, the slowest of the hour, and under load those of some people, everything that they asked for in ten minutes,
 * so that their visits can be told whole. Bounded: with the defaults at most 6 MB.
 */
export class Traces {
  readonly #bounds: Required<Omit<TracesOptions, 'onEnd'>>
  readonly #onEnd: ((trace: Trace) => void) | undefined
  /** By id, the oldest first. */
  readonly #recent = new Map<string, Trace>()
  /** The slowest first. */
  #slow: Trace[] = []
  readonly #pauses: Pause[] = []
  /** Of the people who are watched, by id, the oldest first. */
  readonly #visits = new Map<string, Trace>()
  /** One person of so many is watched: a power of two. */
  #oneOf = 1
  /** When that was last changed. */
  #chosen = 0

  constructor({ onEnd, ...options }: TracesOptions = {}) {
    this.#bounds = { recent: 100, slow: 40, pauses: 500, visits: 1000, ...options }
    this.#onEnd = onEnd
  }

  add(trace: Trace): void {
    this.#recent.set(trace.id, trace)
    if (this.#recent.size > this.#bounds.recent) this.#recent.delete(first(this.#recent))
    this.#watch(trace)
    this.#onEnd?.(trace)
    // A stream is open for as long as somebody looks: it is not slow.
    if (trace.state === 'open') return
    const least = this.#slow.at(-1)
    if (least && this.#slow.length >= this.#bounds.slow && trace.took <= least.took) {
      if (trace.began - least.began > HOUR) this.#prune(trace.began)
      return
    }
    const at = this.#slow.findIndex(({ took }) => took < trace.took)
    this.#slow.splice(at < 0 ? this.#slow.length : at, 0, trace)
    this.#prune(trace.began)
  }

  /** Notes a time in which the process did something for nobody. */
  paused(pause: Pause): void {
    this.#pauses.push(pause)
    if (this.#pauses.length > this.#bounds.pauses) this.#pauses.shift()
  }

  find(id: string): Trace | undefined {
    return this.#recent.get(id) ?? this.#visits.get(id) ?? this.#slow.find((trace) => trace.id === id)
  }

  /** Of this person's requests that of this id, where it is kept: an id that somebody else tells is not theirs. */
  findOf(person: string | null, id: string): Trace | undefined {
    const trace = this.find(id)
    return person !== null && trace?.person === person ? trace : undefined
  }

  /** The latest first. */
  recent(): Trace[] {
    return [...this.#recent.values()].toReversed()
  }

  /** The slowest of the hour first. */
  slow(): readonly Trace[] {
    this.#prune(Date.now())
    return this.#slow
  }

  /** Pauses that fell into a request. */
  pausesOf({ began, took }: Trace): Pause[] {
    return this.#pauses.filter(({ from, to }) => to > began && from < began + took)
  }

  /** Where so many ask that requests would be gone before their beacons come, fewer people are watched, and more again when it is quiet. */
  #watch(trace: Trace): void {
    const { id, began, person } = trace
    const { size } = this.#visits
    const [oldest] = this.#visits.values()
    const age = began - (oldest?.began ?? began)
    if (this.#oneOf > 1 && began - this.#chosen >= VISIT && (size < this.#bounds.visits / 2 || age >= 2 * VISIT))
      this.#choose(this.#oneOf / 2, began)
    if (!this.#isWatched(person)) return
    this.#visits.set(id, trace)
    if (this.#visits.size <= this.#bounds.visits) return
    if (age < VISIT) {
      this.#choose(this.#oneOf * 2, began)
      for (const [id, { person }] of this.#visits) if (!this.#isWatched(person)) this.#visits.delete(id)
    }
    if (this.#visits.size > this.#bounds.visits) this.#visits.delete(first(this.#visits))
  }

  #choose(oneOf: number, now: number): void {
    this.#oneOf = oneOf
    this.#chosen = now
  }

  #isWatched(person: string | undefined): boolean {
    return person !== undefined && (this.#oneOf === 1 || share(person) % this.#oneOf === 0)
  }

  #prune(now: number): void {
    this.#slow = this.#slow.filter(({ began }) => now - began < HOUR).slice(0, this.#bounds.slow)
  }
}

const first = (map: ReadonlyMap<string, unknown>): string => map.keys().next().value ?? ''

/** The same number for the same person each time. http://www.isthe.com/chongo/tech/comp/fnv/ */
function share(person: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < person.length; at++) hash = Math.imul(hash ^ person.charCodeAt(at), 0x01000193)
  // Its low bits, of which the share is made, know little of the first characters.
  return (hash ^ (hash >>> 15)) >>> 0
}
