import type { Request, RequestHandler } from 'express'
import { randomBytes } from 'node:crypto'

declare module 'express-serve-static-core' {
  interface Request {
    /** Names this request in the log, in beacons and at the load balancer. 8 to 64 characters of `A-Z a-z 0-9 _ . : -`. */
    id: string
    /** The W3C trace that this request is a step of: what goes on from here names it. */
    trace: TraceContext
  }
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in all steps. */
  traceId: string
  /** 16 of this step. */
  spanId: string
  /** 16 of the step before; undefined where the trace begins here. */
  parentId: string | undefined
  sampled: boolean
}

/** What HAProxy's `unique-id-format` and common tracers write; anything else could forge log lines. */
const SANE = /^[\w.:-]{8,64}$/
const HEADER = 'X-Request-Id'

const PARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/

/** The header by which a step names itself to the next one. */
export const traceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/**
 * Gives each request an id: the load balancer's `X-Request-Id` where a sane one arrived from a proxy that Express trusts (`trust proxy`), else a new
 * one: a caller's own would let it pass for another's request. The answer carries it back. A `traceparent` that arrived is taken on: the request
 * becomes a step of that trace; without one a trace begins here.
 */
export function requestId(): RequestHandler {
  return function requestId(req, res, next) {
    const given = req.get(HEADER)
    req.id = given !== undefined && SANE.test(given) && isFromProxy(req) ? given : newId()
    req.trace = traceOf(req.get('traceparent'))
    res.setHeader(HEADER, req.id)
    next()
  }
}

function isFromProxy({ app, socket }: Request): boolean {
  const isTrusted = app.get('trust proxy fn') as (address: string, hop: number) => boolean
  return socket.remoteAddress !== undefined && isTrusted(socket.remoteAddress, 0)
}

/** Ids are drawn from one block of random bytes: a call of the system per request costs more than the rest of this file. */
let pool = Buffer.alloc(0)
let used = 0

function draw(bytes: number, encoding: 'base64url' | 'hex'): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(4096)
    used = 0
  }
  used += bytes
  return pool.toString(encoding, used - bytes, used)
}

const newId = (): string => draw(9, 'base64url')

function traceOf(parent: string | undefined): TraceContext {
  const [, traceId, parentId, flags = '00'] = PARENT.exec(parent ?? '') ?? []
  const spanId = draw(8, 'hex')
  if (traceId === undefined) return { traceId: draw(16, 'hex'), spanId, parentId: undefined, sampled: true }
  return { traceId, spanId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}
