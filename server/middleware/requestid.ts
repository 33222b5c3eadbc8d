import type { RequestHandler } from 'express'
import { randomBytes } from 'node:crypto'

declare module 'express-serve-static-core' {
  interface Request {
    /** Names this request in the log, in beacons and at the load balancer. 8 to 64 characters of `A-Z a-z 0-9 _ . : -`. */
    id: string
  }
}

/** What HAProxy's `unique-id-format` and common tracers write; anything else could forge log lines. */
const SANE = /^[\w.:-]{8,64}$/
const HEADER = 'X-Request-Id'

/**
 * Gives each request an id: the load balancer's `X-Request-Id` where a sane one arrived, else a new one. The answer carries it back.
 */
export function requestId(): RequestHandler {
  return function requestId(req, res, next) {
    const given = req.get(HEADER)
    req.id = given !== undefined && SANE.test(given) ? given : newId()
    res.setHeader(HEADER, req.id)
    next()
  }
}

/** Ids are drawn from one block of random bytes: a call of the system per request costs more than the rest of this file. */
let pool = Buffer.alloc(0)
let used = 0

function newId(): string {
  if (used + 9 > pool.length) {
    pool = randomBytes(9 * 128)
    used = 0
  }
  used += 9
  return pool.toString('base64url', used - 9, used)
}
