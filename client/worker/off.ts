import { justOpened } from './opened.ts'
import { OURS } from './static/names.ts'

/**
 * The kill switch: built in place of `main.ts` or `static/main.ts` and published under its name, it takes effect at a player's next
 * navigation. It drops what the worker has stored and takes itself away. A page that the old worker has opened a moment ago, before the browser
 * looked for its script, is loaded again, once; pages that were open before go on without a worker. Leave it in place for as long as old
 * workers may be out.
 */
declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()))
self.addEventListener('activate', (event) => event.waitUntil(remove()))

export async function remove(): Promise<void> {
  // A store that fails may be the very reason for this.
  const pages = await justOpened().catch(() => [])
  const names = await caches.keys()
  // The caches of `main.ts` name no scope: its worker has the whole site, and other games' beside it are not this one's.
  const isOurs = (name: string) =>
    name.startsWith(OURS) || (name.startsWith('firstframe-') && self.registration.scope === `${location.origin}/`)
  await Promise.all(names.filter(isOurs).map((name) => caches.delete(name)))
  await self.registration.unregister()
  for (const id of pages) {
    const page = (await self.clients.get(id)) as WindowClient | undefined
    // Not waited for: the load would wait for the end of this.
    page?.navigate(page.url).catch(() => {})
  }
}
