import { createHook, executionAsyncResource } from 'node:async_hooks'

/** A request under way; its route's name may become known while it is. */
export interface Named {
  readonly controller: string
}

const OWNER = Symbol('request')
type Owned = { [OWNER]?: Named | undefined }

/**
 * Knows for each moment whose turn it was: V8's samples do not say which request an `await` goes on with. Every promise made is seen for that, which costs
 * what `/__profile__` says; so it is on only while a profile of chosen routes is.
 */
export class Turns {
  /** When the turn changed, microseconds of the monotonic clock that V8's profiles have too, and to whom. */
  readonly #times: number[] = []
  readonly #owners: (Named | undefined)[] = []
  readonly #hook = createHook({
    init: (_id, _type, _trigger, resource) => {
      const owner = (executionAsyncResource() as Owned)[OWNER]
      if (owner) (resource as Owned)[OWNER] = owner
    },
    before: () => this.#note((executionAsyncResource() as Owned)[OWNER]),
    after: () => this.#note(undefined),
  })

  start(): void {
    this.#hook.enable()
  }

  stop(): void {
    this.#hook.disable()
    this.forget()
  }

  /** What runs from here on, with all that it awaits, is this request's. */
  enter(request: Named): void {
    ;(executionAsyncResource() as Owned)[OWNER] = request
    this.#note(request)
  }

  /** Whose turn it was. Asked for times that rise. */
  reader(): (at: number) => Named | undefined {
    let index = 0
    return (at) => {
      while (index < this.#times.length && (this.#times[index] ?? 0) <= at) index++
      return this.#owners[index - 1]
    }
  }

  /** Drops what was noted, once its samples have been read. */
  forget(): void {
    this.#times.length = 0
    this.#owners.length = 0
  }

  #note(owner: Named | undefined): void {
    if (this.#owners.at(-1) === owner && this.#owners.length > 0) return
    this.#times.push(monotonic())
    this.#owners.push(owner)
  }
}

/** Microseconds of the clock that V8's profiles have. */
export const monotonic = (): number => Number(process.hrtime.bigint() / 1000n)
