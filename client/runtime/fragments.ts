import { LOCATION, RELEASE } from '../../server/wire/fragment.ts'
import { type Answer, applyAnswer, fetchSheets, type Had, readAnswer, takeSnapshot } from './answer.ts'
import { ask, Lost, type Reply } from './ask.ts'
import { type History, type Left, pathOf, startHistory } from './history.ts'
import { type Intent, readClick, readForm, readSubmit } from './intent.ts'
import type { readStream } from './stream.ts'
import type { knownParts } from './known.ts'
import { say } from './notice.ts'
import type { whenReady } from './ready.ts'
import type { transition } from './transition.ts'

export interface FragmentsOptions {
  /** Parts asked for where the link or form does not name others in `data-fragments`. Default `<body data-fragments>`, else `hud main nav notice`. */
  names?: readonly string[]
  /** Build that made this page. Default `<html data-release>`. When an answer comes from another, the next link is a full load. */
  release?: string
  /** Ms until a request that hangs counts as failed. Default 15,000. */
  timeout?: number
  /** Awaited before each full load, as for a new worker to take over. */
  beforeLoad?: () => Promise<unknown>
  /** Said where the server could not say anything. */
  words?: Partial<typeof WORDS>
}

/** One link followed, form sent or page asked again: the `detail` of every event. */
export interface Visit extends Partial<Intent> {
  readonly url: string
  readonly method: string
  /** Parts asked for; none for the whole document. */
  readonly names: readonly string[]
  /** True when `firstframe:optimistic` comes again because another answer was applied under it. */
  again: boolean
  /** Registers what takes an optimistic change back. Called before any answer is applied, and on failure. */
  undo(change: () => void): void
  /** Status of the answer. */
  status?: number
  /** Why it failed, in words. */
  reason?: string
  timing?: VisitTiming
}

/** Milliseconds. */
export interface VisitTiming {
  /** `X-Request-Id` of the answer. */
  request: string | null
  /** From the tap to the first byte; the body; waiting for stylesheets and first pictures; parsing and morphing. */
  wait: number
  transfer: number
  decode: number
  morph: number
  /** `performance.now()` when it had been applied. */
  at: number
}

/** Keeps writes that did not get through; `startOutbox()` makes one. */
export interface Outbox {
  /** Actions waiting. While there are any, new ones go behind them. */
  readonly size: number
  /** Resolves when all that was done is stored: then the page may be left. */
  readonly stored: Promise<unknown>
  /** Whether this answer leaves open if the action is done: then it is kept, and sent again with its key. */
  isOpen(response: Response): boolean
  /** Stores the action. `settled` resolves when the server has answered it, for or against. */
  keep(visit: Visit): Promise<{ settled: Promise<void> }>
}

export interface Fragments {
  /** Goes to a page of this origin. Resolves when it stands, or could not be had; true for the former. */
  visit(url: string): Promise<boolean>
  /** Sends a form as if `submitter` had been pressed. */
  submit(form: HTMLFormElement, submitter?: HTMLElement | null): Promise<boolean>
  /**
   * Asks for the parts of the page as it is addressed now, or for the `whole` document, so that a worker can store it. Does nothing while a visit or action is
   * under way.
   */
  refresh(options?: { whole?: boolean }): Promise<boolean>
  /** Answers a visit from what was asked ahead. `startPrefetch()` sets it; default none. */
  ahead?: ((visit: Visit) => Promise<Had> | undefined) | undefined
  /** Parts asked for by default. */
  readonly names: readonly string[]
  /** Holds an answer back until its first pictures can be shown. `startLater()` sets it; without it they come after the parts. */
  whenReady?: typeof whenReady | undefined
  /** Shows that a place becomes another. `startLater()` sets it; without it the change is shown at once. */
  transition?: typeof transition | undefined
  /** Says which parts stand already. `startLater()` sets it; without it answers have all parts. */
  known?: typeof knownParts | undefined
  /** Reads answers that come in pieces. `startLater()` sets it; without it they are shown when they have ended. */
  readStream?: typeof readStream | undefined
  /** The pages of this session. */
  readonly history: History
  /** Aborted by `stop()`. */
  readonly signal: AbortSignal
  /** Makes the next link a full load, as when a new worker waits. */
  loadNext(): void
  /** Where writes go that do not get through. Default none: they fail in words, with a button to try again. */
  outbox?: Outbox | undefined
  stop(): void
}

const NAMES = 'hud main nav notice'
const WORDS = {
  offline: 'No connection: that did not get through.',
  failed: 'The server could not answer that.',
  retry: 'Try again',
  kept: 'No connection: kept until you are back.',
}
/** An answer within this does not flash the page busy. Ms. */
const BUSY_AFTER = 150

/** `push`: to another page. `return`: the address is there already, its page is not. `stay`: what stands is brought up to date. */
type How = 'push' | 'return' | 'stay'

interface Errand extends Visit {
  how: How
  /** Path and query of the page it was sent from. */
  readonly from: string
  readonly changes: (() => void)[]
  /** A kept write that the server has decided on: the next answer shows it. */
  isDecided?: boolean
  /** Ms for which its parts waited for what they need. */
  decode?: number
}

/**
 * From now on, links and forms of this origin fetch the parts of the page that change. All of it works without this too; what only a
 * browser can do (new tabs, downloads, files) is left to it.
 *
 * Reads: the last wins, earlier ones are aborted. Writes: one after the other, never aborted, each with a key of its own.
 * Events on `document`, each with a {@link Visit}: `firstframe:before` (preventable), `firstframe:optimistic` (writes),
 * `firstframe:applied`, `firstframe:failed` (preventable: then nothing is said). `firstframe:skew`: another build answers.
 */
export function startFragments(options: FragmentsOptions = {}): Fragments {
  const { timeout = 15_000, beforeLoad } = options
  const words = { ...WORDS, ...options.words }
  const names = options.names ?? namesIn(document.body.dataset['fragments'] ?? NAMES)
  const release = options.release ?? document.documentElement.dataset['release']
  const stopping = new AbortController()
  const page = startHistory(names, onReturn, stopping.signal)

  let isSkewed = false
  /** The read under way. */
  let reading: AbortController | undefined
  /** What is under way, by all that is sent but the key: the same is not sent twice. */
  const running = new Map<string, Promise<boolean>>()
  let writing: Promise<unknown> = Promise.resolve()
  /** Writes begun and writes answered: a read asked before the latest answer may be older than it. */
  let begun = 0
  let answered = 0
  /** Writes whose optimistic changes stand. */
  const standing = new Set<Errand>()
  let busyCount = 0

  function onClick(event: MouseEvent) {
    const intent = readClick(event, page.url)
    if (!intent) return
    event.preventDefault()
    void perform(errand(intent))
  }

  function onSubmit(event: SubmitEvent) {
    const intent = readSubmit(event)
    if (!intent) return
    event.preventDefault()
    void perform(errand(intent))
  }

  function onReturn(left: Left | undefined) {
    // Shown from memory at once; then the server says what has changed since.
    if (left) void settle(undefined, () => arrive('return', left, () => applyAnswer(left)))
    page.etag = left?.etag ?? null
    void perform(errand({ url: location.href, how: left ? 'stay' : 'return' }))
  }

  function errand(more: Partial<Errand> & { url: string }): Errand {
    const own = more.element?.getAttribute('data-fragments')
    const changes: Errand['changes'] = []
    return {
      method: 'GET',
      names: own ? namesIn(own) : names,
      how: more.body ? 'stay' : 'push',
      from: page.url,
      again: false,
      changes,
      undo: (change) => void changes.push(change),
      ...more,
    }
  }

  /** True when the answer was had and said yes. The same read, or a form with `data-once`, shares in what comes of the first. */
  function perform(visit: Errand): Promise<boolean> {
    const { method, url, how, body, key = '' } = visit
    const what = [method, how, url, visit.names, String(body).replace(key, '')].join()
    // Two taps are two actions, unless the form says otherwise.
    const twin = (method === 'GET' || visit.element?.hasAttribute('data-once')) && running.get(what)
    if (twin) return twin
    const end = () => running.delete(what)
    const run = carryOut(visit, end).finally(end)
    running.set(what, run)
    return run
  }

  async function carryOut(visit: Errand, end: () => void): Promise<boolean> {
    if (!emit('before', visit)) return false
    const tapped = performance.now()
    if (visit.method === 'GET' && visit.how === 'push' && isSkewed) return leave(visit.url)
    const rest = busy(visit)
    try {
      return await (visit.method === 'GET' ? read(visit, tapped, end) : write(visit, tapped))
    } finally {
      rest()
    }
  }

  /** The last one wins. */
  async function read(visit: Errand, tapped: number, end: () => void): Promise<boolean> {
    reading?.abort()
    const own = (reading = new AbortController())
    const { signal } = own
    signal.addEventListener('abort', end)
    let { how } = visit
    try {
      for (;;) {
        const asked = answered
        let copy: Answer | undefined
        // Something was done meanwhile that this answer may not know of yet.
        const isOld = () => signal.aborted || asked !== answered
        const show = async (response: Response, answer?: Answer | null) => {
          if (answer) await prepare(answer, visit, signal)
          if (isOld()) return
          const to = placeOf(response, visit.url)
          await settle(visit, () =>
            arrive(how, { to, copy }, () => answer && applyAnswer(answer, response.status === 304)),
          )
          how = 'stay'
        }
        const path = pathOf(visit.url)
        const isHere = path === page.url
        const left = isHere ? undefined : page.recall(path)
        const asking =
          fragments.ahead?.(visit) ??
          ask({
            ...visit,
            headers: fragments.known?.(visit.names, how !== 'stay'),
            timeout,
            etag: visit.names === names ? (isHere ? page : left)?.etag : null,
            signal,
            read: (response) => fragments.readStream?.(response, visit.names, (answer) => show(response, answer)),
          })
        // What is left is copied while we wait, when the busy state has been painted.
        setTimeout(() => how === 'push' && standing.size === 0 && !isOld() && (copy = takeSnapshot(names)))
        const reply = await asking
        if (signal.aborted) return false
        if (isOld()) continue
        const { status, ok, headers } = reply.response
        const isUnchanged = status === 304
        const answer = isUnchanged ? left : answerIn(reply, visit)
        if (!answer && !isUnchanged)
          return visit.how === 'stay' ? await fail(visit, words.failed) : await leave(visit.url)
        await show(reply.response, answer)
        page.etag = visit.names === names && (ok || isUnchanged) ? headers.get('ETag') : null
        return done(visit, reply, tapped)
      }
    } catch (error) {
      if (!(error instanceof Lost)) throw error
      return !signal.aborted && (await fail(visit, words.offline))
    } finally {
      if (reading === own) reading = undefined
    }
  }

  /** What the parts need to be seen as they should be. */
  async function prepare(answer: Answer, visit: Errand, signal?: AbortSignal) {
    const begun = performance.now()
    const pictures = fragments.whenReady?.(answer.parts.values(), signal && { signal })
    await fetchSheets(answer)
    await pictures
    visit.decode = performance.now() - begun
  }

  /** Each in its turn. */
  function write(visit: Errand, tapped: number): Promise<boolean> {
    begun++
    standing.add(visit)
    emit('optimistic', visit)
    const turn = writing.then(() => send(visit, tapped)).finally(() => answered++)
    writing = turn.catch(() => {})
    return turn
  }

  async function send(visit: Errand, tapped: number): Promise<boolean> {
    if (fragments.outbox?.size) return keep(visit)
    try {
      const reply = await ask({ ...visit, headers: fragments.known?.(visit.names, false), timeout })
      const { ok, redirected, url, headers } = reply.response
      if (fragments.outbox?.isOpen(reply.response)) return await keep(visit, words.failed)
      const answer = answerIn(reply, visit)
      if (!answer && ok) {
        // Those behind it are sent first.
        void leave(redirected ? url : location.href)
        return true
      }
      if (!answer) return await fail(visit, words.failed)
      await prepare(answer, visit)
      if (visit.from !== page.url) {
        // The person went elsewhere meanwhile: what was said is said here, what was done shows when this page is asked again.
        for (const name of answer.parts.keys()) if (name !== 'notice') answer.parts.delete(name)
        await settle(visit, () => applyAnswer({ ...answer, title: '', body: [] }))
        void perform(errand({ url: location.href, how: 'stay' }))
      } else {
        const to = placeOf(reply.response, location.href)
        if (pathOf(to) !== page.url) visit.how = 'push'
        await settle(visit, () => {
          // A field named "reset" hides the form's own.
          if (ok && visit.element) HTMLFormElement.prototype.reset.call(visit.element as HTMLFormElement)
          return arrive(visit.how, { to }, () => applyAnswer(answer))
        })
        page.etag = ok ? headers.get('ETag') : null
      }
      return done(visit, reply, tapped)
    } catch (error) {
      if (!(error instanceof Lost)) throw error
      return fragments.outbox ? await keep(visit) : await fail(visit, words.offline)
    }
  }

  function answerIn({ response, text, answer }: Had, visit: Errand): Answer | null {
    visit.status = response.status
    const by = response.headers.get(RELEASE)
    if (by && release && by !== release && !isSkewed) {
      isSkewed = true
      emit('skew', visit)
    }
    return response.headers.get('Content-Type')?.startsWith('text/html')
      ? (answer ?? readAnswer(text, visit.names.length > 0 ? visit.names : names))
      : null
  }

  function done(visit: Errand, { response, first, last }: Reply, tapped: number): boolean {
    const at = performance.now()
    const request = response.headers.get('X-Request-Id')
    const { decode = 0 } = visit
    const wait = Math.max(0, first - tapped)
    visit.timing = { request, wait, transfer: last - first, decode, morph: Math.max(0, at - last - decode), at }
    emit('applied', visit)
    return response.ok || response.status === 304
  }

  async function fail(visit: Errand, reason: string): Promise<boolean> {
    await settle(visit)
    visit.reason = reason
    // What the page asked on its own is not worth a word.
    const isAsked = visit.how !== 'stay' || visit.method !== 'GET'
    if (emit('failed', visit) && isAsked) say(reason, { label: words.retry, run: () => void perform(visit) })
    return false
  }

  async function keep(visit: Errand, reason = words.kept): Promise<boolean> {
    const kept = await fragments.outbox?.keep(visit)
    visit.reason = reason
    say(reason)
    void kept?.settled.then(() => decide(visit))
    return true
  }

  /** Its optimistic change stands until an answer is applied that knows of it: reads under way are asked again. */
  function decide(visit: Errand) {
    visit.isDecided = true
    begun++
    answered++
  }

  /** Takes all optimistic changes back, makes `change`, and puts those again that still wait for their answer. */
  async function settle(visit?: Errand, change?: () => Promise<void> | void) {
    for (const { changes } of [...standing].toReversed()) for (const undo of changes.splice(0).toReversed()) undo()
    for (const other of standing) if (other === visit || other.isDecided) standing.delete(other)
    await change?.()
    for (const other of standing) {
      other.again = true
      emit('optimistic', other)
    }
  }

  async function arrive(
    how: How,
    place: { to?: URL; copy?: Answer | undefined; x?: number; y?: number },
    apply: () => void,
  ) {
    if (how === 'stay') return apply()
    const { to, copy, x = 0, y = 0 } = place
    const change = () => {
      if (how === 'push' && to) page.go(to.href, copy)
      apply()
      const anchor = to?.hash && document.getElementById(decodeURIComponent(to.hash.slice(1)))
      if (anchor) anchor.scrollIntoView({ behavior: 'instant' })
      else scrollTo({ left: x, top: y, behavior: 'instant' })
      if (how === 'return') page.keeper?.put(page.entry, page.url)
      if (document.activeElement === document.body)
        (document.querySelector<HTMLElement>('#main [autofocus]') ?? document.getElementById('main'))?.focus({
          preventScroll: true,
        })
    }
    await (how === 'push' && fragments.transition ? fragments.transition(change) : change())
  }

  /** A full load cuts off what was done and is not answered, unless somebody keeps it. */
  async function leave(url: string): Promise<boolean> {
    await (fragments.outbox?.stored ?? writing)
    await beforeLoad?.()
    location.assign(url)
    return true
  }

  function busy({ control }: Errand): () => void {
    const main = document.getElementById('main')
    busyCount++
    control?.setAttribute('data-busy', '')
    const timer = setTimeout(() => control && main?.setAttribute('aria-busy', 'true'), BUSY_AFTER)
    return () => {
      clearTimeout(timer)
      control?.removeAttribute('data-busy')
      if (--busyCount === 0) main?.removeAttribute('aria-busy')
    }
  }

  const fragments: Fragments = {
    visit: (url) => perform(errand({ url: new URL(url, location.href).href })),
    submit: (form, submitter = null) => perform(errand(readForm(form, submitter))),
    refresh: async ({ whole = false } = {}) =>
      !reading &&
      begun === answered &&
      perform(errand({ url: location.href, how: isShown() ? 'stay' : 'return', names: whole ? [] : names })),
    names,
    history: page,
    signal: stopping.signal,
    loadNext: () => void (isSkewed = true),
    stop() {
      stopping.abort()
      reading?.abort()
    },
  }

  document.addEventListener('click', onClick, stopping)
  document.addEventListener('submit', onSubmit, stopping)
  return fragments
}

/** Whether the page is the one that is addressed; without a line a worker may have answered with another. */
export const isShown = (): boolean => (document.body.dataset['path'] ?? location.pathname) === location.pathname

const emit = (name: string, detail: Visit) =>
  document.dispatchEvent(new CustomEvent(`firstframe:${name}`, { detail, cancelable: true }))

/** The address of the page that an answer shows. */
const placeOf = ({ headers, redirected, url }: Response, asked: string) =>
  new URL(headers.get(LOCATION) ?? (redirected ? url : asked), location.href)

const namesIn = (text: string) => text.split(/[\s,]+/).filter(Boolean)
