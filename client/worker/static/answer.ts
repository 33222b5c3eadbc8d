import { chooseInstead } from '../../../server/wire/negotiate.ts'
import type { Row } from '../../../server/wire/table.ts'
import { fromBrowser } from './adopt.ts'
import { decodesAvif } from './avif.ts'
import { check, fits, headersOf, keep, stored } from './copies.ts'
import { nameOf, urlOf } from './names.ts'
import { part } from './part.ts'
import { copiesOf, current, currentNow, type Release } from './release.ts'

/** What a handler is given by the router. */
export interface Asked {
  request: Request
  url: URL
  event: ExtendableEvent
}

/** Whether a request is for a file of the release, whatever its query, and its caller takes a copy. */
export function isFile({ request, url }: Pick<Asked, 'request' | 'url'>): boolean {
  const name = nameOf(url)
  if (name === undefined || /reload|no-store|only-if/.test(request.cache) || request.integrity !== '') return false
  const release = currentNow()
  // Until the table is read, whatever looks like a file may be one.
  return release ? copiesOf(release, name) !== undefined : /\.\w+$/.test(name)
}

/** Where files came from, by name: while or where one is not kept, a part that is asked for must be of the same bytes. */
const sources = new Map<string, string>()

/** A file: its copy, of this release's hash; else what the browser itself still has of it; else the best that can be had, which is kept. */
export async function file({ request, url, event }: Asked): Promise<Response> {
  const release = await current()
  const name = nameOf(url) ?? ''
  const copies = release && copiesOf(release, name)
  if (!copies) return fetch(request)
  const copy = await stored(copies, event).catch(() => undefined)
  if (copy) return part(request, copy)

  const range = request.headers.get('Range') ?? 'bytes=0-'
  if (range !== 'bytes=0-') {
    const source = sources.get(name)
    return fetch(source === undefined ? request : new Request(source, { headers: { Range: range } }))
  }
  const had = await fromBrowser(request.url, [request.headers.get('Accept') ?? '*/*'], copies)
  if (had) {
    event.waitUntil(keep({ ...had, answer: had.answer.clone() }).catch(() => {}))
    return part(request, had.answer)
  }
  const response = await bring(release, name, request)
  if (!response.ok) return response
  sources.set(name, response.url)
  if (fits(response)) event.waitUntil(keepCopy(response.clone()))
  // Made anew, it is of the URL that was asked for, by which an engine may tell what is beside it.
  return part(request, new Response(response.body, { status: response.status, headers: headersOf(response) }))

  async function keepCopy(passing: Response): Promise<void> {
    try {
      const whole = copies && (await check(copies, passing))
      if (whole) await keep(whole)
    } catch {
      // The line broke, or the disk is full: the page has what there was.
    }
  }
}

/** From the line: the best variant that this browser decodes, or the file itself. */
async function bring({ rows }: Release, name: string, request: Request): Promise<Response> {
  const row = rows.get(name)
  const Accept = request.headers.get('Accept') ?? '*/*'
  const better = row && (await choose(Accept, row))
  if (better) {
    const response = await fetch(urlOf(better.file)).catch(() => undefined)
    // Hosts have pages for what they do not find, some with status 200.
    if (response?.ok && response.headers.get('Content-Type')?.startsWith('text/html') !== true) return response
  }
  return fetch(urlOf(name), { cache: row ? 'no-cache' : 'default', headers: { Accept } })
}

async function choose(accept: string, row: Row): Promise<Row['instead'][number] | undefined> {
  const avif = await decodesAvif()
  return chooseInstead(avif === undefined ? accept : avif ? 'image/avif,*/*' : '*/*', row)
}
