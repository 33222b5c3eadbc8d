import type { RequestHandler, Response } from 'express'
import { setMaxListeners } from 'node:events'
import { HttpError } from '../../middleware/httperror.ts'
import { matcher, readFilter } from '../../log/filter.ts'
import type { Log, Numbered } from '../../log/log.ts'
import { rowOf } from './logRow.ts'

export interface FollowOptions {
  /** Readers at once; further ones get 503. Default 20. */
  readers?: number
  /** Milliseconds between comments that keep proxies from closing a silent stream. Default 15,000. */
  heartbeat?: number
}

/**
 * The log as server-sent events: `line`, a {@link Row} under its number, from the line that `Last-Event-ID` or `?from=` names on, and `lost`, how many a slow reader has missed.
 * Nothing waits for a reader: neither the log nor the requests it is about.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function followLog(log: Log, options: FollowOptions = {}): RequestHandler {
  const { readers = 20, heartbeat = 15_000 } = options
  let open = 0
  setMaxListeners(0, log.closing)

  return function followLog(req, res) {
    req.timing.controller = 'inspect'
    if (log.closing.aborted || open >= readers)
      throw new HttpError(503, `${open} follow the log already, ${readers} may.`, { headers: { 'Retry-After': '30' } })
    open++
    const matches = matcher(readFilter(req.query))
    const reader = new Reader(res)
    const take = (line: Numbered) => {
      if (matches(line.entry)) reader.take(line)
    }
    for (const line of log.since(begin(req.get('Last-Event-ID'), req.query['from'], log.next))) take(line)
    const unfollow = log.follow(take)
    const timer = setInterval(() => res.write(':\n\n'), heartbeat)
    const stop = () => {
      unfollow()
      clearInterval(timer)
      res.end()
    }
    log.closing.addEventListener('abort', stop)
    res.once('close', () => {
      stop()
      log.closing.removeEventListener('abort', stop)
      open--
    })
  }
}

/** Number of the first line to tell. A number from before a restart may be too high: then all there is is new. */
function begin(lastId: string | undefined, from: unknown, next: number): number {
  const wanted = lastId === undefined ? Number(from ?? next) : Number(lastId) + 1
  return Number.isSafeInteger(wanted) && wanted >= 0 && wanted <= next ? wanted : 0
}

class Reader {
  readonly #res: Response
  /** As much waits for it as Node lets a stream gather (64 KB): what comes now is lost. */
  #isFull = false
  #lost = 0

  constructor(res: Response) {
    this.#res = res
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx holds answers back until its buffer is full, unless told.
      'X-Accel-Buffering': 'no',
    })
    res.write('retry: 2000\n\n')
    res.on('drain', () => this.#goOn())
  }

  take(line: Numbered): void {
    if (this.#isFull) this.#lost++
    else this.#isFull = !this.#res.write(`id: ${line.n}\nevent: line\ndata: ${JSON.stringify(rowOf(line))}\n\n`)
  }

  #goOn(): void {
    this.#isFull = false
    if (this.#lost > 0) this.#res.write(`event: lost\ndata: ${this.#lost}\n\n`)
    this.#lost = 0
  }
}
