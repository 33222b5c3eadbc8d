import { type Answer, takeSnapshot } from './answer.ts'
import type { Keeper } from './drafts.ts'

/** A page that was left: what stood there, and where it was scrolled to. */
export interface Left extends Answer {
  /** Path and query. */
  url: string
  /** Validator of the server's answer that it was made from, if it had one. */
  etag: string | null
  x: number
  y: number
}

export interface History {
  /** Number of the entry of the session's history that is shown. */
  readonly entry: number
  /** Path and query of the page as shown, which `location` is ahead of while going back. */
  readonly url: string
  /** Validator of what is shown. Set with each answer; null when unknown or when the page was changed by an action. */
  etag: string | null
  /** Once it is there, keeps what the person did to each page. */
  keeper: Keeper | undefined
  /** The latest copy of a page that was left, by path and query. */
  recall(url: string): Left | undefined
  /**
   * Keeps the page as it stands, then gives it the new address: a new entry, unless it is the address it has.
   * @param copy of the page, where one was made while the answer was awaited.
   */
  go(url: string, copy?: Answer): void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Entries whose pages are kept. */
const KEPT = 20

export const pathOf = (url: string | URL | Location): string => {
  const { pathname, search } = typeof url === 'string' ? new URL(url, document.baseURI) : url
  return pathname + search
}

/**
 * The session's history: pages left are kept in memory, by entry.
 *
 * @param names the fragments a page consists of.
 * @param onReturn the person went back or forward: the address has changed already; `left` is what stood there.
 */
export function startHistory(
  names: readonly string[],
  onReturn: (left: Left | undefined) => void,
  signal: AbortSignal,
): History {
  const pages = new Map<number, Left>()
  // Numbers go on rising over reloads, whose entries keep theirs.
  let last = Date.now()
  const self: Mutable<History> = {
    entry: adopt(),
    url: pathOf(location),
    keeper: undefined,
    etag: null,
    recall: (wanted) => [...pages.values()].findLast(({ url }) => url === wanted),
    go(to, copy) {
      if (to === location.href) return
      leave(copy)
      history.pushState({ entry: (self.entry = ++last) }, '', to)
      self.url = pathOf(to)
    },
  }

  function adopt(): number {
    const { entry } = (history.state ?? {}) as { entry?: number }
    if (entry !== undefined) return entry
    history.replaceState({ ...(history.state as object | null), entry: ++last }, '')
    return last
  }

  function leave(copy = takeSnapshot(names)) {
    const { entry, url, etag, keeper } = self
    pages.delete(entry)
    pages.set(entry, { ...copy, url, etag, x: scrollX, y: scrollY })
    keeper?.take(entry, url)
    const [oldest = 0] = pages.keys()
    if (pages.size > KEPT) pages.delete(oldest)
  }

  function onPopState() {
    const url = pathOf(location)
    // Where only the hash differs the browser scrolls by itself.
    const isOther = url !== self.url
    if (isOther) leave()
    self.entry = adopt()
    if (!isOther) return
    self.url = url
    self.etag = null
    const left = pages.get(self.entry)
    // Used up when it is shown, and taken again when it is left.
    pages.delete(self.entry)
    onReturn(left?.url === url ? left : undefined)
  }

  // While we are here scrolling back is ours, for the page is another by then; after a reload it is the browser's.
  const byUs = () => (history.scrollRestoration = 'manual')
  const byBrowser = () => (history.scrollRestoration = 'auto')

  byUs()
  const until = { signal }
  addEventListener('popstate', onPopState, until)
  addEventListener('pagehide', byBrowser, until)
  addEventListener('pageshow', byUs, until)
  signal.addEventListener('abort', byBrowser)
  return self
}
