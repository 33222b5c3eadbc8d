/** One task waiting for its turn. */
export interface TaskOptions {
  /** Which lane it waits in: 0 goes first. Asked each time a place may be free, so that a task can move ahead while it waits. Default 0. */
  lane?: (() => number) | undefined
  /** Aborted, the promise rejects with the signal's reason; before its turn, the task never starts. */
  signal?: AbortSignal | undefined
}

/**
 * How many tasks may run when one of `lane` is the next to start. `beside` says that more urgent ones run already.
 * Asked each time, so that it may change as the line does. Where all that run are less urgent, one more starts whatever it says.
 */
export type Room = (lane: number, beside: boolean) => number

export interface Queue {
  /** Runs `task` when it is its turn; settles as the task does. Tasks of one lane start in the order they were added. */
  add: <T>(task: () => Promise<T>, options?: TaskOptions) => Promise<T>
  /** Looks whether one may start: for when a lane or the room has changed. As one ends, or is added, that is done anyway. */
  next: () => void
}

interface Entry {
  lane: () => number
  start: () => Promise<void>
}

/**
 * Bounded concurrency with lanes.
 *
 * @example
 * const queue = createQueue(() => 4)
 * const answer = await queue.add(() => fetch(url), { lane: () => (isSeen() ? 0 : 1) })
 */
export function createQueue(room: Room): Queue {
  const waiting = new Set<Entry>()
  const running = new Set<Entry>()

  let look: Promise<void> | undefined

  /** Once for all that are added or end together: a look goes through all that wait. */
  function next() {
    look ??= Promise.resolve().then(startAll)
  }

  function startAll() {
    look = undefined
    for (;;) {
      let first: Entry | undefined
      let lowest = Infinity
      for (const entry of waiting) {
        const lane = entry.lane()
        if (lane < lowest) [first, lowest] = [entry, lane]
      }
      let urgent = Infinity
      for (const entry of running) urgent = Math.min(urgent, entry.lane())
      if (!first || (running.size >= room(lowest, urgent < lowest) && urgent <= lowest)) return
      waiting.delete(first)
      running.add(first)
      void first.start()
    }
  }

  return {
    next,
    add: (task, { lane = () => 0, signal } = {}) =>
      new Promise((resolve, reject) => {
        const entry: Entry = {
          lane,
          // Async, so that a task that throws before its first await frees its place too.
          async start() {
            try {
              resolve(await task())
            } catch (error) {
              reject(error)
            }
            running.delete(entry)
            next()
          },
        }
        const abort = () => {
          waiting.delete(entry)
          reject(signal?.reason as Error)
        }
        waiting.add(entry)
        next()
        signal?.addEventListener('abort', abort)
        if (signal?.aborted) abort()
      }),
  }
}
