/**
 * The kill switch: built in place of `main.ts` and published as `/worker.js`, it takes effect at a player's next visit. It drops what the
 * worker has stored and takes itself away; open pages go on without a worker. Leave it in place for as long as old workers may be out.
 */
declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()))
self.addEventListener('activate', (event) => event.waitUntil(remove()))

export async function remove(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('firstframe-')).map((name) => caches.delete(name)))
  await self.registration.unregister()
}
