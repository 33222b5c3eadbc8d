import { clientsClaim } from 'workbox-core'
import { registerRoute } from 'workbox-routing'
import precache from 'virtual:firstframe/precache'
import { storeFile } from './files.ts'
import { noteOpened } from './opened.ts'
import { onSync } from './outbox.ts'
import { inParallel } from './parallel.ts'
import { sendPast } from './past.ts'
import { noteChange, storePlace } from './places.ts'
import { isPage, ROUTES } from './routes.ts'
import { dropOldShells, storeShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

/** What pages say: `client/runtime/worker.ts`. */
type Message = { type: 'load' } | { type: 'used'; page: string; assets: string[] }

let shell: Promise<void> | undefined

self.addEventListener('install', (event) => {
  sendPast(event, '/track/*')
  event.waitUntil((shell = storeShell(precache).then(() => dropOldShells(precache))))
})
// The page that registered the first worker is its own from then on.
clientsClaim()

self.addEventListener('message', (event) => {
  const message = event.data as Message
  // The page has seen another release: its copies are as good as changed.
  if (message.type === 'load') {
    noteChange()
    event.ports[0]?.postMessage('')
  } else event.waitUntil(store(message, event))
})

async function store({ page, assets }: Message & { type: 'used' }, event: ExtendableEvent) {
  const url = new URL(page)
  if (isPage(url) && !url.searchParams.has('did'))
    await storePlace(url.origin + url.pathname + url.search).catch(() => {})
  // Told while it installs: what the shell brings is not fetched twice.
  await shell?.catch(() => {})
  await inParallel(assets, 6, (href) => storeFile(href, event))
}

self.addEventListener('sync', onSync)

self.addEventListener('fetch', (event) => {
  const { request, resultingClientId } = event
  if (request.method !== 'GET' && isPage(new URL(request.url))) noteChange()
  // What is fetched ahead makes no page yet.
  if (request.mode === 'navigate' && resultingClientId) event.waitUntil(noteOpened(resultingClientId).catch(() => {}))
})
for (const [, fits, how] of ROUTES) registerRoute(fits, how)
