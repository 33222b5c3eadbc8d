import type { Request, RequestHandler, Response } from 'express'
import { setMaxListeners } from 'node:events'
import { HttpError } from '../middleware/httperror.ts'
import type { Bus, LiveMessage } from './bus.ts'

export interface LiveStreamOptions {
  bus: Bus
  /** What this caller may hear; null for a caller who may hear nothing. */
  topic: (req: Request) => string | null
  /**
   * What was published on the caller's topic after `lastId`, oldest first, from where it is stored: as many as it likes to read at once. Asked
   * again from the last of them until there is none.
   */
  since: (req: Request, lastId: string) => Promise<readonly LiveMessage[]>
  /**
   * Where a caller who names no id begins: the newest stored message's id, so that what happens in its first gap is not lost, and how
   * things stand with it (anything JSON can write), for the page was made a while ago. Both are to be read at one moment: messages up to
   * that id ({@link isNewer}) are taken as told. Sent first, as `event: here`. Default: such a stream begins with what happens next.
   */
  here?: (req: Request) => Promise<Pick<LiveMessage, 'id' | 'data'>>
  /** Streams one topic may have at once, one per tab; the oldest ends. Default 4. */
  perTopic?: number
  /** Streams altogether; further callers get 503. Default 5,000. */
  total?: number
  /** Milliseconds between comments that keep proxies from closing a silent stream. Default 15,000. */
  heartbeat?: number
  /** Bytes a slow reader may have waiting; past them its stream ends, and it resumes. Default 64 KB. */
  backlog?: number
}

/** Sent messages remembered per stream: one can come twice, from the store and from the bus, but not long after. */
const REMEMBERED = 1000
/** Missed messages sent in one go. Past them the stream ends: its reader comes back for the rest, and others get their turn. */
const MOST_MISSED = 1000

/**
 * Server-sent events of one topic, without loss or repeat: a reader that comes back says what it read last, by the header `Last-Event-ID`
 * (as browsers do by themselves) or by `?since=ID`, and gets what it missed before what is new.
 *
 * Ends when the bus closes. A stream that ends because its player opened too many says `event: superseded` first.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function liveStream(options: LiveStreamOptions): RequestHandler {
  const { bus, topic, since, here, perTopic = 4, total = 5000, heartbeat = 15_000, backlog = 64 * 1024 } = options
  const open = new Map<string, Set<Stream>>()
  let streams = 0
  setMaxListeners(0, bus.closing)

  return async function liveStream(req, res) {
    req.timing.controller = 'live'
    const name = topic(req)
    // To 204 a browser answers by not asking again.
    if (name === null || bus.closing.aborted) {
      res.status(name === null ? 204 : 503).end()
      return
    }
    if (streams >= total) {
      const words = 'Too many players are listening just now; the game works without.'
      throw new HttpError(503, words, { headers: { 'Retry-After': '30' } })
    }
    const lastId = req.get('Last-Event-ID') ?? req.query['since']
    const stream = new Stream(res, backlog)
    const siblings = open.get(name) ?? new Set()
    open.set(name, siblings.add(stream))
    streams++
    const [oldest] = siblings
    if (siblings.size > perTopic) oldest?.supersede()

    // Listening starts before the store is asked: what is published meanwhile waits behind what was missed.
    const unsubscribe = bus.subscribe(name, (message) => stream.send(message))
    const timer = setInterval(() => stream.write(':\n\n'), heartbeat)
    const end = () => stream.end()
    bus.closing.addEventListener('abort', end)
    res.once('close', () => {
      unsubscribe()
      clearInterval(timer)
      bus.closing.removeEventListener('abort', end)
      siblings.delete(stream)
      streams--
      if (siblings.size === 0 && open.get(name) === siblings) open.delete(name)
    })
    try {
      if (typeof lastId === 'string' && lastId !== '') await stream.resume(lastId, (id) => since(req, id))
      else stream.begin(await here?.(req))
    } catch (error) {
      stream.end()
      throw error
    }
  }
}

class Stream {
  readonly #res: Response
  readonly #backlog: number
  /** Messages that arrived before {@link start}; null from then on. */
  #waiting: LiveMessage[] | null = []
  readonly #sent = new Set<string>()
  /** Messages up to this id are told; null where the reader said what it has. */
  #told: string | null = null

  constructor(res: Response, backlog: number) {
    this.#res = res
    this.#backlog = backlog
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx holds answers back until its buffer is full, unless told.
      'X-Accel-Buffering': 'no',
    })
    res.flushHeaders()
    // After a restart everyone comes back: spread over two seconds.
    res.write(`retry: ${1000 + Math.floor(Math.random() * 2000)}\n\n`)
  }

  /** Starts at `here`, or with what happens next. */
  begin(here?: Pick<LiveMessage, 'id' | 'data'>): void {
    if (here) {
      this.#told = here.id
      this.write(frame({ ...here, event: 'here' }))
    }
    this.#flow()
  }

  /** Starts after `lastId`, with what was missed, at the pace at which it is read. */
  async resume(lastId: string, since: (id: string) => Promise<readonly LiveMessage[]>): Promise<void> {
    let id = lastId
    for (let sent = 0; sent < MOST_MISSED;) {
      const missed = await since(id)
      const last = missed.at(-1)
      if (!last) {
        this.#flow()
        return
      }
      await this.#read(missed.map((message) => this.#take(message)).join(''))
      if (this.#res.writableEnded || this.#res.destroyed) return
      sent += missed.length
      id = last.id
    }
    this.end()
  }

  send(message: LiveMessage): void {
    if (!this.#waiting) this.write(this.#take(message))
    else if (this.#waiting.push(message) > REMEMBERED) this.end()
  }

  #flow(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const message of waiting) this.write(this.#take(message))
  }

  /** What to write of a message: nothing, if it was told before. */
  #take(message: LiveMessage): string {
    if (this.#sent.has(message.id) || (this.#told !== null && !isNewer(message.id, this.#told))) return ''
    this.#sent.add(message.id)
    if (this.#sent.size > REMEMBERED) {
      const [oldest] = this.#sent
      if (oldest !== undefined) this.#sent.delete(oldest)
    }
    return frame(message)
  }

  write(text: string): void {
    if (text === '' || this.#res.writableEnded) return
    this.#res.write(text)
    if (this.#res.writableLength > this.#backlog) this.#res.destroy()
  }

  /** Writes, and waits until it is on its way or the reader is gone. */
  #read(text: string): Promise<void> {
    return new Promise((resolve) => {
      const res = this.#res
      if (text === '' || res.writableEnded || res.destroyed) {
        resolve()
        return
      }
      res.once('close', resolve)
      res.write(text, () => {
        res.off('close', resolve)
        resolve()
      })
    })
  }

  supersede(): void {
    this.write('retry: 60000\nevent: superseded\ndata: {}\n\n')
    this.end()
  }

  end(): void {
    this.#res.end()
  }
}

/** Longer ids are newer, among those of one length the later in the alphabet: whole numbers, ULIDs and UUIDs of version 7 are so ordered. */
function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length
}

/** A message goes to every stream of its topic: it is written out once. */
const frames = new WeakMap<LiveMessage, string>()

function frame(message: LiveMessage): string {
  let text = frames.get(message)
  if (text === undefined) {
    const line = (value: string) => value.replaceAll(/[\r\n\0]/g, ' ')
    // JSON.stringify writes no line breaks: one `data:` line holds it.
    text = `id: ${line(message.id)}\nevent: ${line(message.event)}\ndata: ${JSON.stringify(message.data)}\n\n`
    frames.set(message, text)
  }
  return text
}
