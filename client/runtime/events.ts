import { trackErrors } from './events/errors.ts'
import { type KeptEvent, keepEvents } from './events/keep.ts'
import { firstBatch, post } from './events/post.ts'
import { trackSession } from './events/session.ts'
import type { Tell } from './events/tell.ts'
import { backoff } from './idle.ts'
import { alone } from './outbox/alone.ts'
import { whoseIs } from './outbox/owner.ts'

export interface EventsOptions {
  /** Where they go. Default `/track/record_event`. */
  url?: string
  /** Build that made this page, for errors. Default `<html data-release>`. */
  release?: string
}

/** What happens in the page, told to the server. */
export interface Events {
  /** Tells what has happened, by the names and fields of `firstframe/wire/event`. One with a field that the server does not take is dropped there, in words on the console. */
  track: Tell
  /** Events that this page had to drop because too many waited. */
  readonly dropped: number
  stop(): void
}

const SENDING = 'firstframe-events'
/** Between requests, and that events wait for others. Ms. */
const WAIT = 1000
const RETRY_AFTER = 3000
/** Bytes that a page on its way out sends: of the 64 KiB that the browser leaves it, some are the beacon's. */
const LAST_BYTES = 48 * 1024

/**
 * Tells the server what happens: what the page tracks, when a session begins and ends, and errors that nobody caught. In batches, at most one request a second, and at once
 * when the page is hidden. Each event is stored in the browser until the server has said that it has stored it (204): what finds no line, a server that is down, another player
 * signed in, or a tab that is killed goes later, from this page or the next, with the id that it had, by which the server knows what it has already. At most 1,000 wait.
 *
 * Whose an event is says `data-owner` on a part of the page, as for the outbox. Import it lazily, after load: errors from before are not told.
 */
export function startEvents(options: EventsOptions = {}): Events {
  const { url = '/track/record_event', release = document.documentElement.dataset['release'] ?? '' } = options
  const visit = crypto.getRandomValues(new Uint32Array(2)).reduce((text, part) => text + part.toString(36), 'e')
  const keeper = keepEvents()
  const stopping = new AbortController()
  const { signal } = stopping
  /** Ids. */
  const underWay = new Set<string>()
  let number = 0
  let isSending = false
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const track: Tell = (name, data, at = Date.now()) => {
    const event = { id: `${visit}.${number++}`, name, at, ...(data && { data }) } as KeptEvent['event']
    const us = owner()
    keeper.add({ event, ...(us !== undefined && { owner: us }) })
    schedule(WAIT)
  }

  function schedule(wait: number) {
    if (!isSending && !signal.aborted) timer ??= setTimeout(() => void send(), wait)
  }

  async function send() {
    if (isSending) return
    isSending = true
    clearTimeout(timer)
    timer = undefined
    // Where another page is at it, it may not be at ours.
    const wait = (await alone(SENDING, sendFirst)) ?? WAIT
    isSending = false
    if (wait > 0 || idle(keeper.own()).length > 0) schedule(wait || WAIT)
  }

  /** @returns ms after which there is more to send; 0 where there is not. */
  async function sendFirst(): Promise<number> {
    const waiting = idle(await keeper.all())
    if (waiting.length === 0) return 0
    const batch = firstBatch(waiting)
    const wait = await deliver(batch)
    return wait || (waiting.length > batch.length ? WAIT : 0)
  }

  /** Those that may go: not under way, and of whoever the page is now. */
  function idle(events: readonly KeptEvent[]): KeptEvent[] {
    const us = owner()
    return events.filter(({ event, owner = us }) => !underWay.has(event.id) && (us === undefined || owner === us))
  }

  /** @returns ms after which it is to be tried again; 0 where that is not needed. */
  async function deliver(batch: readonly KeptEvent[]): Promise<number> {
    for (const { event } of batch) underWay.add(event.id)
    const answer = await post(url, batch)
    if (answer.says === 'later') {
      for (const { event } of batch) underWay.delete(event.id)
      return answer.after || backoff(attempt++, RETRY_AFTER)
    }
    attempt = 0
    const bad = answer.says === 'never' ? batch[answer.index] : undefined
    const settled = bad ? [bad] : batch
    if (answer.says === 'never')
      console.warn('firstframe: the server does not take these events:', settled, answer.words)
    for (const one of batch) if (!settled.includes(one)) underWay.delete(one.event.id)
    try {
      await keeper.remove(settled)
      for (const { event } of settled) underWay.delete(event.id)
    } catch {
      // What the browser does not let go of stays under way: this page does not send it again.
    }
    return bad ? WAIT : 0
  }

  /** All at once: nothing more may be done later. */
  function sendLast() {
    let rest = idle(keeper.own())
    for (let bytes = 0; rest.length > 0 && bytes < LAST_BYTES;) {
      const batch = firstBatch(rest)
      rest = rest.filter((one) => !batch.includes(one))
      bytes += JSON.stringify(batch).length
      void deliver(batch).then((wait) => wait && schedule(wait))
    }
  }

  trackErrors(track, release, signal)
  // Before the last words are sent, of which the session's end is one.
  trackSession(track, signal)
  document.addEventListener('visibilitychange', () => document.hidden && sendLast(), { signal })
  addEventListener('pagehide', sendLast, { signal })
  addEventListener('online', () => void send(), { signal })
  // What earlier pages have left.
  schedule(WAIT)
  return {
    track,
    get dropped() {
      return keeper.dropped
    },
    stop() {
      stopping.abort()
      clearTimeout(timer)
      keeper.close()
    },
  }
}

const owner = () => whoseIs()?.dataset['owner']
