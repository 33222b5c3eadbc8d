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
  let url = pathOf(location)
  // Numbers go on rising over reloads, whose entries keep theirs.
  let last = Date.now()
  let entry = adopt()

  function adopt(): number {
    const { entry } = (history.state ?? {}) as { entry?: number }
    if (entry !== undefined) return entry
    history.replaceState({ ...(history.state as object | null), entry: ++last }, '')
    return last
  }

  function leave(copy = takeSnapshot(names)) {
    const { etag, keeper } = self
    pages.delete(entry)
    pages.set(entry, { ...copy, url, etag, x: scrollX, y: scrollY })
    keeper?.take(entry, url)
    const [oldest = 0] = pages.keys()
    if (pages.size > KEPT) pages.delete(oldest)
  }

  function onPopState() {
    if (pathOf(location) === url) {
      // Only the hash differs: the browser scrolls by itself.
      entry = adopt()
      return
    }
    leave()
    entry = adopt()
    url = pathOf(location)
    const left = pages.get(entry)
    self.etag = null
    onReturn(left?.url === url ? left : undefined)
  }

  // While we are here scrolling back is ours, for the page is another by then; after a reload it is the browser's.
  const byUs = () => (history.scrollRestoration = 'manual')
  const byBrowser = () => (history.scrollRestoration = 'auto')

  const self: History = {
    get url() {
      return url
    },
    get entry() {
      return entry
    },
    keeper: undefined,
    etag: null,
    recall: (wanted) => [...pages.values()].findLast((page) => page.url === wanted),
    go(to, copy) {
      if (to === location.href) return
      leave(copy)
      history.pushState({ entry: (entry = ++last) }, '', to)
      url = pathOf(to)
    },
  }

  byUs()
  const until = { signal }
  addEventListener('popstate', onPopState, until)
  addEventListener('pagehide', byBrowser, until)
  addEventListener('pageshow', byUs, until)
  signal.addEventListener('abort', byBrowser)
  return self
}
