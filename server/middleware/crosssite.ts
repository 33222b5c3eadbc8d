import type { Request, RequestHandler } from 'express'
import { HttpError } from './httperror.ts'

/** Methods that change nothing (RFC 9110, 9.2.1) may come from anywhere. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** True for methods that may change something. */
export const isWrite = (req: Request): boolean => !SAFE.has(req.method)

/**
 * Refuses writes that another site made a player's browser send, without tokens: browsers say where a request comes from. Where
 * `Sec-Fetch-Site` is missing (plain http that is not localhost, old browsers), `Origin` must name this host; where both are missing no
 * browser sent it, so no player's cookie was borrowed.
 *
 * The order of Go's `http.CrossOriginProtection`: https://pkg.go.dev/net/http#CrossOriginProtection, reasoned at
 * https://words.filippo.io/csrf/. `same-site` is refused too: another subdomain is another owner.
 */
export function crossSite(): RequestHandler {
  return function crossSite(req, _res, next) {
    const from = isWrite(req) ? foreigner(req) : null
    if (from === null) {
      next()
      return
    }
    req.timing.count('cross-site')
    next(
      new HttpError(403, `This was sent from ${from}, so nothing was done. Go to the game's own page and try there.`),
    )
  }
}

function foreigner(req: Request): string | null {
  const site = req.get('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? null : 'another site'
  const origin = req.get('Origin')
  if (origin === undefined) return null
  return URL.parse(origin)?.host === req.get('Host') ? null : 'another site'
}
