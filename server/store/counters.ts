import type { Traffic } from '../log/entry.ts'

/** What a section says of itself to whoever looks at one request: a statement and how many rows, never a value. */
export interface Words<T> {
  detail?: string
  outcome?: (result: Awaited<T>) => string
}

/** What the store tells of one request's work. A request's timing satisfies it by shape; the store does not know middleware. */
export interface Timing {
  /** Runs `work` and adds its time to `layer` (`cache`, `database`); gives back what it gave, a promise included. */
  span<T>(layer: string, work: () => T, words?: Words<T>): T
  /** Adds `n` (default 1) to the count `name` (`roundtrips` to the cache, `hits`, `misses`, `waits`, `statements`, `conflicts`). */
  count(name: string, n?: number): void
  /** Told of each statement and each key asked of a cache, where somebody listens to this request's player. */
  readonly echo?: ((traffic: Traffic) => void) | undefined
  /** Notes that the layer (`identity`, `local`) answered for what it is called, in no time worth telling. */
  mark?(layer: string, detail: string): void
}

/** Counts for one entity or list since the process started. */
export interface EntityCounters {
  /** Found in the cache, negative ones included. */
  hits: number
  /** Found in this process's local cache, without a look into the other. */
  localHits: number
  /** Not in the cache. */
  misses: number
  /** Stored in the cache after being read from the database. */
  fills: number
  /** Fills the cache refused: a write came between reading and storing, or the cache is out of reach. */
  refusedFills: number
  /** Found in the cache as "does not exist". */
  negativeHits: number
  /** Times another's lease was waited for. */
  leaseWaits: number
  /** Old values given to readers who would else have waited. */
  staleServes: number
  /** Values read anew before they expired. */
  refreshes: number
  /** Cached bytes that did not decode and were deleted. */
  undecodable: number
  /** Versioned writes that matched no row. */
  conflicts: number
  /** JSON bytes of what was stored in the cache. */
  bytesBefore: number
  /** Bytes of the same as stored. */
  bytesAfter: number
}

const NOTHING: Readonly<EntityCounters> = {
  hits: 0,
  localHits: 0,
  misses: 0,
  fills: 0,
  refusedFills: 0,
  negativeHits: 0,
  leaseWaits: 0,
  staleServes: 0,
  refreshes: 0,
  undecodable: 0,
  conflicts: 0,
  bytesBefore: 0,
  bytesAfter: 0,
}

export interface Counters {
  /** The live counters of one entity or list, made on first use. */
  of(name: string): EntityCounters
  /** A copy of all, by name. */
  snapshot(): Record<string, EntityCounters>
}

export function createCounters(): Counters {
  const byName = new Map<string, EntityCounters>()
  return {
    of(name) {
      let counters = byName.get(name)
      if (!counters) byName.set(name, (counters = { ...NOTHING }))
      return counters
    },
    snapshot: () => Object.fromEntries(Array.from(byName, ([name, counters]) => [name, { ...counters }])),
  }
}

/** Runs `work` as a section of `layer`, where anyone measures. */
export function span<T>(timing: Timing | undefined, layer: string, work: () => T, words?: Words<T>): T {
  return timing ? timing.span(layer, work, words) : work()
}

/** Runs `work` and then tells of it, the time it took and what came of it. */
export function echoing<T>(
  echo: (traffic: Traffic) => void,
  { kind, text, outcome }: Pick<Traffic, 'kind' | 'text'> & { outcome: (result: unknown) => string },
  work: () => T,
): T {
  const from = performance.now()
  const tell = (outcome: string) => echo({ kind, text, outcome, took: performance.now() - from })
  let result: T
  try {
    result = work()
  } catch (error) {
    tell('failed')
    throw error
  }
  if (result instanceof Promise)
    result.then(
      (value) => tell(outcome(value)),
      () => tell('failed'),
    )
  else tell(outcome(result))
  return result
}
