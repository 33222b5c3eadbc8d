import { isStorable } from '../storable.ts'
import type { Asked } from './answer.ts'
import { BY_KEY, check, type Copies, put } from './copies.ts'
import { keyOf, MET, nameOf, SHELL } from './names.ts'
import { current, goOver, newer } from './release.ts'
import { atRest } from './rest.ts'
import { note } from './room.ts'
import { fillShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

/** How long the server is waited for where a copy exists. Ms. */
const PATIENCE = 4000
/** How long a page that said it is being left may take to go. Ms. */
const LEAVING = 5000
/** How long its word is waited for. Ms. */
const GRACE = 100

let leaving: { id: string | undefined; at: number } | undefined

/** Notes that a page is about to be left for another: it does not hold back a new release. */
export const noteLeaving = (from: Client | null): void => void (leaving = { id: from?.id, at: Date.now() })

/**
 * A page opened: the release's own document at once, with which all its parts fit. What the browser has asked the server meanwhile
 * (navigation preload) tells whether there is a new release.
 */
export async function page({ url, event: navigation }: Asked): Promise<Response> {
  const event = navigation as FetchEvent
  const next = self.registration.waiting ? await newer() : undefined
  if (next !== undefined && (await isAlone(event.request))) await goOver(next)
  const release = await current()
  const name = nameOf(url)?.replace(/(^|\/)$/, '$1index.html') ?? ''
  const hash = release?.shell.has(name) ? release.rows.get(name)?.hash : undefined
  if (!release || hash === undefined) return fromServer(event)
  const cacheName = SHELL + release.id
  const key = keyOf(name, hash)
  const copy = await caches.match(key, { ...BY_KEY, cacheName })
  if (!copy) return fromServer(event)
  event.waitUntil(look(event, new Map([[hash, key]]), cacheName).catch(() => {}))
  event.waitUntil(atRest().then(fillShell))
  return copy
}

/** Whether no page runs under this worker but the one that is being left for this. */
async function isAlone({ cache }: Request): Promise<boolean> {
  const pages = await self.clients.matchAll({ type: 'window' })
  // A reload, which is asked for by the only page there is.
  if (pages.length < 2 && cache !== 'default') return true
  // What it says when it is left may come a little later than the request.
  if (pages.length === 1) await new Promise((resolve) => setTimeout(resolve, GRACE))
  return pages.every(({ id }) => id === leaving?.id && Date.now() - leaving.at < LEAVING)
}

/** The document as the host has it now: another is of another release; the same may have come with other headers. */
async function look({ preloadResponse }: FetchEvent, copies: Copies, cacheName: string): Promise<void> {
  const response = (await preloadResponse) as Response | undefined
  if (!response?.ok) return
  const copy = await check(copies, response)
  if (copy) await put(cacheName, copy.key, copy.answer)
  else await self.registration.update()
}

/** What is no document of the build: the server's answer, which is under way already; where that takes long or fails, what was met last. */
async function fromServer(event: FetchEvent): Promise<Response> {
  const { url } = event.request
  const copy = await caches.match(url, { ...BY_KEY, cacheName: MET })
  const answer = ask()
  if (!copy) return answer
  event.waitUntil(answer.catch(() => {}))
  const late = new Promise<Response>((resolve) => setTimeout(resolve, PATIENCE, copy))
  return Promise.race([answer.catch(() => copy), late])

  async function ask() {
    const response = ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request))
    if (isStorable(response))
      event.waitUntil(
        put(MET, url, response.clone()).then(
          () => note(url),
          () => {},
        ),
      )
    return response
  }
}
