import { getHeapSnapshot, getHeapStatistics } from 'node:v8'
import type { Readable } from 'node:stream'
import { readHeapSnapshot, type Retainers, type TypeSize } from './heapgraph.ts'

/** Bytes at one moment. */
export interface MemoryPoint {
  /** Milliseconds since the epoch. */
  at: number
  /** All that the process holds. */
  resident: number
  /** JavaScript's objects, and the room V8 has for them. */
  heap: number
  room: number
  /** Buffers and what else stands outside of V8's heap. */
  external: number
}

/** What there was when somebody looked. */
export interface Look {
  /** When, UTC: `14:03:20`. */
  name: string
  at: number
  types: TypeSize[]
}

/** Watches the memory of the process; looks into it when asked. */
export interface Memory {
  /** A point every {@link MemoryOptions.every}, the oldest first. */
  readonly points: readonly MemoryPoint[]
  readonly looks: readonly Look[]
  /** Bytes that V8 may use at most. */
  readonly limit: number
  /** Counts what there is, by type. The process stands still meanwhile, for about a second in 100 MiB. */
  look(): Promise<Look>
  /** How the objects of a type are held. Stands still as {@link Memory.look} does. */
  retainers(type: string): Promise<Retainers[]>
  /** A snapshot as Chrome reads it. Holds everything that the process knows: secrets, too. */
  snapshot(): Readable
  close(): void
}

export interface MemoryOptions {
  /** Milliseconds between two points. Default 10,000. */
  every?: number
  /** Points kept; the oldest go. Default 360: an hour. */
  points?: number
}

const EVERY = 10_000
const POINTS = 360
const LOOKS = 8
/** Types kept of a look. */
const TYPES = 3000

export function createMemory({ every = EVERY, points: most = POINTS }: MemoryOptions = {}): Memory {
  const points: MemoryPoint[] = []
  const looks: Look[] = []
  /** Two snapshots at once would stand still twice as long. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  function note(): void {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
    points.push({ at: Date.now(), resident: rss, heap: heapUsed, room: heapTotal, external })
    if (points.length > most) points.shift()
  }
  note()
  const timer = setInterval(note, every).unref()

  return {
    points,
    looks,
    limit: getHeapStatistics().heap_size_limit,
    look: () =>
      inTurn(async () => {
        const at = Date.now()
        const graph = await readHeapSnapshot(getHeapSnapshot())
        const time = new Date(at).toISOString().slice(11, 19)
        const before = looks.filter(({ name }) => name.startsWith(time)).length
        const name = before > 0 ? `${time} (${before + 1})` : time
        const look = { name, at, types: graph.types().slice(0, TYPES) }
        looks.push(look)
        if (looks.length > LOOKS) looks.shift()
        note()
        return look
      }),
    retainers: (type) => inTurn(async () => (await readHeapSnapshot(getHeapSnapshot())).retainers(type)),
    snapshot: () => getHeapSnapshot(),
    close: () => clearInterval(timer),
  }
}

/** What grew between two looks, the most first; what shrank last. */
export function growth(before: Look, after: Look): (TypeSize & { more: number; grown: number })[] {
  const known = new Map(before.types.map((one) => [one.type, one]))
  return after.types
    .map((one) => {
      const { count = 0, size = 0 } = known.get(one.type) ?? {}
      return { ...one, more: one.count - count, grown: one.size - size }
    })
    .toSorted((one, other) => other.grown - one.grown)
}
