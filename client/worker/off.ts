import { OURS } from './static/names.ts'

/**
 * The kill switch: built in place of `main.ts` or `static/main.ts` and published under its name, it takes effect at a player's next visit.
 * It drops what the worker has stored and takes itself away; open pages go on without a worker. Leave it in place for as long as old
 * workers may be out.
 */
declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()))
self.addEventListener('activate', (event) => event.waitUntil(remove()))

export async function remove(): Promise<void> {
  const names = await caches.keys()
  // The caches of `main.ts` name no scope: its worker has the whole site, and other games' beside it are not this one's.
  const isOurs = (name: string) =>
    name.startsWith(OURS) || (name.startsWith('firstframe-') && self.registration.scope === `${location.origin}/`)
  await Promise.all(names.filter(isOurs).map((name) => caches.delete(name)))
  await self.registration.unregister()
}
