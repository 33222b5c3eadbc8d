import type { Request, RequestHandler } from 'express'
import { hash } from 'node:crypto'
import { FRAGMENT } from '../wire/fragment.ts'

export interface SpeculationOptions {
  /**
   * Addresses that are never fetched ahead, as URL patterns: `/i/*`, `/*\\?*download=*` (a `?` of the address is escaped). Those that sign out
   * never are. Default none.
   */
  never?: readonly string[]
  /**
   * When a link counts as meant. `moderate`: a pointer rests on it; on a phone also what stands in view after scrolling. `conservative`: a finger or
   * button is on it. Default `moderate`.
   */
  eagerness?: 'moderate' | 'conservative'
}

/** Whatever their hash: an older page is better served with the rules of today. */
const PATHS = /^\/speculation-[0-9a-f]{8}\.json$/
const TYPE = 'application/speculationrules+json'
const FOREVER = 'public, max-age=31536000, immutable'

/** A link that signs out is a mistake in the page, but not one to make worse. */
const SIGN_OUT = ['log', 'sign'].flatMap((what) =>
  ['out', 'off'].flatMap((way) => ['', '-', '_'].map((dash) => `/*${what}${dash}${way}*`)),
)

/** Links that lead nowhere new, or were asked to be left alone; and those that the page's own prefetch asks for in parts. */
const LEFT_ALONE = [
  '[data-no-prefetch]',
  '[data-no-prefetch] *',
  '[download]',
  '[rel~="nofollow"]',
  '[aria-current="page"]',
  'html[data-prefetch="none"] a',
  'html[data-prefetch] a:not([data-full], [target]:not([target=""], [target="_self"]))',
]

/**
 * Has browsers fetch a page ahead when somebody is about to open it by a full load, by Speculation Rules: before or without the page's scripts, for
 * links with `data-full` or `target`. The rules come by a header, as a file of their own, so the strictest Content-Security-Policy holds. What
 * `startPrefetch()` asks for in parts is left to it. Nothing is sent to who saves data.
 *
 * A browser keeps such a page for five minutes, whatever its `Cache-Control`: after an action it is to drop what it has, as the runtime or the answer's
 * `Clear-Site-Data` tells it. A page fetched ahead must make nothing happen: {@link isAhead} tells.
 *
 * Goes before files and sessions.
 *
 * @throws TypeError on a pattern that is none.
 * @see https://html.spec.whatwg.org/multipage/speculative-loading.html
 */
export function speculation({ never = [], eagerness = 'moderate' }: SpeculationOptions = {}): RequestHandler {
  for (const pattern of never) check(pattern)
  const rules = JSON.stringify({ prefetch: [rule(never, eagerness)] })
  const path = `/speculation-${hash('sha256', rules).slice(0, 8)}.json`

  return function speculation(req, res, next) {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      // The runtime drops by itself what was fetched ahead; a form that the browser sends makes a new page, which has fetched nothing yet.
      if (req.get(FRAGMENT) === undefined && req.get('Sec-Fetch-Mode') !== 'navigate')
        res.setHeader('Clear-Site-Data', '"prefetchCache"')
      next()
    } else if (PATHS.test(req.path)) {
      res.setHeader('Cache-Control', req.path === path ? FOREVER : 'no-cache')
      res.setHeader('Content-Type', TYPE)
      res.end(req.method === 'HEAD' ? undefined : rules)
    } else {
      if (isDocument(req)) res.setHeader('Speculation-Rules', `"${path}"`)
      next()
    }
  }
}

/**
 * Whether it is asked for before anybody wants to see it, by the browser (`Sec-Purpose`, or `Purpose` from older ones), `startPrefetch()` or the
 * service worker (`Purpose`): it must not count as a view, nor make a session.
 *
 * @see https://fetch.spec.whatwg.org/#sec-purpose-header
 */
export const isAhead = (req: Request): boolean =>
  /\bprefetch\b/i.test(req.get('Sec-Purpose') ?? req.get('Purpose') ?? '')

/** By what it takes: a service worker's own request is no navigation, and its copy needs the header as well. */
const isDocument = (req: Request): boolean =>
  req.get('Accept')?.includes('text/html') === true &&
  req.get(FRAGMENT) === undefined &&
  req.get('Save-Data')?.toLowerCase() !== 'on'

/** Browsers drop the whole rule for one pattern that they cannot read, and a `?` that stands for "perhaps" fits nothing. */
function check(pattern: string): void {
  const expected = String.raw`expected a path as a URL pattern, such as "/i/*" or "/*\?*download=*"`
  if (!pattern.startsWith('/') || /[^\\)}]\?/.test(pattern))
    throw new TypeError(`speculation: never has "${pattern}": ${expected}`)
  try {
    void new URLPattern(pattern, 'http://localhost')
  } catch (error) {
    throw new TypeError(`speculation: never has "${pattern}": ${expected}`, { cause: error })
  }
}

function rule(never: readonly string[], eagerness: string) {
  const and = [
    { href_matches: '/*' },
    { not: { href_matches: [...SIGN_OUT, ...never] } },
    { not: { selector_matches: LEFT_ALONE } },
  ]
  return { where: { and }, eagerness }
}
