import type { Codec } from '../cache/codec.ts'
import type { Executor } from './queries.ts'

/** Something a {@link Source} has under an id. */
export interface Wanted {
  source: Source
  id: string
}

/** Where values come from when the cache does not have them: the rows of an entity, or the ids of a list. */
export interface Source {
  /** For the counters. */
  name: string
  /** Seconds a value may stay in the cache. */
  ttl: number
  /** Seconds a value is kept in this process besides. Default 0: not at all. */
  local?: number
  /** Seconds that an old value may be given to those who would else wait for the new one. Default 0: they wait. */
  stale?: number
  key: (id: string) => string
  /** Default: one that knows nothing of its values. */
  codec?: Codec
  /** What the database has; an id without an entry does not exist. `within` is the transaction to read in; default: outside of any. */
  load(ids: readonly string[], within?: Executor): Promise<ReadonlyMap<string, unknown>>
  /** Whether what the cache gave is a value for `id`; damage and mix-ups are misses. */
  accepts: (value: unknown, id: string) => boolean
}

interface Asked extends Wanted {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** Gathers what is asked for in one turn of the event loop and answers it in one go. */
export class Batch {
  readonly #answer: (wanted: Wanted[]) => Promise<unknown[]>
  #asked: Asked[] = []

  /** @param answer gives one value, or promise of one, for each that is wanted, in order. */
  constructor(answer: (wanted: Wanted[]) => Promise<unknown[]>) {
    this.#answer = answer
  }

  ask(source: Source, id: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // A tick asked for by a promise comes after all promises that are ready now: what they ask for joins this batch.
      if (this.#asked.length === 0) queueMicrotask(() => process.nextTick(this.#flush))
      this.#asked.push({ source, id, resolve, reject })
    })
  }

  readonly #flush = (): void => {
    const asked = this.#asked
    this.#asked = []
    this.#answer(asked).then(
      (values) => asked.forEach(({ resolve }, index) => resolve(values[index])),
      (error: unknown) => asked.forEach(({ reject }) => reject(error)),
    )
  }
}
