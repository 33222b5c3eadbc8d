import { FRAGMENT } from '../../../server/wire/fragment.ts'
import { ask, Lost } from '../ask.ts'
import { alone } from './alone.ts'
import type { Journal, KeptAction } from './journal.ts'

/** Tag of the worker's `sync` event. */
export const SYNC = 'firstframe-outbox'
/** Held by whoever sends; `TAB + tab` by a tab that awaits an answer. */
const SENDING = 'firstframe-outbox'
export const TAB = 'firstframe-tab-'

/** What came of one go, told to all pages by {@link CHANNEL}. */
export interface Sent {
  /** Keys that the server has applied, */
  sent: string[]
  /** and those it refused. The reason lies in the journal. */
  refused: string[]
}
export const CHANNEL = 'firstframe-outbox'

/** How a go ended. */
export interface Go extends Sent {
  /** Ms after which the server wants to be asked again; 0 where it did not say. Undefined where nothing is left to be sent. */
  again: number | undefined
}

const TIMEOUT = 15_000
/** Answers that say "not now", not "no". */
const LATER = new Set([408, 425, 429])
/**
 * A server forgets which keys it has applied (Emberwood's after seven days): one that may have been applied longer ago is not sent
 * again. Ms.
 */
const TRUSTED = 6 * 24 * 60 * 60_000

/**
 * Sends what waits, first things first, until all is sent or the line fails. The same in a page and in the worker; one of them at a time
 * (Web Locks), and not what a living page is sending by itself. Where pages say whose they are, the server is asked first who is signed in: what
 * somebody else did waits for them.
 *
 * A key may reach the server twice when an answer is lost; the server's ledger makes that once.
 */
export async function sendKept(journal: Journal, signal?: AbortSignal): Promise<Go> {
  const go: Go = { sent: [], refused: [], again: undefined }
  // Without Web Locks all may: the keys keep it right.
  await alone(SENDING, () => sendAll(journal, go, signal))
  if (go.sent.length + go.refused.length > 0) tell(go)
  return go
}

async function sendAll(journal: Journal, go: Go, signal?: AbortSignal): Promise<void> {
  /** Who is signed in, once it is known. */
  let who: string | undefined
  for (let action = await journal.after(-1); action; action = await journal.after(action.order)) {
    const { order, key, owner, ownerPart, triedAt } = action
    if (signal?.aborted) return
    if (!(await waits(action))) continue
    if (owner !== undefined && ownerPart !== undefined) {
      who ??= await whoIs(action.url, ownerPart, owner)
      if (who === undefined) {
        go.again = 0
        return
      }
      if (who !== owner) continue
    }
    // From here on the server may have it.
    if (triedAt === 0) await journal.change(order, { triedAt: Date.now() })
    const isTooOld = triedAt > 0 && Date.now() - triedAt > TRUSTED
    const answer = isTooOld ? { isTaken: false, text: null } : await post(action)
    if ('again' in answer) {
      go.again = answer.again
      return
    }
    if (answer.isTaken) await journal.remove(order)
    else await journal.change(order, { refused: answer.text })
    go[answer.isTaken ? 'sent' : 'refused'].push(key)
    // Somebody else may have signed in meanwhile.
    who = ownerIn(answer.text ?? '') ?? who
  }
}

function tell({ sent, refused }: Sent): void {
  const channel = new BroadcastChannel(CHANNEL)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target origin
  channel.postMessage({ sent, refused } satisfies Sent)
  channel.close()
}

const isLater = ({ status }: Response) => status >= 500 || LATER.has(status)

type Answered = { isTaken: boolean; text: string } | { again: number }

async function post({ url, method, body, key, ownerPart }: KeptAction): Promise<Answered> {
  const names = ownerPart === undefined ? ['notice'] : [ownerPart, 'notice']
  try {
    const { response, text } = await ask({ url, method, names, key, body: new URLSearchParams(body), timeout: TIMEOUT })
    if (isLater(response)) return { again: 1000 * (Number(response.headers.get('Retry-After')) || 0) }
    return { isTaken: response.ok, text }
  } catch (error) {
    if (error instanceof Lost) return { again: 0 }
    throw error
  }
}

/**
 * Whom the server takes this browser for, asked of the page that the action was done on; `owner` where that page no longer says.
 * Undefined where there is no answer.
 */
async function whoIs(url: string, part: string, owner: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      // Nobody sees this answer: the server must not count it as a view, nor make a player of whoever is none.
      headers: { Accept: 'text/html', [FRAGMENT]: part, Purpose: 'prefetch' },
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT),
    })
    return isLater(response) ? undefined : (ownerIn(await response.text()) ?? owner)
  } catch {
    return undefined
  }
}

const ownerIn = (text: string) => /\bdata-owner="([^"]*)"/.exec(text)?.[1]

/**
 * Whether an action is to be sent by whoever comes first: it is not decided, and no living tab awaits its answer. A tab's lock ends with it,
 * however it ends. Without Web Locks it is sent twice, and applied once.
 */
export async function waits({ refused, isUnderWay, tab }: KeptAction): Promise<boolean> {
  if (refused !== undefined) return false
  const { locks } = navigator as { locks?: LockManager }
  if (!isUnderWay || !locks) return true
  const { held = [] } = await locks.query()
  return held.every(({ name }) => name !== TAB + tab)
}
