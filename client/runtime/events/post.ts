import { MAX_EVENT_BYTES, MAX_EVENTS, OWNER } from '../../../server/wire/event.ts'
import type { KeptEvent } from './keep.ts'

/** What the server says to a batch. */
export type Answer =
  | { says: 'taken' }
  /** Never, in words: the one at `index`, or all of them where there is none such. */
  | { says: 'never'; words: string; index: number }
  /** Not now; ms after which it wants to be asked again, 0 where it did not say. */
  | { says: 'later'; after: number }

const TIMEOUT = 15_000
/** Whatever a server asks for. Ms; a timer of more than 24 days goes off at once. */
const MOST_PATIENCE = 60 * 60_000
/** Nothing but what is wrong with the batch itself: a gateway that is mistaken about the path will be mended one day. */
const NEVER = new Set([400, 413])

const encoder = new TextEncoder()

/** The first that fit into one request: of one player, at most as many and as long as the server takes, at least one. */
export function firstBatch(events: readonly KeptEvent[]): KeptEvent[] {
  const batch: KeptEvent[] = []
  let bytes = 2
  for (const one of events) {
    if (one.owner !== events[0]?.owner) continue
    bytes += encoder.encode(JSON.stringify(one.event)).length + 1
    if (batch.length === MAX_EVENTS || (bytes > MAX_EVENT_BYTES && batch.length > 0)) break
    batch.push(one)
  }
  return batch
}

/** Sends a batch of one player. It goes on where the page ends meanwhile. */
export async function post(url: string, batch: readonly KeptEvent[]): Promise<Answer> {
  const owner = batch[0]?.owner
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(owner !== undefined && { [OWNER]: owner }) },
      body: JSON.stringify(batch.map(({ event }) => event)),
      keepalive: true,
      signal: AbortSignal.timeout(TIMEOUT),
    })
    // A 200 may be a hotel's, which wants its guests to sign in.
    if (response.status === 204) return { says: 'taken' }
    if (!NEVER.has(response.status))
      return {
        says: 'later',
        after: Math.min(MOST_PATIENCE, 1000 * (Number(response.headers.get('Retry-After')) || 0)),
      }
    const words = await response.text()
    return { says: 'never', words, index: Number(/\bevents\[(\d+)\]/.exec(words)?.[1] ?? -1) }
  } catch {
    // No line, or more under way than a page on its way out may leave behind (64 KiB).
    return { says: 'later', after: 0 }
  }
}
