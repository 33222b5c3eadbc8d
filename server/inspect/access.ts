import { type Request, Router } from 'express'
import { createHash, timingSafeEqual } from 'node:crypto'
import { HttpError } from '../middleware/httperror.ts'
import { html } from '../middleware/html.ts'
import { document } from './document.ts'

export interface AccessOptions {
  /** Opens the pages from anywhere; `''` opens them nowhere but on this machine, in development. */
  token: string
  /** True where loopback alone is enough: the developer's own machine. */
  development: boolean
}

const COOKIE = 'inspect'
const HEADER = 'X-Inspect-Token'

/**
 * Guards the pages at `/__NAME__` and `/metrics`: for all others they do not exist (404). In development a direct request from this machine is let in. A
 * token is given once, by the form at `/__inspect__`, which sets an HttpOnly cookie for half a day, or with each request in the header
 * `X-Inspect-Token` or as `Authorization: Bearer`, which Prometheus can send; never in a URL, which logs keep. Without a token set there is no form either. The form is read by `limits.ts`, which
 * goes before.
 */
export function access({ token, development }: AccessOptions): Router {
  const router = Router()
  // What the cookie holds opens the same doors, but is not the token itself.
  const pass = createHash('sha256').update(`inspect ${token}`).digest('base64url')

  const allowed = (req: Request): boolean => {
    if (development && isLocal(req)) return true
    if (token === '') return false
    const given = req.get(HEADER) ?? /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1]
    if (given !== undefined) return same(given, token)
    const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(req.headers.cookie ?? '')?.[1]
    return cookie !== undefined && same(cookie, pass)
  }

  router.get('/__inspect__', (req, res) => {
    req.timing.controller = 'inspect'
    if (token === '') throw hidden()
    document(req, res, {
      alone: true,
      title: 'Inspect',
      body: html`<h1>Inspect</h1><form method="post"><label>Token <input name="token" type="password" autocomplete="current-password" required></label> <button>Open</button></form>`,
    })
  })

  router.post('/__inspect__', (req, res) => {
    const given: unknown = (req.body as { token?: unknown } | undefined)?.token
    if (token === '' || typeof given !== 'string' || !same(given, token)) throw hidden()
    const secure = req.secure ? '; Secure' : ''
    res.append('Set-Cookie', `${COOKIE}=${pass}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200${secure}`)
    res.redirect(303, '/__timing__')
  })

  router.use((req, _res, next) => {
    if (!/^\/(?:__\w+__|metrics)(?:\/|$)/.test(req.path)) {
      next('router')
      return
    }
    req.timing.controller = 'inspect'
    if (!allowed(req)) throw hidden()
    next()
  })
  return router
}

const hidden = (): HttpError => new HttpError(404, 'There is nothing here.')

/** From this machine and not through a balancer or proxy, which would stand on this machine too. */
function isLocal(req: Request): boolean {
  const address = req.socket.remoteAddress ?? ''
  const direct = !['X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'Via'].some(
    (name) => req.get(name) !== undefined,
  )
  // By name too: a foreign page whose own name leads to 127.0.0.1 (DNS rebinding) must not read along.
  return (
    direct && /^(?:127\.|::1$|::ffff:127\.)/.test(address) && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(req.hostname)
  )
}

/** Compares in a time that tells nothing: hashes are of one length whatever was given. */
function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
