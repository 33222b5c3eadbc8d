import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { inParallel } from '../parallel.ts'
import { HELPER_ENV, type FromHelper, type ToHelper } from './helper.ts'
import { makeAll, type Job, type Outcome } from './work.ts'

/** Keeps all cores busy with pictures and memory bounded. */

/** For a batch of fewer pictures no process is started. */
const FEW = 8

/** One more than there are cores: while one picture is measured, read or written, the others keep the cores busy. */
const LANES = availableParallelism() + 1

/** How many batches are under way, and the process that works for them. */
let batches = 0
let helper: Helper | undefined

/**
 * Runs `work` over pictures on all cores, the largest first, so that the end does not wait for one; answers in the items' order. What
 * `work` shrinks is encoded in a process of its own.
 * @param weigh a picture's size in any unit.
 */
export async function inPool<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  weigh: (item: Item) => number,
): Promise<Result[]> {
  const order = items.map((item, index) => ({ item, index, weight: weigh(item) })).sort((a, b) => b.weight - a.weight)
  const results: Result[] = []
  const isBatch = items.length > FEW
  if (isBatch) batches++
  try {
    await inParallel(
      order,
      async ({ item, index }) => {
        results[index] = await work(item, index)
      },
      LANES,
    )
  } finally {
    if (isBatch && --batches === 0) {
      helper?.end()
      helper = undefined
    }
  }
  return results
}

/** Makes a picture's encodings: here, or during a batch in the helper. */
export function makeFor(job: Job, mayAvif: () => boolean): Promise<Outcome> {
  if (batches === 0) return makeAll(job, mayAvif)
  if (!helper?.isAlive()) helper = startHelper()
  return helper.make(job, mayAvif)
}

interface Helper {
  make(job: Job, mayAvif: () => boolean): Promise<Outcome>
  isAlive(): boolean
  end(): void
}

function startHelper(): Helper {
  const child: ChildProcess = fork(path.join(import.meta.dirname, `helper${path.extname(import.meta.filename)}`), {
    env: { ...process.env, ...HELPER_ENV },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  interface Waiting extends PromiseWithResolvers<Outcome> {
    mayAvif: () => boolean
  }
  const waiting = new Map<number, Waiting>()
  let last = 0
  let isAlive = true
  const tell = (message: ToHelper): void => void child.send(message)

  child.on('message', (message: FromHelper) => {
    const { id } = message
    const job = waiting.get(id)
    if (!job) return
    if ('asks' in message) return tell({ id, avif: job.mayAvif() })
    waiting.delete(id)
    if ('error' in message) job.reject(new Error(message.error))
    else job.resolve(message.outcome)
  })
  child.once('error', fail)
  child.once('exit', (code, signal) => {
    fail(
      new Error(
        `the encoder died of it, or of another picture under way with it (${signal ?? `code ${code}`}): export it again, or exclude it`,
      ),
    )
  })

  function fail(error: Error): void {
    isAlive = false
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  return {
    make(job, mayAvif) {
      const id = ++last
      const made = { ...Promise.withResolvers<Outcome>(), mayAvif }
      waiting.set(id, made)
      tell({ id, job })
      return made.promise
    },
    isAlive: () => isAlive,
    end() {
      isAlive = false
      child.disconnect()
    },
  }
}
