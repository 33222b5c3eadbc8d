import { FRAGMENT, IDEMPOTENCY_KEY, LOCATION, RELEASE } from '../../server/wire/fragment.ts'
import { type Answer, applyAnswer, fetchSheets, readAnswer, transition } from './answer.ts'
import { type Left, pathOf, startHistory } from './history.ts'
import { say } from './notice.ts'

export interface FragmentsOptions {
  /** Parts asked for where the link or form does not name others in `data-fragments`. Default `<body data-fragments>`, else `hud main nav notice`. */
  names?: readonly string[]
  /** Build that made this page. Default `<html data-release>`. When an answer comes from another, the next link is a full load. */
  release?: string
  /** View Transitions between places. Default true; never when the person prefers less motion. */
  transitions?: boolean
  /** Ms until a request that hangs counts as failed. Default 15,000. */
  timeout?: number
  /** Awaited before each full load, as for a new worker to take over. */
  beforeLoad?: () => Promise<unknown>
  /** Said where the server could not say anything. */
  words?: Partial<typeof WORDS>
}

/** One link followed, form sent or page asked again: the `detail` of every event. */
export interface Visit {
  /** Absolute. */
  readonly url: string
  readonly method: string
  /** Parts asked for. */
  readonly names: readonly string[]
  /** The link or form; none when the runtime itself asks. */
  readonly element?: HTMLElement | undefined
  /** What was pressed: the link or the submitter. */
  readonly control?: HTMLElement | undefined
  /** What a form sends with POST. */
  readonly body?: URLSearchParams | undefined
  /** Idempotency key of a write. */
  readonly key?: string | undefined
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
  /** From the tap to the first byte; the body; parsing and morphing, stylesheets included. */
  wait: number
  transfer: number
  morph: number
  /** `performance.now()` when it had been applied. */
  at: number
}

/** Keeps writes that did not get through; `startOutbox()` makes one. */
export interface Outbox {
  /** Actions waiting. While there are any, new ones go behind them. */
  readonly size: number
  /** Stores the action. `settled` resolves when the server has answered it, for or against. */
  keep(visit: Visit): Promise<{ settled: Promise<void> }>
}

export interface Fragments {
  /** Goes to a page of this origin. Resolves when it stands, or could not be had; true for the former. */
  visit(url: string): Promise<boolean>
  /** Sends a form as if `submitter` had been pressed. */
  submit(form: HTMLFormElement, submitter?: HTMLElement | null): Promise<boolean>
  /** Asks for the parts of the page as it is addressed now. Does nothing while a visit or action is under way. */
  refresh(): Promise<boolean>
  /** Makes the next link a full load, as when a new worker waits. */
  loadNext(): void
  /** Where writes go that do not get through. Default none: they fail in words, with a button to try again. */
  outbox: Outbox | undefined
  stop(): void
}

const NAMES = 'hud main nav notice'
const WORDS = {
  offline: 'No connection: that did not get through.',
  failed: 'The server could not answer that.',
  retry: 'Try again',
  kept: 'No connection: kept, and sent when you are back.',
}
/** An answer within this does not flash the page busy. Ms. */
const BUSY_AFTER = 150

/** `push`: to another page. `return`: the address is there already, its page is not. `stay`: what stands is brought up to date. */
type How = 'push' | 'return' | 'stay'

interface Errand extends Visit {
  how: How
  /** The page it was sent from. */
  readonly from: string
  readonly changes: (() => void)[]
  /** What stood at the address when it was left. */
  readonly left?: Left | undefined
  /** Ask for the whole document, so that the worker can store it. */
  readonly whole?: boolean
}

/**
 * From now on, links and forms of this origin fetch the parts of the page that change. All of it works without this too: a link with
 * modifier keys, `target`, `download` or `data-full`, and a form with files, are left to the browser.
 *
 * Reads: the last wins, earlier ones are aborted. Writes: one after the other, never aborted, each with a key of its own.
 * Events on `document`, each with a {@link Visit}: `firstframe:before` (preventable), `firstframe:optimistic` (writes),
 * `firstframe:applied`, `firstframe:failed` (preventable: then nothing is said). Without one: `firstframe:skew`, another build answers.
 */
export function startFragments(options: FragmentsOptions = {}): Fragments {
  const { transitions = true, timeout = 15_000, beforeLoad } = options
  const words = { ...WORDS, ...options.words }
  const names = options.names ?? namesIn(document.body.dataset['fragments'] ?? NAMES)
  const release = options.release ?? document.documentElement.dataset['release']
  const stopping = new AbortController()
  const page = startHistory(names, onReturn)

  let isSkewed = false
  /** The read under way. */
  let reading: AbortController | undefined
  let writes: Promise<unknown> = Promise.resolve()
  let writesOpen = 0
  /** Writes answered so far: an answer to a read that was asked before the latest of them may be older than it. */
  let written = 0
  let underway = 0
  /** Requests whose optimistic changes stand. */
  const standing = new Set<Errand>()

  // -- what a person does

  function onClick(event: MouseEvent) {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element && event.target.closest('a[href]')
    if (!(link instanceof HTMLAnchorElement) || !isOurs(link, link.href) || link.hasAttribute('download')) return
    if (link.hash && pathOf(link.href) === page.url) return
    event.preventDefault()
    void perform(errand(link.href, { element: link, control: link, how: 'push' }))
  }

  function onSubmit(event: SubmitEvent) {
    const { target: form, submitter } = event
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return
    // Attributes, not properties: a field named "action" hides the form's own.
    const has = (name: string) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name)
    const isMultipart = has('enctype') === 'multipart/form-data'
    if (isMultipart || has('method') === 'dialog' || !isOurs(form, new URL(has('action') ?? '', location.href).href))
      return
    event.preventDefault()
    void submit(form, submitter)
  }

  function submit(form: HTMLFormElement, submitter: HTMLElement | null = null): Promise<boolean> {
    const has = (name: string) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name)
    const method = has('method')?.toUpperCase() ?? 'GET'
    const url = new URL(has('action') || location.href, document.baseURI)
    const fields = [...new FormData(form, submitter)].filter(
      (field): field is [string, string] => typeof field[1] === 'string',
    )
    const body = new URLSearchParams(fields)
    const from = { element: form, control: submitter ?? form }
    if (method === 'GET') {
      url.search = body.toString()
      return perform(errand(url.href, { ...from, how: 'push' }))
    }
    const key = newKey()
    if (body.has('key')) body.set('key', key)
    return perform(errand(url.href, { ...from, method, body, key }))
  }

  function onReturn(left: Left | undefined) {
    // Shown from memory at once; then the server says what has changed since.
    if (left) void settle(undefined, () => arrive('return', left, () => applyAnswer(left)))
    page.etag = left?.etag ?? null
    void perform(errand(location.href, { how: left ? 'stay' : 'return', left }))
  }

  // -- a request's life

  function errand(url: string, more: Partial<Errand> = {}): Errand {
    const changes: Errand['changes'] = []
    const own = more.element?.getAttribute('data-fragments')
    return {
      url,
      method: 'GET',
      names: own ? namesIn(own) : names,
      how: 'stay',
      from: page.url,
      again: false,
      changes,
      undo: (change) => void changes.push(change),
      ...more,
    }
  }

  async function perform(visit: Errand): Promise<boolean> {
    if (!emit('before', visit)) return false
    const isRead = visit.method === 'GET'
    if (isRead && isSkewed && visit.how !== 'stay') return load(visit.url)
    const begun = performance.now()
    const idle = busy(visit)
    try {
      if (isRead) {
        reading?.abort()
        reading = new AbortController()
        return await exchange(visit, begun, reading)
      }
      writesOpen++
      standing.add(visit)
      emit('optimistic', visit)
      const turn = writes.then(() => exchange(visit, begun))
      writes = turn.catch(() => {})
      return await turn
    } finally {
      if (!isRead) writesOpen--
      idle()
    }
  }

  async function exchange(visit: Errand, begun: number, abort?: AbortController): Promise<boolean> {
    const isRead = visit.method === 'GET'
    if (!isRead && fragments.outbox?.size) return keep(visit)
    const asked = written
    const known = isRead ? etagFor(visit) : null
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), ...(abort ? [abort.signal] : [])])
    try {
      const response = await fetch(visit.url, {
        method: visit.method,
        headers: {
          Accept: 'text/html',
          ...(!visit.whole && { [FRAGMENT]: visit.names.join(', ') }),
          ...(visit.key && { [IDEMPOTENCY_KEY]: visit.key }),
          // By hand, so that the 304 is ours to see: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
          ...(known && { 'If-None-Match': known.etag ?? '' }),
        },
        ...(visit.body && { body: visit.body }),
        signal,
      })
      const first = performance.now()
      const text = await response.text()
      const received = performance.now()
      const by = response.headers.get(RELEASE)
      if (by && release && by !== release && !isSkewed) {
        isSkewed = true
        document.dispatchEvent(new CustomEvent('firstframe:skew'))
      }
      visit.status = response.status

      const isUnchanged = response.status === 304
      const isHTML = response.headers.get('Content-Type')?.startsWith('text/html')
      const answer = isUnchanged ? (known?.page ?? null) : isHTML ? readAnswer(text, visit.names) : null
      if (!answer && !isUnchanged) {
        if (isRead && visit.how !== 'stay') return load(visit.url)
        if (response.ok && !isRead) return load(response.redirected ? response.url : location.href)
        return fail(visit, words.failed)
      }
      if (isRead && asked !== written) return await exchange(visit, begun, abort)
      if (!isRead) written++
      const isLate = !isRead && visit.from !== page.url
      if (answer) await fetchSheets(answer)
      abort?.signal.throwIfAborted()

      const address = response.headers.get(LOCATION) ?? (response.redirected ? response.url : isRead ? visit.url : null)
      const to = new URL(address ?? location.href, location.href)
      // An action may lead elsewhere, unless the person has gone elsewhere meanwhile.
      if (!isRead && !isLate && pathOf(to) !== page.url) visit.how = 'push'
      await settle(visit, () => {
        if (isLate) return answer && applyAnswer(onlyNotice(answer))
        if (!isRead && response.ok) reset(visit.element)
        return arrive(visit.how, { hash: to.hash, to: to.href }, () => answer && applyAnswer(answer))
      })
      if (!isUnchanged && !isLate) page.etag = response.ok && !visit.whole ? response.headers.get('ETag') : null
      const at = performance.now()
      const request = response.headers.get('X-Request-Id')
      visit.timing = { request, wait: first - begun, transfer: received - first, morph: at - received, at }
      emit('applied', visit)
      // What was done elsewhere shows here too.
      if (isLate) void perform(errand(location.href))
      return response.ok || isUnchanged
    } catch (error) {
      if (abort?.signal.aborted) return false
      if (!isRead && fragments.outbox) return keep(visit)
      // A programming error must not pass for a lost line.
      if (!(error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))) throw error
      return fail(visit, words.offline)
    } finally {
      if (reading === abort) reading = undefined
    }
  }

  /** The validator to send and, unless it is of the page as shown, the copy that it stands for. */
  function etagFor({ url, left, names: wanted }: Errand): { etag: string | null; page?: Left } | null {
    if (wanted !== names) return null
    const path = pathOf(url)
    if (path === page.url) return page.etag ? { etag: page.etag } : null
    const copy = left ?? page.recall(path)
    return copy?.etag ? { etag: copy.etag, page: copy } : null
  }

  async function fail(visit: Errand, reason: string): Promise<boolean> {
    await settle(visit)
    visit.reason = reason
    // What the page asked on its own is not worth a word.
    if (emit('failed', visit) && (visit.how !== 'stay' || visit.method !== 'GET'))
      say(reason, { label: words.retry, run: () => void perform(visit) })
    return false
  }

  async function keep(visit: Errand): Promise<boolean> {
    const { outbox } = fragments
    if (!outbox) return fail(visit, words.offline)
    const { settled } = await outbox.keep(visit)
    visit.reason = words.kept
    say(words.kept)
    void settled.then(() => settle(visit))
    return true
  }

  // -- from an answer to the page

  /** Takes all optimistic changes back, makes `change`, and puts those again that still wait for their answer. */
  async function settle(visit?: Errand, change?: () => Promise<void> | void | null) {
    for (const other of [...standing].toReversed()) for (const undo of other.changes.splice(0).toReversed()) undo()
    if (visit) standing.delete(visit)
    await change?.()
    for (const other of standing) {
      other.again = true
      emit('optimistic', other)
    }
  }

  interface Place {
    /** Where to scroll, */
    x?: number
    y?: number
    /** or the anchor to show. */
    hash?: string
    /** New address. */
    to?: string
  }

  async function arrive(how: How, { x = 0, y = 0, hash, to }: Place, apply: () => void) {
    if (how === 'stay') return apply()
    const change = () => {
      if (how === 'push' && to) page.go(to)
      apply()
      const anchor = hash && document.getElementById(decodeURIComponent(hash.slice(1)))
      if (anchor) anchor.scrollIntoView({ behavior: 'instant' })
      else scrollTo({ left: x, top: y, behavior: 'instant' })
      if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
    }
    if (transitions && how === 'push') await transition(change)
    else change()
  }

  async function load(url: string): Promise<boolean> {
    await beforeLoad?.()
    location.assign(url)
    return true
  }

  function busy({ control, how }: Errand): () => void {
    const main = document.getElementById('main')
    underway++
    control?.setAttribute('data-busy', '')
    const timer = setTimeout(() => (control || how !== 'stay') && main?.setAttribute('aria-busy', 'true'), BUSY_AFTER)
    return () => {
      clearTimeout(timer)
      control?.removeAttribute('data-busy')
      if (--underway === 0) main?.removeAttribute('aria-busy')
    }
  }

  const fragments: Fragments = {
    visit: (url) => perform(errand(new URL(url, document.baseURI).href, { how: 'push' })),
    submit,
    refresh: async () => (reading || writesOpen > 0 ? false : perform(errand(location.href))),
    loadNext: () => void (isSkewed = true),
    outbox: undefined,
    stop() {
      stopping.abort()
      page.stop()
      reading?.abort()
    },
  }

  document.addEventListener('click', onClick, stopping)
  document.addEventListener('submit', onSubmit, stopping)
  if (isCopy())
    void afterPaint().then(() =>
      perform(errand(location.href, { whole: true, how: isElsewhere() ? 'return' : 'stay' })),
    )
  return fragments
}

const emit = (name: string, detail: Visit) =>
  document.dispatchEvent(new CustomEvent(`firstframe:${name}`, { detail, cancelable: true }))

const namesIn = (text: string) => text.split(/[\s,]+/).filter(Boolean)

function isOurs(element: HTMLElement, url: string): boolean {
  const target = element.getAttribute('target')
  return (
    (!target || target === '_self') && !element.hasAttribute('data-full') && new URL(url).origin === location.origin
  )
}

/** 32 hexadecimal digits. Not randomUUID(): that needs a secure context, and a phone on the developer's network has none. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Empties what was typed, now that it is done; a field named "reset" would hide the form's own method. */
function reset(form: HTMLElement | undefined) {
  if (form instanceof HTMLFormElement) HTMLFormElement.prototype.reset.call(form)
}

const onlyNotice = ({ parts }: Answer): Answer => ({
  title: '',
  parts: new Map([...parts].filter(([name]) => name === 'notice')),
  sheets: [],
  body: [],
})

const isElsewhere = () => (document.body.dataset['path'] ?? location.pathname) !== location.pathname

/** The worker answered with a copy, which may be old or, without a line, another page's. */
function isCopy(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return isElsewhere() || Boolean(navigation?.serverTiming.some(({ name }) => name === 'copy'))
}

/** The line is free for the first paint: what the copy lacks is asked for after it. */
const afterPaint = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))
