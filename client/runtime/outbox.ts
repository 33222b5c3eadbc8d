import { readAnswer } from './answer.ts'
import { ask, Lost } from './ask.ts'
import type { Fragments, Outbox, Visit } from './fragments.ts'
import { backoff } from './idle.ts'
import { say } from './notice.ts'

/** An action as it is stored. */
export interface KeptAction {
  /** Order of sending; given by the database. */
  order: number
  url: string
  method: string
  /** Urlencoded. */
  body: string
  /** Idempotency key: sent twice, it is applied once. */
  key: string
}

/** `detail` of the event `firstframe:outbox` on `document`. */
export interface OutboxState {
  /** Actions that wait. */
  pending: number
  /** Keys the server has taken since the last event, */
  sent: string[]
  /** and those it refused, with its reason in words. */
  refused: { key: string; words: string }[]
}

export interface OutboxOptions {
  words?: Partial<typeof WORDS>
}

const WORDS = {
  waiting: (count: number) =>
    count === 1 ? '1 action waits for a connection.' : `${count} actions wait for a connection.`,
  sent: (count: number) =>
    count === 1 ? 'Your kept action has been sent.' : `Your ${count} kept actions have been sent.`,
  refused: 'The server refused a kept action.',
}

const STORE = 'outbox'
const RETRY_AFTER = 3000
const TIMEOUT = 15_000
/** Answers that say "not now", not "no". */
const LATER = new Set([408, 425, 429])

/**
 * Keeps actions that did not get through in IndexedDB, so that they survive a closed tab, and sends them in order when the line is
 * back: at start, when the browser comes online, when the page is seen again, and from time to time. One tab sends at a time (Web
 * Locks). A key may reach the server twice when an answer is lost; the server's ledger makes that once.
 *
 * Import it lazily after load and set `fragments.outbox` to what it resolves to; until then a write without a line fails in words.
 */
export async function startOutbox(
  fragments: Fragments,
  options: OutboxOptions = {},
): Promise<Outbox & { stop(): void }> {
  const words = { ...WORDS, ...options.words }
  const database = await openDatabase()
  const stopping = new AbortController()
  const { signal } = stopping
  const settled = new Map<string, () => void>()
  let size = 0
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE)
  const count = async () => (size = await result(store('readonly').count()))

  async function keep({ url, method, body, key = '' }: Visit) {
    const action: Omit<KeptAction, 'order'> = { url, method, body: body?.toString() ?? '', key }
    await result(store('readwrite').add(action))
    const done = new Promise<void>((resolve) => settled.set(key, resolve))
    await announce()
    later()
    return { settled: done }
  }

  /** Sends what waits, first things first, until all is sent or the line fails. */
  async function send() {
    clearTimeout(timer)
    const sent: string[] = []
    const refused: OutboxState['refused'] = []
    await alone(async () => {
      for (;;) {
        const action = await first()
        if (!action || signal.aborted) return
        const reason = await post(action)
        if (reason === undefined) return
        await result(store('readwrite').delete(action.order))
        attempt = 0
        if (reason) refused.push({ key: action.key, words: reason })
        else sent.push(action.key)
        settled.get(action.key)?.()
        settled.delete(action.key)
      }
    })
    await announce(sent, refused)
    if (size > 0) later()
    if (sent.length + refused.length === 0) return
    await fragments.refresh()
    // After the refresh, whose own notice would take the place of these words.
    say(refused.map((one) => one.words).join(' ') || words.sent(sent.length))
  }

  async function first(): Promise<KeptAction | undefined> {
    const cursor = await result(store('readonly').openCursor())
    return cursor?.value as KeptAction | undefined
  }

  /** '' when taken, the server's reason when refused, undefined when it could not be had now. */
  async function post({ url, method, body, key }: KeptAction): Promise<string | undefined> {
    try {
      const { response, text } = await ask({ url, method, names: ['notice'], key, body, timeout: TIMEOUT })
      if (response.ok) return ''
      if (response.status >= 500 || LATER.has(response.status)) return undefined
      return readAnswer(text, ['notice'])?.parts.get('notice')?.textContent.trim() || words.refused
    } catch (error) {
      if (error instanceof Lost) return undefined
      throw error
    }
  }

  async function announce(sent: string[] = [], refused: OutboxState['refused'] = []) {
    const detail: OutboxState = { pending: await count(), sent, refused }
    // Another tab may have sent what this one kept.
    if (size === 0) {
      for (const settle of settled.values()) settle()
      settled.clear()
    }
    document.dispatchEvent(new CustomEvent('firstframe:outbox', { detail }))
  }

  function later() {
    clearTimeout(timer)
    timer = setTimeout(() => void send(), backoff(attempt++, RETRY_AFTER))
  }

  async function onSeen() {
    if (document.visibilityState === 'visible' && (await count()) > 0) await send()
  }
  const onOnline = () => void send()
  addEventListener('online', onOnline, { signal })
  document.addEventListener('visibilitychange', () => void onSeen(), { signal })

  if ((await count()) > 0) {
    say(words.waiting(size))
    void send()
  }
  return {
    get size() {
      return size
    },
    keep,
    stop() {
      stopping.abort()
      clearTimeout(timer)
      database.close()
    },
  }
}

/** Runs `work` unless another tab is at it. Without Web Locks (an insecure origin) all may: the keys keep it right. */
async function alone(work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as Partial<Navigator>
  if (!locks) return work()
  await locks.request('firstframe-outbox', { ifAvailable: true }, (lock) => (lock ? work() : undefined))
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('firstframe', 1)
  opening.addEventListener('upgradeneeded', () =>
    opening.result.createObjectStore(STORE, { keyPath: 'order', autoIncrement: true }),
  )
  return result(opening)
}

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('outbox: IndexedDB failed without a reason')),
    )
  })
