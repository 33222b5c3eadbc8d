import { whenIdle } from './idle.ts'
import { whenUsed } from './look.ts'
import { scriptURL } from './trusted.ts'

export interface WorkerOptions {
  /** Called when a new release has been installed: the next place change should be a full load. */
  onWaiting?: () => void
  /** Ms between looks for a new release while the page is used. Default one minute; each look is one conditional request. */
  every?: number
}

export interface AppWorker {
  /** Told right before a full load: the worker asks the server for it and gives no copy, which may be of an older release. */
  activate(): Promise<void>
  stop(): void
}

const EVERY = 60_000
/** How long a load waits for the worker's word. A worker that was stopped has to start. Ms. */
const PATIENCE = 500

/**
 * Registers the service worker once the page is idle, and tells it which files this page has used, so that the next visit needs no
 * line. A new release is noticed when the server answers as another (`firstframe:skew`) or within a minute of use, and comes with the next full load
 * after `activate()`, which is `startFragments`'s `beforeLoad`. Nothing here ever reloads a page: there can be no reload loop.
 *
 * The worker that runs serves the new release as well as the old, and the new one follows when all pages are closed, as browsers have it. Why not
 * `skipWaiting()`: Chromium lets the old worker go only once it finds it idle, and may hold up the page's requests for half a minute.
 *
 * @param url of the page's origin, at its root: the worker's scope is the whole site. Where `<html data-assets>` names a CDN, the worker is
 * told (`?assets=`), and fetches the release's files from there.
 */
export function registerWorker(url: string, options: WorkerOptions = {}): AppWorker {
  const { onWaiting, every = EVERY } = options
  const container = (navigator as Partial<Navigator>).serviceWorker
  const stopping = new AbortController()
  let registration: ServiceWorkerRegistration | undefined

  async function register(workers: ServiceWorkerContainer) {
    await whenIdle()
    if (stopping.signal.aborted) return
    const { assets } = document.documentElement.dataset
    registration = await workers.register(scriptURL(assets ? `${url}?assets=${encodeURIComponent(assets)}` : url))
    registration.addEventListener('updatefound', watch, stopping)
    watch()
    // The first worker is told while it installs: the tab may be closed before it is ready.
    if (!registration.active) report(registration.installing)
    report((await workers.ready).active)
  }

  function watch() {
    const installing = registration?.installing
    // The first worker of all brings nothing new.
    const tell = () => installing?.state === 'installed' && registration?.active && onWaiting?.()
    installing?.addEventListener('statechange', tell, stopping)
  }

  const look = () => void registration?.update().catch(() => {})

  if (container) {
    // A page without its worker still works: the reason belongs in the console, not in the player's way.
    register(container).catch((error: unknown) =>
      console.warn(`firstframe: the worker ${url} was not registered:`, error),
    )
    document.addEventListener('firstframe:skew', look, stopping)
    whenUsed(look, every, stopping)
  }

  return {
    activate: () => sayLoad(container?.controller),
    stop: () => stopping.abort(),
  }
}

/** Resolves once the worker knows: a navigation may overtake what was said before it. */
function sayLoad(worker: ServiceWorker | null | undefined): Promise<void> {
  if (!worker) return Promise.resolve()
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => resolve(), { once: true })
    port1.start()
    setTimeout(resolve, PATIENCE)
    worker.postMessage({ type: 'load' }, [port2])
  })
}

/** The page itself and the variants it chose: what the worker has not seen because it came after them. */
function report(worker: ServiceWorker | null) {
  const resources = performance.getEntriesByType('resource').map(({ name }) => name)
  const assets = [...new Set(resources)].filter((name) => new URL(name).pathname.includes('/assets/'))
  say(worker, { type: 'used', page: location.href, assets })
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
const say = (worker: ServiceWorker | null | undefined, message: object) => worker?.postMessage(message)
