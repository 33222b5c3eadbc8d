import type { Log } from '../middleware/timing.ts'

export interface BatchOptions<Item> {
  /** Writes some items for good; a rejection keeps them for the next attempt. */
  sink: (items: readonly Item[]) => Promise<void>
  /** Items in one write. Default 500. */
  size?: number
  /** Milliseconds that an item waits at most for others. Default 1,000. */
  wait?: number
  /** Items that may wait altogether; past them the oldest are dropped, counted and logged. Default 20,000. */
  queue?: number
  /** Takes a line about what was lost. Default standard error. */
  log?: Log
}

/** Collects items and writes them many at a time: adding one costs nothing, and memory stays bounded when the sink is slow or down. */
export interface Batch<Item> {
  add(items: readonly Item[]): void
  /** Writes all that waits. Never rejects: what cannot be written waits on. */
  flush(): Promise<void>
  /** Writes all that waits, once more, and stops. What is added later is dropped. */
  close(): Promise<void>
  /** Items lost since the start. */
  readonly dropped: number
}

export function createBatch<Item>(options: BatchOptions<Item>): Batch<Item> {
  const { sink, size = 500, wait = 1000, queue = 20_000, log = console.error } = options
  const waiting: Item[] = []
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  /** The last write, so that one follows the other. */
  let writing = Promise.resolve()
  /** True while the sink works, and after it failed until the next try. */
  let resting = false
  let closed = false

  const drop = (count: number, why: string) => {
    dropped += count
    log(`${new Date().toISOString()} events: ${count} lost (${why}), ${dropped} since the start`)
  }

  const writeAll = async () => {
    resting = true
    while (waiting.length > 0) {
      const items = waiting.splice(0, size)
      try {
        await sink(items)
      } catch (error) {
        waiting.unshift(...items)
        trim(`the sink failed: ${error instanceof Error ? error.message : String(error)}`)
        return
      }
    }
    resting = false
  }

  const trim = (why: string) => {
    if (waiting.length > queue) drop(waiting.splice(0, waiting.length - queue).length, why)
  }

  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeAll)
    await writing
    if (waiting.length > 0 && !closed) later()
  }

  const later = () => {
    timer ??= setTimeout(() => void flush(), wait).unref()
  }

  return {
    get dropped() {
      return dropped
    },
    add(items) {
      if (closed) {
        if (items.length > 0) drop(items.length, 'the server is shutting down')
        return
      }
      waiting.push(...items)
      trim(`more than ${queue} waited`)
      if (waiting.length >= size && !resting) void flush()
      else later()
    },
    flush,
    async close() {
      closed = true
      await flush()
      if (waiting.length > 0) drop(waiting.splice(0).length, 'the sink failed at the end')
    },
  }
}
