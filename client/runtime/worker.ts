import { delay, whenIdle } from './idle.ts'
import { scriptURL } from './trusted.ts'

export interface WorkerOptions {
  /** Called once when a new release's worker has been installed and waits for {@link AppWorker.activate}. */
  onWaiting?: () => void
  /** Ms between looks for a new release while the page is shown. Default ten minutes; each look is one conditional request. */
  every?: number
}

export interface AppWorker {
  /** Lets the waiting worker, if there is one, take over. Resolves when it has, after 1 s at the latest. */
  activate(): Promise<void>
  stop(): void
}

const EVERY = 10 * 60_000
const TAKEOVER = 1000

/**
 * Registers the service worker once the page is idle, and tells it which files this page has used, so that the next visit needs no
 * line. A new release waits until `activate()` is called, which belongs right before a full load (`startFragments`'s
 * `beforeLoad`), or until the page is left. Nothing here ever reloads a page: there can be no reload loop.
 *
 * @param url of the page's origin, at its root: the worker's scope is the whole site. Where `<html data-assets>` names a CDN, the worker is
 * told (`?assets=`), and fetches the release's files from there.
 */
export function registerWorker(url: string, options: WorkerOptions = {}): AppWorker {
  const { onWaiting, every = EVERY } = options
  const container = (navigator as Partial<Navigator>).serviceWorker
  const stopping = new AbortController()
  const { signal } = stopping
  let registration: ServiceWorkerRegistration | undefined
  let isTold = false

  async function register(workers: ServiceWorkerContainer) {
    await whenIdle()
    if (signal.aborted) return
    const { assets } = document.documentElement.dataset
    registration = await workers.register(scriptURL(assets ? `${url}?assets=${encodeURIComponent(assets)}` : url))
    registration.addEventListener('updatefound', () => watch(registration?.installing), { signal })
    watch(registration.installing)
    tell()
    // The first worker is told while it installs: the tab may be closed before it is ready.
    if (!registration.active) report(registration.installing)
    const { active } = await workers.ready
    report(active)
  }

  function watch(installing: ServiceWorker | null | undefined) {
    installing?.addEventListener('statechange', tell, { signal })
  }

  function tell() {
    // The first worker of all has nothing to wait for.
    if (isTold || !registration?.waiting || !registration.active) return
    isTold = true
    onWaiting?.()
  }

  const skipWaiting = () => registration?.waiting?.postMessage({ type: 'skip-waiting' })
  const look = () => void registration?.update().catch(() => {})
  const timer = setInterval(() => !document.hidden && look(), every)

  if (container) {
    // A page without its worker still works: the reason belongs in the console, not in the player's way.
    register(container).catch((error: unknown) =>
      console.warn(`firstframe: the worker ${url} was not registered:`, error),
    )
    document.addEventListener('firstframe:skew', look, { signal })
    // Another tab let the new worker in: this page's next full load is due too.
    let hadOne = container.controller !== null
    container.addEventListener(
      'controllerchange',
      () => {
        if (hadOne) onWaiting?.()
        hadOne = true
      },
      { signal },
    )
    // A page that is left by reload or by the address bar makes room as well.
    addEventListener('pagehide', skipWaiting, { signal })
  }

  return {
    async activate() {
      if (!container || !registration?.waiting) return
      const taken = new Promise((resolve) => container.addEventListener('controllerchange', resolve, { once: true }))
      skipWaiting()
      await Promise.race([taken, delay(TAKEOVER)])
    },
    stop() {
      stopping.abort()
      clearInterval(timer)
    },
  }
}

/** The page itself and the variants it chose: what the worker has not seen because it came after them. */
function report(worker: ServiceWorker | null) {
  const resources = performance.getEntriesByType('resource').map(({ name }) => name)
  const assets = [...new Set(resources)].filter((name) => new URL(name).pathname.includes('/assets/'))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
  worker?.postMessage({ type: 'used', page: location.href, assets })
}
