import { AsyncLocalStorage } from 'node:async_hooks'
import type { Timing } from './counters.ts'

/** What a driver knows of the caller of a statement: who counts it, and whether the caller is inside a transaction. */
export interface Scope {
  timing: Timing | undefined
  /** The transaction the caller is in; the driver opens and closes it. */
  transaction: { open: boolean } | undefined
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
    return this.#storage.run({ timing, transaction: scope?.transaction }, work)
  }

  async forTransaction<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.current()
    if (scope?.transaction?.open) {
      throw new Error(
        'a transaction was begun inside another of the same caller and would wait for it forever: pass the outer one on',
      )
    }
    return this.#storage.run({ timing: scope?.timing, transaction: { open: false } }, work)
  }
}
