import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Counts } from './counts.ts'
import { cpuProfileOf, type Unit } from './exports.ts'
import { monotonic, type Named, Turns } from './turns.ts'
import { createSampler } from './sampler.ts'
import { sourcesOf } from './sources.ts'
import { type Row, rowsOf } from './table.ts'
import { CallTree } from './tree.ts'

/**
 * What is measured. `cpu` samples who runs, a thousand times a second. `counts` does that too and counts every call of every function, which makes a program that
 * consists of calls four to five times slower: what it says of times is then wrong, what it says of calls exact. `heap` samples what is allocated and still there.
 */
export type Kind = 'cpu' | 'counts' | 'heap'
export const KINDS: readonly Kind[] = ['cpu', 'counts', 'heap']
export const isKind = (value: unknown): value is Kind => KINDS.includes(value as Kind)

export interface ProfilerOptions {
  /** Folder that sources are named from. Default the working directory. */
  base?: string
  /** Microseconds between two samples. Default 1,000. */
  interval?: number
  /** File that gets what was gathered when the profiler is closed, as `.cpuprofile`. Default none. */
  flush?: string
}

export interface Start {
  kind: Kind
  /** Only requests whose controller begins with one of these, as in `['battle/']`. Default all that the process does. Not for `heap`. */
  routes?: readonly string[]
}

/** What has been gathered so far. */
export interface Profile extends Start {
  tree: CallTree
  rows: Row[]
  unit: Unit
  running: boolean
  /** Milliseconds that it ran. */
  lasted: number
  /** Requests that ended meanwhile. */
  requests: number
}

const INTERVAL = 1000
/** Bytes between two samples of the heap: V8's own default. */
const HEAP_INTERVAL = 32_768
/** V8 keeps every sample until it is asked for them. Ms. */
const TAKE_EVERY = 20_000
/**
 * An accumulating profiler, as repoze.profile is: what is gathered adds up over requests, stops and starts, until it is reset or something else is measured. The
 * process's first request is left out, since it loads and compiles what all later ones find ready.
 */
export interface Profiler {
  readonly running: boolean
  /** Goes on, or begins anew where something else is to be measured than before. */
  start(what: Start): Promise<void>
  stop(): Promise<void>
  /** Forgets what was gathered; what runs goes on. */
  reset(): Promise<void>
  /** What was gathered up to now. */
  read(): Promise<Profile>
  /** A request begins; the answer is called when it has ended. */
  enter(request: Named): () => void
  /** Ends, and writes what was gathered where the options say. */
  close(): Promise<void>
}

export function createProfiler(options: ProfilerOptions = {}): Profiler {
  const { base = process.cwd(), interval = INTERVAL, flush } = options
  const resolve = sourcesOf(base)
  const sampler = createSampler()
  const turns = new Turns()
  const counts = new Counts(resolve)
  let tree = new CallTree(resolve)
  let what: Start = { kind: 'cpu' }
  let running = false
  let lasted = 0
  let since = 0
  let requests = 0
  /** When the first request had ended, microseconds; before any has begun, everything counts. */
  let warm = 0
  let timer: NodeJS.Timeout | undefined
  /** V8 has one profile: one thing after the other. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  /** Moves what V8 has gathered into the tree. */
  async function take(goOn: boolean): Promise<void> {
    if (what.kind === 'heap') {
      // Each answer is of all that lives now: it takes the place of the one before.
      tree = new CallTree(resolve)
      tree.addSizes(await sampler.takeHeap())
      if (!goOn) await sampler.stopHeap()
      return
    }
    if (what.kind === 'counts') counts.add(await sampler.takeCounts())
    const profile = await sampler.take(goOn)
    const owner = turns.reader()
    const { routes } = what
    tree.add(profile, (at) => {
      if (at < warm) return false
      const route = routes && owner(at)?.controller
      return !routes || (route !== undefined && routes.some((begin) => route.startsWith(begin)))
    })
    turns.forget()
  }

  function clear(): void {
    tree = new CallTree(resolve)
    counts.clear()
    lasted = 0
    since = performance.now()
    requests = 0
  }

  async function start(next: Start): Promise<void> {
    if (running) await stop()
    if (next.kind !== what.kind || String(next.routes) !== String(what.routes)) {
      what = next
      clear()
    }
    if (next.kind === 'heap') await sampler.startHeap(HEAP_INTERVAL)
    else {
      if (next.kind === 'counts') await sampler.startCounts()
      if (next.routes) turns.start()
      await sampler.start(interval)
      timer = setInterval(() => void inTurn(() => take(true)), TAKE_EVERY).unref()
    }
    running = true
    since = performance.now()
  }

  async function stop(): Promise<void> {
    if (!running) return
    clearInterval(timer)
    running = false
    lasted += performance.now() - since
    await take(false)
    if (what.kind === 'counts') await sampler.stopCounts()
    turns.stop()
  }

  async function read(): Promise<Profile> {
    if (running) await take(true)
    return {
      ...what,
      tree,
      rows: rowsOf(tree, what.kind === 'counts' ? counts.calls : undefined),
      unit: what.kind === 'heap' ? 'bytes' : 'microseconds',
      running,
      lasted: lasted + (running ? performance.now() - since : 0),
      requests,
    }
  }

  return {
    get running() {
      return running
    },
    start: (next) => inTurn(() => start(next)),
    stop: () => inTurn(stop),
    reset: () =>
      inTurn(async () => {
        if (running) await take(true)
        clear()
      }),
    read: () => inTurn(read),
    enter(request) {
      if (running && what.routes) turns.enter(request)
      if (warm === 0) warm = Number.POSITIVE_INFINITY
      return () => {
        if (warm === Number.POSITIVE_INFINITY) {
          warm = monotonic()
          if (running && what.kind === 'counts') void inTurn(() => sampler.takeCounts())
        } else if (running) requests++
      }
    },
    close: () =>
      inTurn(async () => {
        await stop()
        sampler.close()
        if (flush === undefined || tree.samples === 0) return
        await mkdir(path.dirname(flush), { recursive: true })
        // Whole or not at all.
        await writeFile(`${flush}.part`, JSON.stringify(cpuProfileOf(tree)))
        await rename(`${flush}.part`, flush)
      }),
  }
}
