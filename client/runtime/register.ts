import { whenUsed } from './look.ts'
import { scriptURL } from './trusted.ts'

/** A page that has loaded nothing for so long has its scene. Ms. */
const QUIET = 3000
/** A page that never stops loading is waited for no longer than this. Ms. */
const MOST = 60_000
/** A page in use looks for a new release no more often: one conditional request. Ms. */
const LOOK = 60_000

/**
 * Registers the service worker of a game of static files (`client/worker/static`) and tells it what the page has loaded without it. Waits
 * until the page is at rest: the first scene has the line to itself. Does nothing where another script's worker is registered for these
 * pages, where the script comes from another origin, and where there can be no worker.
 *
 * @param worker its folder is the scope. Relative URLs are the document's.
 */
export function registerGame(worker: string | URL): void {
  const workers = (navigator as Partial<Navigator>).serviceWorker
  const { href, origin } = new URL(worker, document.baseURI)
  if (workers && origin === location.origin) start(workers, href)
}

function start(workers: ServiceWorkerContainer, url: string): void {
  const urls: string[] = []
  let timer = 0
  let isLooking = false

  const observer = new PerformanceObserver((list) => {
    for (const { name, workerStart } of list.getEntries() as PerformanceResourceTiming[])
      // What came by the worker is known to it.
      if (!workerStart) urls.push(name)
    wait()
  })
  observer.observe({ type: 'resource', buffered: true })
  wait()

  function wait() {
    if (timer && performance.now() > MOST) return
    clearTimeout(timer)
    timer = setTimeout(rest, QUIET)
  }

  async function rest() {
    timer = 0
    if (document.readyState !== 'complete') return wait()
    try {
      const there = await workers.getRegistration(url)
      const known = workers.controller ?? there?.active ?? there?.waiting ?? there?.installing
      // A game that has a worker of its own keeps it.
      if (known && known.scriptURL !== url) return observer.disconnect()
      const found = await workers.register(scriptURL(url))
      if (!isLooking) whenUsed(() => void found.update().catch(() => {}), LOOK)
      isLooking = true
      // A new release may have been found before this page was at rest, or will be.
      if (found.waiting ?? found.installing) listen()
      found.addEventListener('updatefound', listen)
      // The first worker is told while it installs: the tab may be closed before it is ready.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
      if (urls[0]) (found.active ?? found.installing)?.postMessage({ type: 'used', urls: urls.splice(0) })
    } catch (error) {
      // A page without its worker still works.
      console.warn('firstframe: no worker:', error)
    }
  }

  // Only where it is needed: Firefox keeps no page that listens to this for the way back.
  function listen() {
    addEventListener('beforeunload', leave)
  }

  /** A page that is left does not hold back a new release. */
  function leave() {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
    workers.controller?.postMessage({ type: 'leaving' })
  }
}
