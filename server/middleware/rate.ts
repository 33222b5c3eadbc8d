/** Seconds that it looks back, and into how many parts it counts. */
const SECONDS = 60
const PARTS = 12
const PART = (SECONDS / PARTS) * 1000

/** How often something happened in the last minute, whatever happened before. */
export class Rate {
  readonly #counts = new Uint32Array(PARTS)
  readonly #began = Date.now()
  /** Number of the part that counts now. */
  #part = 0

  /** @param now milliseconds since the epoch. */
  count(now: number): void {
    this.#turn(now)
    const at = this.#part % PARTS
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
  }

  /** A second, over the last minute or since the first was counted. */
  perSecond(now: number): number {
    this.#turn(now)
    const passed = Math.min((now - this.#began) / 1000, SECONDS - PART / 1000 + (now % PART) / 1000)
    return this.#counts.reduce((sum, count) => sum + count, 0) / Math.max(1, passed)
  }

  /** Forgets parts that are a minute old. */
  #turn(now: number): void {
    const part = Math.floor(now / PART)
    for (let gone = Math.max(this.#part + 1, part - PARTS + 1); gone <= part; gone++) this.#counts[gone % PARTS] = 0
    this.#part = Math.max(this.#part, part)
  }
}
