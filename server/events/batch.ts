import type { Log } from '../middleware/timing.ts'

export interface BatchOptions<Item> {
  /** Writes some items for good; a rejection says that perhaps none is written. */
  sink: (items: readonly Item[]) => Promise<void>
  /** Items in one write. Default 500. */
  size?: number
  /** Milliseconds that an item waits for others at most, while no write is under way. Default 20. */
  wait?: number
  /** Milliseconds after which nobody waits longer for a write. Default 5,000. */
  patience?: number
  /** Milliseconds in which nothing is taken or tried after a write that failed. Default 1,000. */
  rest?: number
  /** Items that may wait altogether. Default 20,000. */
  queue?: number
  /** Takes a line when a write fails and when something was lost. Default standard error. */
  log?: Log
}

/**
 * Collects items and writes them many at a time: group commit. All that comes while a write is under way is the next one, so that the cost of a commit is
 * shared by as many as there are, and memory stays bounded when the sink is slow or down.
 */
export interface Batch<Item> {
  /**
   * Resolves when the items are written for good.
   * @throws NotWritten when they are not, or may not be: whoever sent them has to keep them.
   */
  write(items: readonly Item[]): Promise<void>
  /** Takes items for which nobody waits. While they cannot be written the oldest beyond `queue` are dropped, counted and logged. */
  add(items: readonly Item[]): void
  /** Writes all that waits. Never rejects: what nobody waits for and cannot be written waits on. */
  flush(): Promise<void>
  /** Writes all that waits, once more, and stops. What is added later is dropped, what is to be written refused. */
  close(): Promise<void>
  /** Items lost since the start, of those that were added. */
  readonly dropped: number
}

/** Why items were not written, for those who wait. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten'
}

/** Items that are written together, and those who wait for it. */
interface Group<Item> {
  items: Item[]
  written: PromiseWithResolvers<void>
}

function group<Item>(): Group<Item> {
  const written = Promise.withResolvers<void>()
  // Perhaps nobody waits.
  written.promise.catch(() => {})
  return { items: [], written }
}

export function createBatch<Item>(options: BatchOptions<Item>): Batch<Item> {
  const { sink, size = 500, wait = 20, patience = 5000, rest = 1000, queue = 20_000, log = console.error } = options
  /** The last takes what comes; those before it are full. */
  let groups: Group<Item>[] = []
  /** Items for which nobody waits. */
  const added: Item[] = []
  /** Items in `groups` and under way for which somebody waits. */
  let awaited = 0
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  /** True while a write takes longer than anybody's patience. */
  let stuck = false
  let restUntil = 0
  let closed = false

  const say = (words: string) => log(`events: ${words}`)

  function drop(count: number, why: string) {
    if (count <= 0) return
    dropped += count
    say(`${count} lost (${why}), ${dropped} since the start`)
  }

  const trim = (why: string) => drop(added.splice(0, added.length - queue).length, why)

  function last(): Group<Item> {
    let open = groups.at(-1)
    if (!open || open.items.length >= size) groups.push((open = group<Item>()))
    return open
  }

  /** Sees to it that what waits is written. */
  function schedule() {
    if (writing) return
    const waiting = (groups[0]?.items.length ?? 0) + added.length
    if (waiting === 0) return
    const left = restUntil - performance.now()
    if (left <= 0 && (waiting >= size || closed)) void writeNext()
    else timer ??= setTimeout(() => void writeNext(), Math.max(left, wait))
  }

  async function writeNext() {
    clearTimeout(timer)
    timer = undefined
    writing ??= writeOne()
    await writing
  }

  async function writeOne() {
    const { items, written } = groups.shift() ?? group<Item>()
    const also = added.splice(0, size)
    const tooLong = setTimeout(() => {
      stuck = true
      refuse(written, `the sink takes longer than ${patience} ms`)
    }, patience)
    try {
      await sink(also.length > 0 ? [...also, ...items] : items)
      written.resolve()
    } catch (error) {
      const why = `the sink failed: ${error instanceof Error ? error.message : String(error)}`
      say(why)
      restUntil = performance.now() + rest
      added.unshift(...also)
      trim(why)
      refuse(written, why)
    }
    clearTimeout(tooLong)
    awaited -= items.length
    stuck = false
    writing = undefined
    // Whoever came meanwhile has waited long enough.
    if ((groups[0]?.items.length ?? 0) > 0) void writeNext()
    else schedule()
  }

  /** Those who wait for this write, and those behind them, who would have no better luck. */
  function refuse(written: PromiseWithResolvers<void>, why: string) {
    const refusal = new NotWritten(why)
    written.reject(refusal)
    for (const { items, written } of groups) {
      awaited -= items.length
      written.reject(refusal)
    }
    groups = []
  }

  async function flush() {
    do {
      await writing
      if (added.length > 0 || groups.length > 0) await writeNext()
    } while (writing ?? (performance.now() >= restUntil && added.length > 0))
  }

  return {
    get dropped() {
      return dropped
    },
    async write(items) {
      if (closed) throw new NotWritten('the server is shutting down')
      if (stuck || performance.now() < restUntil) throw new NotWritten('the sink does not answer')
      if (awaited + items.length > queue) throw new NotWritten(`more than ${queue} wait`)
      const open = last()
      for (const item of items) open.items.push(item)
      awaited += items.length
      schedule()
      await open.written.promise
    },
    add(items) {
      if (closed) {
        drop(items.length, 'the server is shutting down')
        return
      }
      for (const item of items) added.push(item)
      trim(`more than ${queue} waited`)
      schedule()
    },
    flush,
    async close() {
      closed = true
      await flush()
      clearTimeout(timer)
      drop(added.splice(0).length, 'the sink failed at the end')
    },
  }
}
