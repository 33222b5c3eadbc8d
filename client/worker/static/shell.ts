import precache from 'virtual:firstframe/precache'
import { inParallel } from '../parallel.ts'
import { BY_KEY, check, put, type Copies, type Copy } from './copies.ts'
import { SHELL, STATE, urlOf } from './names.ts'
import { copiesOf, current, LATEST, LIST, readTable, type Release } from './release.ts'

declare const registration: ServiceWorkerRegistration

/** By HTTP/1.1 a browser sends six at once, whatever is asked of it; by HTTP/2 one connection carries more. */
const AT_ONCE = 24
/** Without these a page is broken; without a font or a picture it is not. */
const VITAL = /\.(?:html?|m?js|css)$/
const DOCUMENT = /\.html?$/

/** In a shell that has the rest as well. */
const FULL = `${registration.scope}?full`

/**
 * Stores what is vital of the release's shell, for the worker's `install`, which fails where one of these does: the browser tries again
 * later. The rest is for {@link fillShell}: Chromium lets a worker that installs have three requests at once and no more.
 */
export async function storeShell(): Promise<void> {
  const { release, shell, table } = precache
  const cacheName = SHELL + release
  try {
    if (table !== undefined) await bring(table, new Map(), cacheName)
    const rows = await readTable(precache)
    let failure: unknown
    // All have ended before the cache is dropped: one that is stored late would make it anew.
    await inParallel(
      shell.filter(({ file }) => VITAL.test(file)),
      AT_ONCE,
      async ({ file }) => {
        if (failure === undefined) await bring(file, rows, cacheName).catch((error: unknown) => (failure = error))
      },
    )
    if (failure !== undefined) throw failure as Error
    await put(cacheName, LIST, Response.json(precache))
    await put(STATE, LATEST, new Response(release))
  } catch (error) {
    // One of the same release that was whole before still serves its pages.
    if (!(await caches.match(LIST, { cacheName }))) await caches.delete(cacheName)
    throw error
  }
}

/** Stores the rest of the shell that is answered from, once. A file that fails is met again in play. */
export async function fillShell(): Promise<void> {
  const release = await current()
  if (!release) return
  const { id, shell, rows } = release
  const cacheName = SHELL + id
  if (await caches.match(FULL, { cacheName })) return
  const rest = Array.from(shell).filter((file) => !VITAL.test(file))
  await inParallel(rest, AT_ONCE, (file) => bring(file, rows, cacheName).catch(() => {}))
  await put(cacheName, FULL, new Response())
}

/** What is here under the same hash, of whichever release, is copied, not fetched; but for documents, whose headers count too. */
async function bring(file: string, rows: Release['rows'], cacheName: string): Promise<void> {
  const copies = copiesOf({ rows }, file)
  if (!copies) return
  const isDocument = DOCUMENT.test(file)
  for (const key of isDocument ? [] : copies.values()) {
    const copy = await caches.match(key, BY_KEY)
    if (copy) return put(cacheName, key, copy)
  }
  const whole = await (isDocument ? fetchDocument(file, copies) : fetchFile(file, copies))
  if (whole) await put(cacheName, whole.key, whole.answer)
}

/** Whatever a cache of the browser's has will do, if its hash is right. */
async function fetchFile(file: string, copies: Copies): Promise<Copy> {
  const url = urlOf(file)
  const whole =
    (await check(copies, await fetch(url, { cache: 'force-cache' }))) ??
    (await check(copies, await fetch(url, { cache: 'reload' })))
  if (whole) return whole
  throw new TypeError(`firstframe: ${url} did not come as it was built`)
}

/** One that is another release's by now, or that the host changes on its way, is not stored: it is asked for at each visit. */
async function fetchDocument(file: string, copies: Copies): Promise<Copy | undefined> {
  const url = addressOf(file)
  const response = await fetch(url, { cache: 'no-cache' })
  if (!response.ok) throw new TypeError(`firstframe: ${url} answered ${response.status}`)
  return check(copies, response)
}

/** As people open it, and as every host answers without sending them elsewhere. */
const addressOf = (file: string) => urlOf(file.replace(/(^|\/)index\.html$/, '$1'))
