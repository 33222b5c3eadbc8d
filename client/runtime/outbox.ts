import { readAnswer } from './answer.ts'
import type { Fragments, Outbox, Visit } from './fragments.ts'
import { backoff } from './idle.ts'
import { say } from './notice.ts'
import { type Journal, type KeptAction, passingJournal, storedJournal } from './outbox/journal.ts'
import { whoseIs } from './outbox/owner.ts'
import { CHANNEL, sendKept, type Sent, SYNC, TAB, waits } from './outbox/send.ts'

/** `detail` of the event `firstframe:outbox` on `document`. */
export interface OutboxState {
  /** Actions of this player that wait, first come first. */
  actions: readonly Waiting[]
  /** Keys the server has taken since the last event, */
  sent: readonly string[]
  /** and those it refused, with its reason in words. */
  refused: readonly { key: string; words: string }[]
  /** False where the browser stores nothing: what waits is lost when the page is closed. */
  isStored: boolean
}

/** An action that waits, as a page may show it. */
export type Waiting = Pick<KeptAction, 'key' | 'url' | 'body' | 'label' | 'at'>

export interface OutboxOptions {
  words?: Partial<typeof WORDS>
}

const WORDS = {
  waiting: (count: number) =>
    count === 1 ? '1 action waits for a connection.' : `${count} actions wait for a connection.`,
  sent: (count: number) =>
    count === 1 ? 'Your kept action has been sent.' : `Your ${count} kept actions have been sent.`,
  refused: 'The server refused a kept action.',
  tooOld: 'A kept action was too old to be sent again.',
}

declare global {
  interface ServiceWorkerRegistration {
    /** https://wicg.github.io/background-sync/spec/, Chromium only. */
    readonly sync?: { register(tag: string): Promise<void> }
  }
}

/** Where an action is kept. */
interface Place {
  journal: Journal
  order: number
}

const RETRY_AFTER = 3000
const LABEL = 80

/**
 * Keeps actions in IndexedDB, from the tap on until the server has answered: what has not got through survives a closed or killed tab and a
 * killed browser, and is sent in order when the line is back: at start, when the browser comes online, when the page is seen again, from
 * time to time, and, where there is Background Sync, by the worker (`client/worker/outbox.ts`) while no page is open.
 *
 * Whose an action is says `data-owner` on a part of the page (an element with an `id`), as in `<header id="hud" data-owner="7f3a">`: where another
 * player is signed in by then, it waits for its own. Without it, it is sent as whoever is signed in.
 *
 * Import it lazily after load and set `fragments.outbox` to what it resolves to; until then a write without a line fails in words.
 */
export async function startOutbox(
  fragments: Fragments,
  options: OutboxOptions = {},
): Promise<Outbox & { stop(): void }> {
  const words = { ...WORDS, ...options.words }
  const tab = Math.random().toString(36).slice(2)
  const stored = storedJournal()
  /** Takes over where the browser stores nothing, or no more. */
  const passing = passingJournal()
  const stopping = new AbortController()
  const { signal } = stopping
  const channel = new BroadcastChannel(CHANNEL)
  /** By key: where that is kept for which this page awaits an answer. */
  const underWay = new Map<string, Promise<Place>>()
  const settled = new Map<string, () => void>()
  let isStored = true
  let size = 0
  let owner = whoseIs()?.dataset['owner']
  let letGo = () => {}
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Stores an action in the moment it is done, while its request is on the way. */
  function onOptimistic({ detail: visit }: CustomEvent<Visit>) {
    if (!visit.again) void note(visit)
  }

  function note(visit: Visit): Promise<Place> {
    if (underWay.size === 0) letGo = hold(tab)
    const place = add(describe(visit, tab))
    underWay.set(visit.key ?? '', place)
    return place
  }

  async function add(action: Omit<KeptAction, 'order'>): Promise<Place> {
    try {
      // What follows one that could not be stored stays behind it.
      if (isStored) return { journal: stored, order: await stored.add(action) }
    } catch (error) {
      notStored(error)
    }
    return { journal: passing, order: await passing.add(action) }
  }

  function notStored(error: unknown) {
    if (isStored) console.warn('firstframe: actions cannot be stored, and are kept while this page is open:', error)
    isStored = false
  }

  /** The server has answered in the action's own turn. */
  async function onAnswered({ detail: { key = '' } }: CustomEvent<Visit>) {
    const place = await underWay.get(key)
    // Where it cannot be removed it is sent again, with its key.
    await place?.journal.remove(place.order).catch(notStored)
    forget(key)
    if (whoseIs()?.dataset['owner'] !== owner) await announce()
  }

  function forget(key: string) {
    if (underWay.delete(key) && underWay.size === 0) letGo()
  }

  async function keep(visit: Visit) {
    const { key = '' } = visit
    // With others before it, it was not tried.
    const change = { isUnderWay: false, ...(size > 0 && { triedAt: 0 }) }
    const { journal, order } = await (underWay.get(key) ?? note(visit))
    try {
      await journal.change(order, change)
    } catch (error) {
      notStored(error)
      await journal.remove(order).catch(notStored)
      await passing.add({ ...describe(visit, tab), ...change })
    }
    forget(key)
    const done = new Promise<void>((resolve) => settled.set(key, resolve))
    await announce()
    later()
    void registerSync()
    return { settled: done }
  }

  async function send() {
    clearTimeout(timer)
    let again: number | undefined
    for (const journal of [stored, passing]) {
      const go = await sendKept(journal, signal).catch(notStored)
      if (go && go.sent.length + go.refused.length > 0) attempt = 0
      again = go?.again
      // Order is kept.
      if (again !== undefined) break
    }
    await announce()
    if (size > 0) later(again)
  }

  /** Whoever has sent, this page, another or the worker, tells all pages. */
  async function onSent({ data: { sent, refused } }: MessageEvent<Sent>) {
    const isOurs = [...sent, ...refused].some((key) => settled.has(key))
    const isSeen = document.visibilityState === 'visible'
    const told = await takeRefused()
    await announce(sent, told)
    if (!isOurs && !isSeen) return
    await fragments.refresh()
    // After the refresh, whose own notice would take the place of these words.
    const reasons = told.map((one) => one.words).join(' ')
    if (reasons || sent.length > 0) say(reasons || words.sent(sent.length))
  }

  /** What was refused is said once, by the page it was done on or by one that is seen. */
  async function takeRefused(): Promise<{ key: string; words: string }[]> {
    const told = []
    for (const [journal, action] of await kept()) {
      const { refused, key, order } = action
      if (refused === undefined || !(action.tab === tab || document.visibilityState === 'visible')) continue
      await journal.remove(order)
      const notice = refused && readAnswer(refused, ['notice'])?.parts.get('notice')?.textContent.trim()
      told.push({ key, words: refused === null ? words.tooOld : notice || words.refused })
    }
    return told
  }

  /** What is this player's. */
  async function kept(): Promise<(readonly [Journal, KeptAction])[]> {
    owner = whoseIs()?.dataset['owner']
    const all = await Promise.all(
      [stored, passing].map(async (journal) => {
        const actions = await journal.all().catch(() => [])
        return actions.map((action) => [journal, action] as const)
      }),
    )
    return all.flat().filter(([, action]) => action.owner === undefined || action.owner === (owner ?? action.owner))
  }

  async function announce(sent: OutboxState['sent'] = [], refused: OutboxState['refused'] = []) {
    const actions: Waiting[] = []
    const there = await kept()
    for (const [, action] of there) if (!underWay.has(action.key) && (await waits(action))) actions.push(action)
    size = actions.length
    // Whoever has sent what this page kept may not have lived to tell.
    const keys = new Set(there.flatMap(([, { key, refused }]) => (refused === undefined ? [key] : [])))
    for (const [key, settle] of settled) {
      if (keys.has(key)) continue
      settled.delete(key)
      settle()
    }
    const detail: OutboxState = { actions, sent, refused, isStored }
    document.dispatchEvent(new CustomEvent('firstframe:outbox', { detail }))
  }

  function later(wait = 0) {
    clearTimeout(timer)
    timer = setTimeout(() => void send(), wait || backoff(attempt++, RETRY_AFTER))
  }

  async function onSeen() {
    if (document.visibilityState === 'hidden') {
      // What is under way may be cut off with the tab.
      if (underWay.size > 0) void registerSync()
      return
    }
    await tellRefused()
    if (size > 0) await send()
  }

  /** What was refused while no page was open. */
  async function tellRefused() {
    const told = await takeRefused()
    await announce([], told)
    if (told.length > 0) say(told.map((one) => one.words).join(' '))
  }

  const on = (name: string, act: (event: CustomEvent<Visit>) => unknown) =>
    document.addEventListener(`firstframe:${name}`, (event) => void act(event as CustomEvent<Visit>), { signal })
  on('optimistic', onOptimistic)
  on('applied', onAnswered)
  on('failed', onAnswered)
  channel.addEventListener('message', (event: MessageEvent<Sent>) => void onSent(event))
  addEventListener('online', () => void send(), { signal })
  document.addEventListener('visibilitychange', () => void onSeen(), { signal })

  await tellRefused()
  if (size > 0) {
    say(words.waiting(size))
    void send()
  }
  return {
    get size() {
      return size
    },
    get stored() {
      return Promise.all(underWay.values())
    },
    // From a gateway, or a server that has no time.
    isOpen: ({ status }) => status >= 502 && status <= 504,
    keep,
    stop() {
      stopping.abort()
      clearTimeout(timer)
      channel.close()
      stored.close()
      letGo()
    },
  }
}

function describe({ url, method, body, control, key = '' }: Visit, tab: string): Omit<KeptAction, 'order'> {
  const owner = whoseIs()
  const label = control?.ariaLabel ?? control?.textContent ?? ''
  const at = Date.now()
  return {
    url,
    method,
    body: body?.toString() ?? '',
    key,
    label: label.trim().replace(/\s+/g, ' ').slice(0, LABEL),
    at,
    tab,
    isUnderWay: true,
    triedAt: at,
    ...(owner && { owner: owner.dataset['owner'] ?? '', ownerPart: owner.id }),
  }
}

/** Shows all others that this tab lives, until what it returns is called. Only then may the browser keep the page for the way back. */
function hold(tab: string): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  void (navigator as Partial<Navigator>).locks?.request(TAB + tab, () => promise)
  return resolve
}

/** Asks that the worker be woken when there is a line, whether or not a page is open. */
async function registerSync(): Promise<void> {
  const workers = (navigator as Partial<Navigator>).serviceWorker
  // A person may have forbidden it.
  await workers
    ?.getRegistration()
    .then((found) => found?.sync?.register(SYNC))
    .catch(() => {})
}
