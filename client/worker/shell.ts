import type { Precache } from '../../server/wire/manifest.ts'
import { inParallel } from './parallel.ts'
import { SHELL, STATE } from './stores.ts'

/** Workbox fetches its precache one file after another; a line carries more. */
const AT_ONCE = 6
/** As many deploys may pass over a tab that stays open, be they minutes apart. */
const KEPT = 5
const NEWEST = `${location.origin}/?newest`

/**
 * Stores the release's shell, for the worker's `install`. A file that another release has brought is copied, not fetched: its name carries
 * its hash. A font that fails is met again at run time; a script or stylesheet that fails makes the install fail, for a page without it
 * is broken, and the browser tries again later.
 */
export async function storeShell({ release, shell }: Precache): Promise<void> {
  const cache = await caches.open(SHELL + release)
  await inParallel(shell, AT_ONCE, async ({ file }) => {
    const url = new URL(file, registration.scope).href
    try {
      await cache.put(url, (await caches.match(url, { ignoreVary: true })) ?? (await fetchFile(file)))
    } catch (error) {
      if (/\.(?:js|css)$/.test(file)) throw error
    }
  })
  await (await caches.open(STATE)).put(NEWEST, new Response(release))
}

/** From the CDN that the page named (`client/runtime/worker.ts`); from here where there is none, or where it fails. */
async function fetchFile(file: string): Promise<Response> {
  const base = new URL(location.href).searchParams.get('assets')
  const here = new URL(file, registration.scope).href
  if (base !== null) {
    // Without CORS an answer is opaque: a broken one would look like a good one.
    const response = await fetch(`${base}/${file}`, { mode: 'cors', credentials: 'omit' }).catch(() => null)
    if (response?.ok) return response
  }
  const response = await fetch(here)
  if (!response.ok) throw new TypeError(`${here} answered ${response.status}`)
  return response
}

/**
 * Drops the shells of old releases but the last few: open tabs import their parts, and stored places refer to them. A file that another
 * release has as well is stored twice. `keys()` answers in the order of creation.
 */
export async function dropOldShells({ release }: Precache): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith(SHELL) && name !== SHELL + release)
  await Promise.all(old.slice(0, -KEPT).map((name) => caches.delete(name)))
}

/** The release that was installed last: this worker may be of an earlier one, as long as pages are open. */
export const newestRelease = async (): Promise<string | undefined> =>
  (await caches.match(NEWEST, { cacheName: STATE }))?.text()

declare const registration: ServiceWorkerRegistration
