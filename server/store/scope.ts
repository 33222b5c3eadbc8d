import { AsyncLocalStorage } from 'node:async_hooks'
import type { Timing } from './counters.ts'

/** What a driver knows of the caller of a statement: who counts it, and whether the caller is inside a transaction. */
export interface Scope {
  timing: Timing | undefined
  /** Set by the driver between BEGIN and the end. */
  inTransaction: boolean
}

/** Carries a {@link Scope} along the caller's awaits to the driver, where Kysely's own signatures leave no room for it. */
export class Scopes {
  readonly #storage = new AsyncLocalStorage<Scope>()

  current(): Scope | undefined {
    return this.#storage.getStore()
  }

  timed<T>(timing: Timing | undefined, work: () => Promise<T>): Promise<T> {
    const scope = this.current()
    if (!timing || scope?.timing === timing) return work()
    return this.#storage.run({ timing, inTransaction: scope?.inTransaction ?? false }, work)
  }

  async forTransaction<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.current()
    if (scope?.inTransaction) {
      throw new Error(
        'a transaction was begun inside another of the same caller and would wait for it forever: pass the outer one on',
      )
    }
    return this.#storage.run({ timing: scope?.timing, inTransaction: false }, work)
  }
}
