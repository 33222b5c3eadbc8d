/** When a copy was stored, ms since the epoch by this device's clock: the server's may be another. */
const STORED = 'Firstframe-Stored'

/** Only whole, good documents that may be kept. A redirected one would be refused for a navigation. */
export const isStorable = (response: Response): boolean =>
  response.status === 200 &&
  response.type === 'basic' &&
  !response.redirected &&
  !/no-store/.test(response.headers.get('Cache-Control') ?? '') &&
  (response.headers.get('Content-Type') ?? '').startsWith('text/html')

/** The answer as it is stored. */
export const stamped = (response: Response): Response => withHeader(response, STORED, String(Date.now()))

/** Marks a copy with its age for the page, which reads the header as `serverTiming` of its navigation or request. */
export function asCopy(response: Response): Response {
  const age = Date.now() - Number(response.headers.get(STORED) ?? Date.now())
  // A clock that was set back makes nothing younger than now.
  return withHeader(response, 'Server-Timing', `copy;dur=${Math.max(0, age)}`)
}

/** For a strategy: what may be stored is stamped, what comes from the store is marked. */
export const storable = {
  cacheWillUpdate: async ({ response }: { response: Response }) => (isStorable(response) ? stamped(response) : null),
  cachedResponseWillBeUsed: async ({ cachedResponse }: { cachedResponse?: Response }) =>
    cachedResponse && asCopy(cachedResponse),
}

function withHeader({ body, status, statusText, headers }: Response, name: string, value: string): Response {
  const more = new Headers(headers)
  more.set(name, value)
  return new Response(body, { status, statusText, headers: more })
}
