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
}

const HOUR = 3_600_000

/** Whole requests, section by section: the latest ones and the slowest of the hour. Bounded: with the defaults at most 3 MB. */
export class Traces {
  readonly #bounds: Required<TracesOptions>
  /** By id, the oldest first. */
  readonly #recent = new Map<string, Trace>()
  /** The slowest first. */
  #slow: Trace[] = []
  readonly #pauses: Pause[] = []

  constructor(options: TracesOptions = {}) {
    this.#bounds = { recent: 100, slow: 40, pauses: 500, ...options }
  }

  add(trace: Trace): void {
    this.#recent.set(trace.id, trace)
    if (this.#recent.size > this.#bounds.recent)
      for (const oldest of this.#recent.keys()) {
        this.#recent.delete(oldest)
        break
      }
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
    return this.#recent.get(id) ?? this.#slow.find((trace) => trace.id === id)
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

  #prune(now: number): void {
    this.#slow = this.#slow.filter(({ began }) => now - began < HOUR).slice(0, this.#bounds.slow)
  }
}
