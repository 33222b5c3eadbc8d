/** One task waiting for its turn. */
export interface TaskOptions {
  /**
   * Which lane it waits in: 0 goes first. A function is asked again each time a place becomes free, so that a task can move
   * ahead while it waits. Default 0.
   */
  lane?: number | (() => number)
  /** Aborted before its turn, the task never starts and its promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface Queue {
  /** How many run at once. May be changed while tasks wait. */
  concurrency: number
  /** Tasks running now. */
  readonly active: number
  /** Tasks waiting for their turn. */
  readonly pending: number
  /** Runs `task` when it is its turn; settles as the task does. Tasks of one lane start in the order they were added. */
  add<T>(task: () => Promise<T>, options?: TaskOptions): Promise<T>
}

interface Waiting {
  lane: () => number
  start: () => void
}

/**
 * Bounded concurrency with lanes.
 *
 * @param concurrency how many tasks run at once.
 * @throws RangeError when `concurrency` is not a number from 1 up.
 */
export function createQueue(concurrency: number): Queue {
  if (!(concurrency >= 1))
    throw new RangeError(`queue: concurrency ${concurrency} arrived, a number from 1 up was expected`)
  const waiting = new Set<Waiting>()
  let active = 0

  function next() {
    while (active < queue.concurrency && waiting.size > 0) {
      let first: Waiting | undefined
      let lowest = Infinity
      for (const entry of waiting) {
        const lane = entry.lane()
        if (lane < lowest) [first, lowest] = [entry, lane]
      }
      if (!first) return
      waiting.delete(first)
      active++
      first.start()
    }
  }

  // Async, so that a task that throws before its first await frees its place too.
  async function run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } finally {
      active--
      next()
    }
  }

  const queue: Queue = {
    concurrency,
    get active() {
      return active
    },
    get pending() {
      return waiting.size
    },
    add: (task, { lane = 0, signal } = {}) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          waiting.delete(entry)
          reject(signal?.reason as Error)
        }
        const entry: Waiting = {
          lane: typeof lane === 'number' ? () => lane : lane,
          start() {
            signal?.removeEventListener('abort', abort)
            void run(task).then(resolve, reject)
          },
        }
        if (signal?.aborted) return abort()
        signal?.addEventListener('abort', abort, { once: true })
        waiting.add(entry)
        next()
      }),
  }
  return queue
}
