import { backoff } from '../idle.ts'
import { createQueue } from '../queue.ts'
import { patience, room } from './line.ts'

/** How one picture is asked for. */
export interface Asking {
  /** 0 on screen, 1 next, 2 when nothing else is wanted; asked again each time a place becomes free. */
  lane: () => number
  /** Ends it: what is being fetched is cancelled. */
  signal: AbortSignal
  /** Attempts after the first. Default 4. */
  retries?: number | undefined
  /** Ms before the first retry, doubled for each further one, jittered by half. Default 600. */
  retryAfter?: number | undefined
}

/** One line for the whole page, whoever asks. */
export const queue = createQueue(room)

/** How an attempt is to ask, as fetch() takes it. */
interface How {
  /** Ends it: nobody wants it any more, or it hangs. */
  signal: AbortSignal
  priority: 'high' | 'low' | 'auto'
  /** `reload` where an attempt before has failed. */
  cache: 'default' | 'reload'
}

/** Resolves when it is aborted, or was. */
export const aborted = (signal: AbortSignal): unknown =>
  signal.aborted || new Promise((resolve) => signal.addEventListener('abort', resolve))

/**
 * Does `attempt` in its turn, and again after a while where another may end otherwise. Where it fails it gives the HTTP status; without
 * one (no connection, an answer that is cut or hangs) it gives undefined or throws.
 *
 * @returns what the attempt gave, or undefined where all failed.
 * @throws the signal's reason when aborted.
 */
export async function inTurn<T extends object>(
  attempt: (how: How) => Promise<T | number | undefined>,
  asking: Asking,
): Promise<T | undefined> {
  const { lane, signal, retries = 4, retryAfter = 600 } = asking
  const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)])
  for (let count = 0; ; count++) {
    let start = 0
    const task = async () => {
      start = performance.now()
      return attempt({
        signal: within(patience() * 2 ** count),
        priority: (['high', 'auto'] as const)[lane()] ?? 'low',
        cache: count > 0 ? 'reload' : 'default',
      }).catch(() => undefined)
    }
    const got = await queue.add(task, asking)
    if (typeof got === 'object') {
      performance.measure('firstframe:picture', { start, detail: { lane: lane() } })
      return got
    }
    // One that was cut half-way has its status 200.
    if (count >= retries || (got && got > 399 && got < 500 && got !== 429)) return undefined
    await aborted(within(backoff(count, retryAfter)))
  }
}
