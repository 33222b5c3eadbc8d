import { OURS } from './static/names.ts'

declare const registration: ServiceWorkerRegistration

/** For so long after it was opened a page counts as just opened. Ms. */
const JUST = 30_000
const CACHE = `${OURS}opened`
const NOTE = `${registration.scope}?opened`

const opened = new Map<string, number>()

/**
 * Notes that this worker answers a navigation, for the kill switch (`off.ts`): a player's first step back into the game is answered before the
 * browser has seen that the worker's script has changed.
 *
 * @param id of the page that it makes.
 */
export async function noteOpened(id: string): Promise<void> {
  for (const [other, at] of opened) if (at < Date.now() - JUST) opened.delete(other)
  opened.set(id, Date.now())
  const cache = await caches.open(CACHE)
  await cache.put(NOTE, Response.json([...opened]))
}

/** Pages that were opened a moment ago. */
export async function justOpened(): Promise<string[]> {
  const note = await caches.match(NOTE, { cacheName: CACHE })
  const pages = ((await note?.json()) ?? []) as [id: string, at: number][]
  return pages.flatMap(([id, at]) => (at < Date.now() - JUST ? [] : [id]))
}
