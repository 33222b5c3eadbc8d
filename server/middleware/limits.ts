import express, { type Request, type RequestHandler } from 'express'
import { isWrite } from './crosssite.ts'
import type { AnswerError } from './errors.ts'
import { HttpError } from './httperror.ts'

export interface BodyOptions {
  /** Bytes. Default 16 KB: a form of this game has some 200. */
  limit?: number
}

/** Reads forms and JSON into `req.body`; anything larger ends as 413, anything else that is sent stays unread. */
export function body({ limit = 16 * 1024 }: BodyOptions = {}): RequestHandler[] {
  return [express.urlencoded({ extended: false, limit, parameterLimit: 100 }), express.json({ limit })]
}

export interface TimeoutOptions {
  /** How long a request may take to its first byte. Default 10. */
  seconds?: number
  /** Makes the answer, from outside the chain: what is still at work in it may end later, and finds itself answered. */
  answer: AnswerError
}

/**
 * Answers 503 in words when nothing else has answered in time. The connection stays usable; streams, once begun, may last.
 */
export function timeout({ seconds = 10, answer }: TimeoutOptions): RequestHandler {
  return function timeout(req, res, next) {
    const timer = setTimeout(() => {
      if (res.headersSent) return
      req.timing.count('timeout')
      const words = `This took longer than ${seconds} seconds, so we stopped waiting. Try again in a moment.`
      void answer(new HttpError(503, words, { headers: { 'Retry-After': '2' } }), req, res)
    }, seconds * 1000)
    res.once('close', () => clearTimeout(timer))
    next()
  }
}

/** A token bucket: `burst` at once, then `perSecond`. */
export interface Rate {
  burst: number
  perSecond: number
}

export interface WriteRateOptions {
  /** One player's. Default 60 at once, then 10 a second: faster than fingers. */
  player?: Rate
  /** One address's (an IPv6 network of 64 bits). Default 600 at once, then 100 a second: a school behind one router. */
  address?: Rate
  /** Players and addresses remembered; the longest silent are forgotten first. Default 20,000, about 3 MB. */
  remembered?: number
  /** Milliseconds since any moment. Default the machine's monotonic clock. */
  clock?: () => number
}

/**
 * Refuses writes that come too fast, by player and by address, with 429 and `Retry-After`. A request without a session counts as a
 * write: a first visit makes a guest account.
 */
export function writeRate(options: WriteRateOptions = {}): RequestHandler {
  const {
    player = { burst: 60, perSecond: 10 },
    address = { burst: 600, perSecond: 100 },
    remembered = 20_000,
    clock = () => performance.now(),
  } = options
  const buckets = new Map<string, { tokens: number; at: number }>()

  /** Takes a token; the seconds to wait for one where there is none. */
  const take = (key: string, { burst, perSecond }: Rate): number => {
    const now = clock()
    const bucket = buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
    // Set anew, the key stands last: the map's order is that of use.
    buckets.delete(key)
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    if (buckets.size > remembered) {
      const [oldest] = buckets.keys()
      if (oldest !== undefined) buckets.delete(oldest)
    }
    return tokens >= 1 ? 0 : (1 - tokens) / perSecond
  }

  return function writeRate(req, _res, next) {
    const { user } = req.session
    if (user !== null && !isWrite(req)) {
      next()
      return
    }
    const wait = (user !== null && take(`player ${user}`, player)) || take(network(req), address)
    if (wait === 0) {
      next()
      return
    }
    req.timing.count('too-fast')
    const seconds = Math.ceil(wait)
    const words = `That was too fast. Wait ${seconds === 1 ? 'a second' : `${seconds} seconds`} and try again.`
    next(new HttpError(429, words, { headers: { 'Retry-After': String(seconds) } }))
  }
}

/** One household or phone has a whole IPv6 network of 64 bits to itself: its addresses are no different callers. */
function network(req: Request): string {
  const address = (req.ip ?? '').slice(0, 64)
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  // `2001:db8::1` leaves out zeros. Who leaves out one of the first four groups and names all others shares a bucket: nobody is so numbered.
  const [left = ''] = address.split('::')
  return [...left.split(':'), '0', '0', '0'].slice(0, 4).join(':')
}
