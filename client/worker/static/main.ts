import precache from 'virtual:firstframe/precache'
import { registerRoute, setCatchHandler } from 'workbox-routing'
import { noteOpened } from '../opened.ts'
import { sendPast } from '../past.ts'
import { adopt } from './adopt.ts'
import { file, isFile } from './answer.ts'
import { noteLeaving, page } from './documents.ts'
import { dropOldShells, setCurrent } from './release.ts'
import { atRest, noteRequest, othersAtRest } from './rest.ts'
import { fillShell, storeShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

/** What pages say (`client/runtime/register.ts`), and the workers of other releases. */
type Message = { type: 'used'; urls: string[] } | { type: 'leaving' } | { type: 'at-rest' }

let installed: Promise<void> | undefined

self.addEventListener('install', (event) => {
  sendPast(event)
  event.waitUntil((installed = othersAtRest().then(storeShell)))
})
self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

/** Once no page runs under the worker before this. */
async function takeOver() {
  await setCurrent(precache.release)
  await dropOldShells(precache.release)
  // The browser asks for a document while a stopped worker starts.
  await self.registration.navigationPreload?.enable()
  // The page that registered the first worker is its own from then on.
  await self.clients.claim()
}

self.addEventListener('message', (event) => {
  const message = event.data as Message
  if (message.type === 'leaving') noteLeaving(event.source as Client | null)
  if (message.type === 'at-rest') event.waitUntil(atRest().then(() => event.ports[0]?.postMessage('')))
  // Told while it installs, by a tab that may be closed before it is ready.
  if (message.type === 'used') event.waitUntil(take(message.urls, event))
})

async function take(urls: string[], event: ExtendableEvent) {
  await installed
  await adopt(urls, event)
  await fillShell()
}

self.addEventListener('fetch', (event) => {
  noteRequest()
  if (event.request.mode === 'navigate') event.waitUntil(noteOpened(event.resultingClientId).catch(() => {}))
})
// What no route takes goes to the server as if there were no worker: other methods, other origins, what is no file of the build.
registerRoute(({ request, sameOrigin }) => sameOrigin && request.mode === 'navigate', page)
registerRoute(isFile, file)
// A browser that allows no storage, or a disk that fails, is no reason to break a page.
setCatchHandler(({ request }) => fetch(request))
