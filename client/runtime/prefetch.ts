import { type Had, readAnswer } from './answer.ts'
import { ask } from './ask.ts'
import type { Fragments, Visit } from './fragments.ts'
import { readClick } from './intent.ts'

export interface PrefetchOptions {
  /** Ms that a pointer rests on a link, or focus in it, before it counts as meant. Default 65. A touch counts at once. */
  delay?: number
  /** Ms for which an answer is fresh enough for the click. Default 10,000. */
  fresh?: number
}

const TIMEOUT = 15_000

/**
 * Asks for a link's parts when a person is about to follow it: the pointer rests on it, a finger touches it, focus comes to it. The click
 * then takes the answer, under way or there. One at a time; aborted when they turn away, dropped when the page has changed since. Links that
 * `startFragments()` leaves to the browser are left alone, and so is one with `data-no-prefetch`. Nothing happens where the person saves data.
 *
 * While it runs, `<html data-prefetch>` says so to Speculation Rules (`server/middleware/speculation.ts`), which then leave these links alone, and
 * all links while an action is under way.
 * Import it after the page is playable. The server sees `Purpose: prefetch`: such a read must not count as a view.
 *
 * @returns what ends it.
 */
export function startPrefetch(fragments: Fragments, { delay = 65, fresh = 10_000 }: PrefetchOptions = {}): () => void {
  if (navigator.connection?.saveData) return () => {}
  const stopping = new AbortController()
  const { dataset } = document.documentElement
  dataset['prefetch'] = ''
  let actions = 0
  /** The link that is meant, and what is asked for it. */
  let meant: HTMLAnchorElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let ahead:
    | { link: HTMLAnchorElement; url: string; at: number; reply: Promise<Had>; abort: AbortController }
    | undefined

  function linkOf({ target }: Event): HTMLAnchorElement | undefined {
    const link = target instanceof Element && target.closest<HTMLAnchorElement>('a[href]:not([data-no-prefetch])')
    const here = location.pathname + location.search
    // As the click would be read.
    const intent = link && readClick({ target: link, button: 0 } as unknown as MouseEvent, here)
    return link && intent && link.href !== location.href ? link : undefined
  }

  function onTowards(event: Event) {
    const link = linkOf(event)
    if (!link || link === meant) return
    meant = link
    clearTimeout(timer)
    if (event.type === 'touchstart') start(link)
    else timer = setTimeout(() => start(link), delay)
  }

  function onAway({ target, relatedTarget }: MouseEvent | FocusEvent) {
    const isWithin = relatedTarget instanceof Node && meant?.contains(relatedTarget)
    if (!meant || isWithin || !(target instanceof Node && meant.contains(target))) return
    meant = undefined
    drop()
  }

  function start(link: HTMLAnchorElement) {
    if (ahead?.url === link.href && isFresh(ahead.at)) return
    drop()
    const abort = new AbortController()
    const reply = askFor(link, abort.signal, 'prefetch')
    // Read at once, so that the click has less to do. Nobody may ever ask how it went.
    reply.then(
      (got) => (got.answer = readAnswer(got.text, namesOf(link))),
      () => {},
    )
    ahead = { link, url: link.href, at: performance.now(), reply, abort }
  }

  const namesOf = (link: HTMLElement) => link.dataset['fragments']?.split(/[\s,]+/).filter(Boolean) ?? fragments.names

  function askFor(link: HTMLAnchorElement, signal: AbortSignal, purpose = ''): Promise<Had> {
    const names = namesOf(link)
    const headers = { ...fragments.known?.(names, true), ...(purpose && { Purpose: purpose }) }
    return ask({ url: link.href, method: 'GET', names, headers, timeout: TIMEOUT, signal })
  }

  function drop() {
    clearTimeout(timer)
    ahead?.abort.abort()
    ahead = undefined
  }

  const isFresh = (at: number) => performance.now() - at < fresh

  function take({ element, url }: Visit): Promise<Had> | undefined {
    clearTimeout(timer)
    if (!ahead || ahead.link !== element || ahead.url !== url || !isFresh(ahead.at)) return undefined
    const { link, reply } = ahead
    // It is the click's now, and is not aborted when the pointer leaves. What failed while nobody waited is tried once more.
    ahead = undefined
    return reply.catch(() => askFor(link, stopping.signal))
  }

  const on = { capture: true, passive: true, signal: stopping.signal }
  for (const name of ['mouseover', 'touchstart', 'focusin']) document.addEventListener(name, onTowards, on)
  for (const name of ['mouseout', 'focusout'] as const) document.addEventListener(name, onAway, on)
  // What was asked before is older than what the page shows now.
  document.addEventListener('firstframe:applied', drop, on)
  document.addEventListener('firstframe:optimistic', drop, on)
  document.addEventListener('firstframe:optimistic', onAction, on)
  for (const name of ['applied', 'failed']) document.addEventListener(`firstframe:${name}`, onAnswer, on)
  fragments.ahead = take
  // The next link will be a full load.
  document.addEventListener('firstframe:skew', stop, on)

  /** What the browser has fetched ahead is as old: it drops pages whose links its rules no longer name. */
  function onAction() {
    actions++
    dataset['prefetch'] = 'none'
  }

  function onAnswer() {
    const latest = actions
    // Only once a frame has been drawn does it look at the rules again.
    requestAnimationFrame(() => setTimeout(() => latest === actions && (dataset['prefetch'] = '')))
  }

  function stop() {
    stopping.abort()
    actions++
    delete dataset['prefetch']
    drop()
    fragments.ahead = undefined
  }
  return stop
}
