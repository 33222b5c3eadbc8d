import { hashOf, MET } from './names.ts'
import { makeRoom, MOST, note } from './room.ts'

/** The bytes that may answer for a file, best first, those under its own name last: where each is stored, by hash. */
export type Copies = ReadonlyMap<string, string>

/** Whole, of a known hash, ready to be stored. */
export interface Copy {
  key: string
  answer: Response
  bytes: number
}

export const BY_KEY = { ignoreVary: true }

/** What is stored of a file, if anything: among what was met, or in a shell of whichever release. */
export async function stored(copies: Copies, event: ExtendableEvent): Promise<Response | undefined> {
  const met = await caches.open(MET)
  let last = ''
  for (const key of copies.values()) {
    const copy = await met.match(key, BY_KEY)
    if (copy) event.waitUntil(note(key))
    if (copy) return copy
    last = key
  }
  return caches.match(last, BY_KEY)
}

/** Told by its head alone: a body that is not stored need not be read. */
export const fits = ({ status, headers }: Response): boolean =>
  status === 200 && Number(headers.get('Content-Length')) <= MOST.file

/**
 * An answer as it may be stored: whole, and of a hash that the release names. Nothing else ever is, so that a host's page for what is
 * missing, another cache's old file or half a download cannot stay.
 */
export async function check(copies: Copies, response: Response): Promise<Copy | undefined> {
  if (!fits(response)) return undefined
  const body = await response.arrayBuffer()
  const key = copies.get(await hashOf(body))
  if (key === undefined) return undefined
  const headers = headersOf(response)
  // The body is decoded by now, and which request it answered no longer matters.
  headers.delete('Content-Encoding')
  headers.delete('Vary')
  headers.set('Content-Length', String(body.byteLength))
  return { key, answer: new Response(body, { headers }), bytes: body.byteLength }
}

/** A variant may be kept for good, but not under the name it stands for: the page's own memory would not ask again after a release. */
export function headersOf(response: Response): Headers {
  const headers = new Headers(response.headers)
  headers.set('Cache-Control', 'no-cache')
  return headers
}

/** Stores what has been met. A full disk breaks nothing: what is longest unused goes, or this one is not kept. */
export async function keep({ key, answer, bytes }: Copy): Promise<void> {
  const again = answer.clone()
  try {
    await put(MET, key, answer)
  } catch {
    await makeRoom()
    await put(MET, key, again)
  }
  await note(key, bytes)
}

export const put = async (cacheName: string, key: string, answer: Response): Promise<void> =>
  (await caches.open(cacheName)).put(key, answer)
