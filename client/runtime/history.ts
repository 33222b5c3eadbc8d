import { type Answer, takeSnapshot } from './answer.ts'

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
  /** Path and query of the page as shown, which `location` is ahead of while going back. */
  readonly url: string
  /** Validator of what is shown. Set with each answer; null when unknown or when the page was changed by an action. */
  etag: string | null
  /** The latest copy of a page that was left, by path and query. */
  recall(url: string): Left | undefined
  /** Keeps the page as it stands, then gives it the new address: a new entry, unless it is the address it has. */
  go(url: string): void
  stop(): void
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
export function startHistory(names: readonly string[], onReturn: (left: Left | undefined) => void): History {
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

  function leave() {
    pages.delete(entry)
    pages.set(entry, { ...takeSnapshot(names), url, etag: self.etag, x: scrollX, y: scrollY })
    for (const oldest of pages.keys()) {
      if (pages.size <= KEPT) break
      pages.delete(oldest)
    }
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
    etag: null,
    recall: (wanted) => [...pages.values()].findLast((page) => page.url === wanted),
    go(to) {
      if (to === location.href) return
      leave()
      history.pushState({ entry: (entry = ++last) }, '', to)
      url = pathOf(to)
    },
    stop() {
      removeEventListener('popstate', onPopState)
      removeEventListener('pagehide', byBrowser)
      removeEventListener('pageshow', byUs)
      byBrowser()
    },
  }

  byUs()
  addEventListener('popstate', onPopState)
  addEventListener('pagehide', byBrowser)
  addEventListener('pageshow', byUs)
  return self
}
