import { backoff, delay } from '../idle.ts'
import { createQueue } from '../queue.ts'
import { turn } from './frame.ts'
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

/** For `fetchpriority`. */
export const priorityOf = (lane: number) => (lane > 1 ? 'low' : lane > 0 ? 'auto' : 'high')

/** What an attempt gives that failed with this HTTP status, where it is known: undefined where another may end otherwise. */
export const failure = (status = 0): null | undefined => (!status || status > 499 || status === 429 ? undefined : null)

/**
 * Does `attempt` in its turn, and again after a while where it gave undefined; null is broken for good. The signal that it is handed
 * also ends what hangs.
 *
 * @returns what the attempt gave, or undefined where all failed.
 * @throws the signal's reason when aborted.
 */
export async function inTurn<T>(
  attempt: (count: number, signal: AbortSignal) => Promise<T | null | undefined>,
  { lane, signal, retries = 4, retryAfter = 600 }: Asking,
): Promise<T | undefined> {
  for (let count = 0; ; count++) {
    const task = async () => {
      const start = performance.now()
      const got = await attempt(count, AbortSignal.any([signal, AbortSignal.timeout(patience() * 2 ** count)]))
      if (got) performance.measure('firstframe:picture', { start, detail: { lane: lane() } })
      await turn()
      return got
    }
    const got = await queue.add(task, { lane, signal })
    if (got !== undefined || count >= retries) return got ?? undefined
    await delay(backoff(count, retryAfter), signal)
  }
}
