import { CacheFirst } from 'workbox-strategies'
import type { Asked } from './places.ts'
import { bounded, SHELL, STORES } from './stores.ts'

declare const registration: ServiceWorkerRegistration

export const isFile = (url: URL): boolean => url.pathname.includes('/assets/')

/** One name for a file, whether the page had it from the CDN or from here: the shell is fetched from here. */
const keyOf = (url: string) => new URL(url.slice(url.indexOf('/assets/') + 1), registration.scope).href

const byName = ({ cacheName, limits }: (typeof STORES)['files']) =>
  new CacheFirst({
    cacheName,
    matchOptions: { ignoreVary: true },
    plugins: [
      { cacheKeyWillBeUsed: async ({ request }) => keyOf(request.url) },
      // Without CORS the answer of a CDN is opaque: a broken one would look like a good one.
      { requestWillFetch: async ({ request }) => new Request(request, { mode: 'cors', credentials: 'omit' }) },
      { cacheWillUpdate: async ({ response }) => (response.status === 200 ? response : null) },
      bounded(limits),
    ],
  })

const picturesMet = byName(STORES.pictures)
const othersMet = byName(STORES.files)

/** Pictures met once are kept: their names carry their hash. */
export const pictures = (asked: Asked): Promise<Response> => orPlain(asked, picturesMet.handle(asked))

/** Scripts, styles, fonts, sounds: from the shell, of whichever release, or as met. */
export async function files(asked: Asked): Promise<Response> {
  for (const cacheName of (await caches.keys()).toReversed()) {
    if (!cacheName.startsWith(SHELL)) continue
    const stored = await caches.match(keyOf(asked.url.href), { cacheName, ignoreVary: true })
    if (stored) return stored
  }
  return orPlain(asked, othersMet.handle(asked))
}

/** A CDN that does not allow CORS, or a full disk, must not break the page. */
const orPlain = ({ request }: Asked, kept: Promise<Response>) => kept.catch(() => fetch(request))

/** Stores a file that the page had before there was a worker: by now it is in the HTTP cache. */
export async function storeFile(href: string, event: ExtendableEvent): Promise<void> {
  const asked = { request: new Request(href), url: new URL(href), event }
  await (/\.(?:avif|webp|png|jpe?g|gif|svg)$/.test(asked.url.pathname) ? pictures : files)(asked).catch(() => {})
}
