import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Cache, Lease } from '../cache/cache.ts'
import { createCodec, type Encoded } from '../cache/codec.ts'
import type { Wanted } from './batch.ts'
import { type Counters, span, type Timing } from './counters.ts'
import { Near } from './near.ts'

/** Seconds a "does not exist" may stay: an insert ends it at once, so this bounds memory and what an unseen writer can cost. */
const NEGATIVE_TTL = 60

/** The last part of a value's life, in which one reader wins the right to read it anew: a value in use never expires under its readers. */
const EARLY = 0.1

/** Milliseconds between looks at a key that another process is filling: a quarter of a second in all, which a database's read seldom takes. */
const WAITS = [2, 4, 8, 16, 32, 64, 128]

/** Milliseconds after which a lease that was met first then, and is still there, is taken for a dead process's and ended. */
const DEAD_AFTER = 3000

/** Leases remembered with when they were met. */
const MOST_MET = 1000

/** A read that others who meet the same lease may join. */
interface Flight {
  lease: Lease
  value: Promise<unknown>
}

/** A key that was changed, and how long its old value may still be given to those who would else wait. */
export interface Gone {
  key: string
  /** Seconds. */
  stale: number
}

/**
 * Cache in front of the database, for all sessions of a process: local cache, shared cache, database; single flight by lease, negative entries,
 * damage as a miss.
 */
export class ReadThrough {
  readonly #cache: Cache
  readonly #counters: Counters
  readonly #report: (error: unknown) => void
  readonly #near = new Near()
  /** The reads under way in this process, by key: of those who hold a lease, and of those who wait for another process's. */
  readonly #flights = new Map<string, Flight>()
  /** Other processes' leases, by key, and when they were met first. */
  readonly #met = new Map<string, { lease: Lease; at: number }>()

  /** @param report is told what keeps a value from being stored: it holds what no cache can. */
  constructor(cache: Cache, counters: Counters, report: (error: unknown) => void) {
    this.#cache = cache
    this.#counters = counters
    this.#report = report
  }

  /** For each that is wanted, in order, its value or a promise of it; null for what does not exist. */
  read(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    return wanted.some(({ source }) => source.local) ? this.#readNear(wanted, timing) : this.#readFar(wanted, timing)
  }

  async #readNear(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    const values = wanted.map((one) => this.#nearby(one, timing))
    const far = wanted.filter((_, index) => values[index] === undefined)
    if (far.length === 0) return values
    const found = await this.#readFar(far, timing)
    if (far.length === wanted.length) return found
    let next = 0
    return values.map((value) => (value === undefined ? found[next++] : value))
  }

  /** The values the cache has, undefined where it has none; takes no leases, so nothing has to be filled. */
  async peek(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    const since = this.#near.now
    const answers = await this.#ask(wanted, false, timing)
    return wanted.map((one, index) => this.#decoded(one, answers[index] ?? NONE, since, timing))
  }

  /** After a commit: no read begun before this is joined, kept here, or filled. */
  async forget(given: readonly (Gone | string)[], timing: Timing | undefined): Promise<void> {
    if (given.length === 0) return
    const gone = given.map((one) => (typeof one === 'string' ? { key: one, stale: 0 } : one))
    for (const { key } of gone) {
      this.#flights.delete(key)
      this.#near.forget(key)
    }
    const bySeconds = Map.groupBy(gone, ({ stale }) => stale)
    timing?.count('roundtrips')
    for (const { key } of gone) timing?.echo?.({ kind: 'cache', text: `delete ${key}`, outcome: 'asked' })
    await span(timing, 'cache', async () => {
      await Promise.all(
        Array.from(bySeconds, ([stale, some]) =>
          this.#cache.delete(
            some.map(({ key }) => key),
            { stale },
          ),
        ),
      )
    })
  }

  #nearby({ source, id }: Wanted, timing: Timing | undefined): unknown {
    if (!source.local) return undefined
    const value = this.#near.get(source.key(id))
    if (value === undefined) return undefined
    this.#counters.of(source.name).localHits++
    timing?.count('hits')
    timing?.echo?.({ kind: 'cache', text: `get ${source.key(id)}`, outcome: 'hit in this process' })
    timing?.mark?.('local', source.name)
    return value
  }

  async #readFar(wanted: readonly Wanted[], timing: Timing | undefined): Promise<unknown[]> {
    const since = this.#near.now
    const answers = await this.#ask(wanted, true, timing)
    const missing: Missing[] = []
    const values = wanted.map((one, index) => {
      const answer = answers[index] ?? NONE
      const found = this.#decoded(one, answer, since, timing)
      if (found !== undefined && (answer.kind !== 'hit' || answer.lease === undefined)) return found
      const key = one.source.key(one.id)
      if (answer.kind === 'leased')
        return this.#usable(one, answer) ?? this.#join(one, key, answer.lease, since, timing)
      const lease = answer.kind === 'none' ? undefined : answer.lease
      const load = Promise.withResolvers<unknown>()
      const refresh = found !== undefined
      missing.push({ ...one, key, lease, load, since, refresh, echo: timing?.echo })
      if (lease !== undefined) this.#flights.set(key, { lease, value: load.promise })
      if (!refresh) return load.promise
      // A hit with the right to refresh it: answered from what there is. Should the refresh fail, the value lives out its time.
      this.#counters.of(one.source.name).refreshes++
      load.promise.catch(() => {})
      return found
    })
    if (missing.length > 0) void this.#load(missing)
    return values
  }

  async #ask(wanted: readonly Wanted[], lease: boolean, timing: Timing | undefined): Promise<Answer[]> {
    const keys = wanted.map(({ source, id }) => source.key(id))
    timing?.count('roundtrips')
    const options = lease
      ? { early: wanted.map(({ source }) => source.ttl * EARLY), stale: wanted.some(({ source }) => source.stale) }
      : { lease }
    const from = performance.now()
    const words = { detail: `${this.#cache.name}: ${namesOf(wanted)}`, outcome: hitsIn }
    const answers = await span(timing, 'cache', () => this.#cache.get(keys, options), words)
    if (timing?.echo) echoAnswers(timing.echo, keys, answers, performance.now() - from)
    return answers
  }

  /** What a hit holds; undefined is a miss, and damaged bytes are deleted so that they are one only once. */
  #decoded(one: Wanted, answer: Answer, since: number, timing: Timing | undefined): unknown {
    const { source, id } = one
    const count = this.#counters.of(source.name)
    if (answer.kind !== 'hit') {
      count.misses++
      timing?.count('misses')
      return undefined
    }
    const value = this.#opened(one, answer.value)
    if (value === undefined) {
      timing?.count('misses')
      return undefined
    }
    count.hits++
    timing?.count('hits')
    if (value === null) count.negativeHits++
    if (source.local) this.#near.keep(source.key(id), value, source.local, since)
    return value
  }

  #opened({ source, id }: Wanted, bytes: Buffer): unknown {
    const decoded = (source.codec ?? ANYTHING).decode(bytes)
    if (decoded.ok && (decoded.value === null || source.accepts(decoded.value, id))) return decoded.value
    this.#counters.of(source.name).undecodable++
    void this.#cache.delete([source.key(id)])
    return undefined
  }

  /** The old value of a key that another is filling, where its source would rather have that than wait. */
  #usable(one: Wanted, { stale }: { stale?: Buffer }): unknown {
    if (stale === undefined || !one.source.stale) return undefined
    const value = this.#opened(one, stale)
    if (value !== undefined) this.#counters.of(one.source.name).staleServes++
    return value
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
            if (source.local) this.#near.keep(one.key, value, source.local, one.since)
            if (one.lease !== undefined) this.#fill(one, one.lease, value).catch(this.#report)
          }
        } catch (error) {
          for (const { load, key, lease, refresh } of some) {
            load.reject(error)
            // Who comes next shall not wait for a fill that will not come. What is still good stays.
            if (lease !== undefined && !refresh) void this.#cache.release(key, lease)
          }
        } finally {
          for (const { key, lease } of some) this.#landed(key, lease)
        }
      }),
    )
  }

  async #fill({ source, key, echo }: Missing, lease: Lease, value: unknown): Promise<void> {
    const count = this.#counters.of(source.name)
    let encoded: Encoded
    try {
      encoded = (source.codec ?? ANYTHING).encode(value)
    } catch (error) {
      void this.#cache.release(key, lease)
      throw error
    }
    const { bytes, jsonBytes } = encoded
    const ttl = value === null ? Math.min(NEGATIVE_TTL, source.ttl) : source.ttl
    const stored = await this.#cache.fill(key, lease, bytes, ttl)
    echo?.({ kind: 'cache', text: `fill ${key}`, outcome: stored ? 'stored' : 'refused', bytes: bytes.length })
    if (!stored) {
      count.refusedFills++
      return
    }
    count.fills++
    count.bytesBefore += jsonBytes
    count.bytesAfter += bytes.length
  }

  /**
   * Another reader fills this key. One of this process with the same lease is joined; a flight with another lease is not: it may have read
   * before a write that was finished when this reader asked.
   */
  #join(one: Wanted, key: string, lease: Lease, since: number, timing: Timing | undefined): Promise<unknown> {
    const flight = this.#flights.get(key)
    this.#counters.of(one.source.name).leaseWaits++
    timing?.count('waits')
    if (flight?.lease === lease) return flight.value
    const value = this.#wait(one, lease, since, timing)
    this.#flights.set(key, { lease, value })
    const landed = () => this.#landed(key, lease)
    value.then(landed, landed)
    return value
  }

  /**
   * Looks again and again whether another process has filled a key, as long as this process has any patience left for that lease; then asks the
   * database, without a right to fill: the other may only be slow, and its fill must find its lease. One that never fills is dead, and its lease is
   * ended.
   */
  async #wait(one: Wanted, lease: Lease, since: number, timing: Timing | undefined): Promise<unknown> {
    const key = one.source.key(one.id)
    const met = this.#meet(key, lease)
    let due = met
    for (const pause of WAITS) {
      due += pause
      const left = due - performance.now()
      // A timer may be early by a part of a millisecond.
      if (left < 1) continue
      await sleep(left)
      const [answer = NONE] = await this.#ask([one], false, timing)
      const found = answer.kind === 'hit' ? this.#decoded(one, answer, since, timing) : undefined
      if (found !== undefined) return found
    }
    if (performance.now() - met > DEAD_AFTER) await this.#cache.release(key, lease)
    return (await one.source.load([one.id])).get(one.id) ?? null
  }

  /** When this process met a lease of another for the first time. */
  #meet(key: string, lease: Lease): number {
    const met = this.#met.get(key)
    if (met?.lease === lease) return met.at
    this.#met.delete(key)
    const at = performance.now()
    this.#met.set(key, { lease, at })
    if (this.#met.size > MOST_MET) this.#met.delete(this.#met.keys().next().value ?? '')
    return at
  }

  #landed(key: string, lease: Lease | undefined): void {
    if (this.#flights.get(key)?.lease === lease) this.#flights.delete(key)
  }
}

interface Missing extends Wanted {
  key: string
  lease: Lease | undefined
  load: PromiseWithResolvers<unknown>
  /** Of the local cache, when the reading began. */
  since: number
  /** There is a value, which will soon expire. */
  refresh: boolean
  echo: Timing['echo']
}

const NONE: Answer = { kind: 'none' }

const ANYTHING = createCodec()

/** `player and 2 more` */
function namesOf([first, ...more]: readonly Wanted[]): string {
  const { name = '' } = first?.source ?? {}
  return more.length > 0 ? `${name} and ${more.length} more` : name
}

const hitsIn = (answers: readonly Answer[]): string =>
  `${answers.filter(({ kind }) => kind === 'hit').length} of ${answers.length} found`

/** Tells of each key what the cache knew of it. */
function echoAnswers(
  echo: NonNullable<Timing['echo']>,
  keys: readonly string[],
  answers: readonly Answer[],
  took: number,
): void {
  for (const [index, key] of keys.entries()) {
    const answer = answers[index] ?? NONE
    const { outcome, bytes } =
      answer.kind === 'hit'
        ? { outcome: 'hit', bytes: answer.value.length }
        : { outcome: answer.kind === 'leased' ? 'miss, another fills it' : 'miss', bytes: undefined }
    echo({ kind: 'cache', text: `get ${key}`, outcome, bytes, took })
  }
}
