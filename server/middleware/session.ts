import type { Request, RequestHandler, Response } from 'express'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { beforeHead } from './timing.ts'

declare module 'express-serve-static-core' {
  interface Request {
    session: Session
  }
}

/** Who asks. */
export interface Session {
  /** The player's id; null before the first visit's guest account. */
  readonly user: string | null
  /**
   * Makes this browser that player's: the answer sets the cookie.
   * @throws TypeError on an id that is not 1 to 64 characters of `A-Z a-z 0-9 _ -`.
   */
  signIn(user: string): void
  /** Forgets the player: the answer clears the cookie. */
  signOut(): void
}

export interface SessionOptions {
  /** Each at least 16 characters. The first signs, all verify: put a new one in front, drop the old one a year later. */
  secrets: readonly string[]
  /** Milliseconds since the epoch. Default the machine's clock. */
  clock?: () => number
}

const COOKIE = 'session'
const YEAR = 365 * 24 * 3600
/** A cookie this old (in seconds) is signed anew, so that who plays once a month stays for good. */
const STALE = 30 * 24 * 3600
const USER = /^[\w-]{1,64}$/

/**
 * Reads who asks from a signed cookie, and writes it: `v1.USER.ISSUED.SIGNATURE`, HMAC-SHA256 (RFC 2104), HttpOnly, SameSite=Lax, Secure
 * where the request came over https, for a year. What was not signed by one of the secrets is no session: the cookie is cleared,
 * `tampered` counted, and the visit goes on as a stranger's.
 */
export function session({ secrets, clock = Date.now }: SessionOptions): RequestHandler {
  const [current] = secrets
  if (current === undefined) throw new TypeError('session: no secret arrived, at least one was expected')

  const issue = (user: string) => {
    const payload = `v1.${user}.${Math.floor(clock() / 1000).toString(36)}`
    return `${payload}.${sign(payload, current)}`
  }

  return function session(req, res, next) {
    const cookie = read(req)
    const found = cookie === null ? null : req.timing.span('session', () => verify(cookie, secrets, clock() / 1000))
    req.session = new CookieSession(req, res, issue, found?.user ?? null)
    if (cookie !== null && found === null) {
      req.timing.count('tampered')
      req.session.signOut()
    } else if (found?.renew) req.session.signIn(found.user)
    next()
  }
}

class CookieSession implements Session {
  user: string | null
  readonly #write: (cookie: string) => void
  readonly #issue: (user: string) => string

  constructor(req: Request, res: Response, issue: (user: string) => string, user: string | null) {
    this.user = user
    this.#issue = issue
    let cookie: string | undefined
    this.#write = (value) => {
      // The last word counts, and goes out once.
      if (cookie === undefined) beforeHead(res, () => res.append('Set-Cookie', cookie ?? ''))
      cookie = `${value}; Path=/; HttpOnly; SameSite=Lax${req.secure ? '; Secure' : ''}`
    }
  }

  signIn(user: string): void {
    if (!USER.test(user))
      throw new TypeError(`session: "${user.slice(0, 70)}" is no user id: expected 1 to 64 of A-Z a-z 0-9 _ -`)
    this.user = user
    this.#write(`${COOKIE}=${this.#issue(user)}; Max-Age=${YEAR}`)
  }

  signOut(): void {
    this.user = null
    this.#write(`${COOKIE}=; Max-Age=0`)
  }
}

function read(req: Request): string | null {
  const header = req.headers.cookie
  if (header === undefined) return null
  for (const pair of header.split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === COOKIE && value) return value.trim()
  }
  return null
}

/** @param now seconds since the epoch. */
function verify(cookie: string, secrets: readonly string[], now: number): { user: string; renew: boolean } | null {
  const [version, user, issued, signature, ...rest] = cookie.split('.')
  if (version !== 'v1' || !user || !issued || !signature || rest.length > 0 || !USER.test(user)) return null
  const payload = `v1.${user}.${issued}`
  const by = secrets.findIndex((secret) => same(signature, sign(payload, secret)))
  const age = now - Number.parseInt(issued, 36)
  return by === -1 || !(age < YEAR) ? null : { user, renew: by > 0 || age > STALE }
}

const sign = (payload: string, secret: string): string =>
  createHmac('sha256', secret).update(payload).digest('base64url')

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
