/** One holder at a time, in the order they asked. */
export class Mutex {
  #held = false
  readonly #waiting: (() => void)[] = []

  /** Resolves when it is this caller's turn, with the function that ends it. */
  async lock(): Promise<() => void> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#held = true
    return () => {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#held = false
    }
  }
}
