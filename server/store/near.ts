/** Rows and lists kept in this process for all of them; past it the least recently used go. */
const MOST = 10_000

/** Writes remembered, so that what was read before them is not kept after them. */
const MOST_WRITES = 10_000

interface Kept {
  value: unknown
  /** Milliseconds of `performance.now()`. */
  until: number
}

/**
 * The local cache: values as they are, frozen, for a few seconds, with no bytes to decode and nobody to ask. What this process writes goes at once;
 * what others write is not heard of here, so an entity has to ask for it (`local`).
 */
export class Near {
  readonly #kept = new Map<string, Kept>()
  /** Keys written by this process, with the number of the write; the oldest first. */
  readonly #written = new Map<string, number>()
  #writes = 0
  /** Writes up to this one are no longer remembered. */
  #floor = 0

  /** To be called before a value is read from elsewhere, and given to {@link keep} with it. */
  get now(): number {
    return this.#writes
  }

  /** Undefined where there is none; a value may be null. */
  get(key: string): unknown {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    if (kept.until <= performance.now()) return undefined
    this.#kept.set(key, kept)
    return kept.value
  }

  /** Keeps a value for `seconds`, unless its key was written since `since`. */
  keep(key: string, value: unknown, seconds: number, since: number): void {
    if (since < this.#floor || (this.#written.get(key) ?? 0) > since) return
    this.#kept.delete(key)
    this.#kept.set(key, { value, until: performance.now() + seconds * 1000 })
    if (this.#kept.size > MOST) this.#kept.delete(first(this.#kept))
  }

  forget(key: string): void {
    this.#kept.delete(key)
    this.#written.delete(key)
    this.#written.set(key, ++this.#writes)
    if (this.#written.size <= MOST_WRITES) return
    const oldest = first(this.#written)
    this.#floor = this.#written.get(oldest) ?? 0
    this.#written.delete(oldest)
  }
}

const first = (map: ReadonlyMap<string, unknown>): string => map.keys().next().value ?? ''
