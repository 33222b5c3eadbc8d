import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Cache, Lease } from '../cache/cache.ts'
import { decode, encode } from '../cache/codec.ts'
import type { Wanted } from './batch.ts'
import { type Counters, span, type Timing } from './counters.ts'
import { deepFreeze } from './entities.ts'

/** Seconds a "does not exist" may stay: an insert ends it at once, so this bounds memory and what an unseen writer can cost. */
const NEGATIVE_TTL = 60

/** Milliseconds between looks at a key that another process is filling; after the last the database is asked. */
const WAITS = [2, 4, 8, 16, 32]

interface Flight {
  lease: Lease
  value: Promise<unknown>
}

/** Cache in front of the database, for all sessions of a process: single flight by lease, negative entries, damage as a miss. */
export class ReadThrough {
  readonly #cache: Cache
  readonly #counters: Counters
  /** The fills under way in this process, by key. */
  readonly #flights = new Map<string, Flight>()

  constructor(cache: Cache, counters: Counters) {
    this.#cache = cache
    this.#counters = counters
  }

  /** For each that is wanted, in order, its value or a promise of it; null for what does not exist. */
  async read(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    const answers = await this.#ask(wanted, true, timing)
    const missing: Missing[] = []
    const values = wanted.map((one, index) => {
      const answer = answers[index] ?? NONE
      const key = one.source.key(one.id)
      if (answer.kind === 'leased') return this.#join(one, key, answer.lease, timing)
      const found = this.#decoded(one, answer, timing)
      const lease = answer.kind === 'none' ? undefined : answer.lease
      if (found && lease === undefined) return found.value
      const load = Promise.withResolvers<unknown>()
      missing.push({ ...one, key, lease, load })
      if (lease !== undefined) this.#flights.set(key, { lease, value: load.promise })
      if (!found) return load.promise
      // A hit with the right to refresh it: answered from what there is. Should the refresh fail, a later reader will win that right.
      load.promise.catch(() => {})
      return found.value
    })
    void this.#load(missing)
    return values
  }

  /** The values the cache has, undefined where it has none; takes no leases, so nothing has to be filled. */
  async peek(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    const answers = await this.#ask(wanted, false, timing)
    return wanted.map((one, index) => this.#decoded(one, answers[index] ?? NONE, timing)?.value)
  }

  async forget(keys: readonly string[], timing: Timing | undefined): Promise<void> {
    if (keys.length === 0) return
    for (const key of keys) this.#flights.delete(key)
    await span(timing, 'cache', () => this.#cache.delete(keys))
  }

  #ask(wanted: readonly Wanted[], lease: boolean, timing: Timing | undefined): Promise<Answer[]> {
    const keys = wanted.map(({ source, id }) => source.key(id))
    return span(timing, 'cache', () => this.#cache.get(keys, { lease }))
  }

  /** What a hit holds; undefined is a miss, and damaged bytes are deleted so that they are one only once. */
  #decoded({ source, id }: Wanted, answer: Answer, timing: Timing | undefined): { value: unknown } | undefined {
    const count = this.#counters.of(source.name)
    if (answer.kind !== 'hit') {
      count.misses++
      timing?.count('misses')
      return undefined
    }
    const decoded = decode(answer.value)
    if (!decoded.ok || (decoded.value !== null && !source.accepts(decoded.value, id))) {
      count.undecodable++
      timing?.count('misses')
      void this.#cache.delete([source.key(id)])
      return undefined
    }
    count.hits++
    timing?.count('hits')
    if (decoded.value === null) count.negativeHits++
    return { value: deepFreeze(decoded.value) }
  }

  async #load(missing: Missing[]): Promise<void> {
    const bySource = Map.groupBy(missing, ({ source }) => source)
    await Promise.all(
      Array.from(bySource, async ([source, some]) => {
        try {
          const rows = await source.load(some.map(({ id }) => id))
          for (const one of some) {
            const value = rows.get(one.id) ?? null
            one.load.resolve(value)
            if (one.lease !== undefined) void this.#fill(one, one.lease, value)
          }
        } catch (error) {
          for (const { load } of some) load.reject(error)
          // Gives the leases back: who comes next shall not wait for a fill that will not come.
          await this.#cache.delete(some.filter(({ lease }) => lease !== undefined).map(({ key }) => key))
        } finally {
          for (const { key, lease } of some) if (this.#flights.get(key)?.lease === lease) this.#flights.delete(key)
        }
      }),
    )
  }

  async #fill({ source, key }: Missing, lease: Lease, value: unknown): Promise<void> {
    const count = this.#counters.of(source.name)
    const { bytes, jsonBytes } = encode(value)
    const taken = await this.#cache.fill(
      key,
      lease,
      bytes,
      value === null ? Math.min(NEGATIVE_TTL, source.ttl) : source.ttl,
    )
    if (!taken) {
      count.refusedFills++
      return
    }
    count.fills++
    count.bytesBefore += jsonBytes
    count.bytesAfter += bytes.length
  }

  /**
   * Another reader fills this key. One of this process with the same lease is joined; a flight with an older lease is not: it may have read
   * before a write that was finished when this reader asked.
   */
  async #join(one: Wanted, key: string, lease: Lease, timing: Timing | undefined): Promise<unknown> {
    const flight = this.#flights.get(key)
    this.#counters.of(one.source.name).waits++
    if (flight?.lease === lease) return flight.value
    for (const pause of WAITS) {
      await sleep(pause)
      const [answer = NONE] = await this.#ask([one], false, timing)
      const found = answer.kind === 'hit' ? this.#decoded(one, answer, timing) : undefined
      if (found) return found.value
    }
    return (await one.source.load([one.id])).get(one.id) ?? null
  }
}

interface Missing extends Wanted {
  key: string
  lease: Lease | undefined
  load: PromiseWithResolvers<unknown>
}

const NONE: Answer = { kind: 'none' }
