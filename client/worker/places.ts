import { NetworkFirst, Strategy, type StrategyHandler } from 'workbox-strategies'
import { RELEASE } from '../../server/wire/fragment.ts'
import { newestRelease } from './shell.ts'
import { asCopy, isStorable, stamped, storable } from './storable.ts'
import { bounded, STORES } from './stores.ts'

/** What a handler is given by the router. */
export interface Asked {
  request: Request
  url: URL
  event: ExtendableEvent
}

/** After an action, stored places are older than what the person has just done. Ms. */
const STALE_FOR = 30_000
/** How long a network-first answer is waited for where a copy exists, in seconds. */
const PATIENCE = 3

let changedAt = -Infinity

/**
 * Notes that an action was sent: for half a minute, places are asked of the server first. Kept in memory alone: a browser stops an idle
 * worker after about as long, and a visit that begins later starts from the copy and is brought up to date by the page.
 */
export const noteChange = (): void => void (changedAt = Date.now())

/** A browser refuses a copy for a navigation if the `Vary` of it names a header that differs; a place is a place. */
const matchOptions = { ignoreVary: true }
/** The server first; where that takes long or fails, the copy. */
const fresh = new NetworkFirst({
  cacheName: STORES.places.cacheName,
  networkTimeoutSeconds: PATIENCE,
  matchOptions,
  plugins: [storable, bounded(STORES.places.limits)],
})
/** The server or nothing; the answer is the next copy. */
class LineOnly extends Strategy {
  protected override _handle(request: Request, handler: StrategyHandler): Promise<Response> {
    return handler.fetchAndCachePut(request)
  }
}
const ahead = new LineOnly({ cacheName: STORES.places.cacheName, plugins: [storable, bounded(STORES.places.limits)] })
/** Here `Vary: Fragment` counts: other parts, another entry. */
const parts = new NetworkFirst({
  cacheName: STORES.fragments.cacheName,
  plugins: [storable, bounded(STORES.fragments.limits)],
})

/** A copy that another release made starts that release's scripts, only to find that the server is ahead. */
async function isCurrent({ headers }: Response): Promise<boolean> {
  const release = headers.get(RELEASE)
  return release === null || release === (await newestRelease())
}

/**
 * A place opened or reloaded: its copy at once, if there is one; the page then asks for what has changed. The server first after an
 * action, on a reload, for a copy of another release, and for the outcome of an action (`?did=`), which is never stored. Without a line: the copy,
 * any other place (the page sees that and asks for its own, which `wholePage` finds among the parts), or a few words.
 *
 * No navigation preload: it would send a request for every place that the copy answers, and the routes that wait for the server
 * follow on a page that has just been in use, with its worker awake.
 */
export async function place(asked: Asked): Promise<Response> {
  const { request, url } = asked
  try {
    if (url.searchParams.has('did')) return await fetch(request)
    const isReload = request.cache === 'no-cache' || request.cache === 'reload'
    const isStale = Date.now() - changedAt < STALE_FOR
    if (!isReload && !isStale) {
      const copy = await copyOf(url)
      if (copy && (await isCurrent(copy))) return asCopy(copy)
    }
    return await fresh.handle(asked)
  } catch {
    return asCopy((await copyOf(url)) ?? (await anyPlace()) ?? offline())
  }
}

/**
 * A place that the browser fetches ahead, by Speculation Rules. It is shown without this worker being asked again, so it must not be of an older release
 * than the server's, nor another place. What fails here is asked for when the person really goes there.
 */
export const placeAhead = (asked: Asked): Promise<Response> => ahead.handle(asked)

/** The whole page, asked for by the page itself to bring its copy up to date. Without a line its parts will do. */
export const wholePage = (asked: Asked): Promise<Response> => orParts(asked, fresh.handle(asked))

/** A place's parts: the server first. Without a line the copy of the same parts, or of the whole place, in which they stand too. */
export const fragments = (asked: Asked): Promise<Response> => orParts(asked, parts.handle(asked))

/** Either answer serves a reader who looks for parts. A navigation is none: parts alone bring no scripts along. */
async function orParts({ url: { href } }: Asked, answer: Promise<Response>): Promise<Response> {
  try {
    return await answer
  } catch (error) {
    const options = { ...matchOptions, cacheName: STORES.fragments.cacheName }
    const copy = (await copyOf({ href })) ?? (await caches.match(href, options))
    if (copy) return asCopy(copy)
    throw error
  }
}

/** Stores the place that was opened before there was a worker. */
export async function storePlace(url: string): Promise<void> {
  const cache = await caches.open(STORES.places.cacheName)
  if (await cache.match(url, matchOptions)) return
  // Nobody sees this one: the server must not count it as a view.
  const response = await fetch(url, { headers: { Accept: 'text/html', Purpose: 'prefetch' } })
  if (isStorable(response)) await cache.put(url, stamped(response))
}

const copyOf = ({ href }: { href: string }) =>
  caches.match(href, { ...matchOptions, cacheName: STORES.places.cacheName })

async function anyPlace(): Promise<Response | undefined> {
  const cache = await caches.open(STORES.places.cacheName)
  const [latest] = (await cache.keys()).toReversed()
  return latest && cache.match(latest, matchOptions)
}

const offline = () =>
  new Response(
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>No connection</title>' +
      '<h1>No connection</h1><p>This place has not been opened on this device before. It opens when you are back on line.</p><p><a href="">Try again</a></p>',
    {
      status: 503,
      headers: { 'Content-Type': 'text/html;charset=utf-8', 'Content-Security-Policy': "default-src 'none'" },
    },
  )
