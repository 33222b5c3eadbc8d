import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { ProtocolError, readReply, type Reply } from './meta.ts'

/** Why requests got no answer. */
export type FailureKind =
  /** The server is out of use at the moment: it failed before and has not been heard of since. */
  | 'down'
  /** More waits for it than may: see `pending`. */
  | 'busy'
  /** It did not answer in time. */
  | 'timeout'
  /** It answered, but five times in a row or so too slowly to be of use. */
  | 'slow'
  /** It ended the connection, or refused it. */
  | 'closed'
  /** What it said is not memcached's protocol. */
  | 'protocol'
  /** The client was closed. */
  | 'ended'

/** A request that got no answer, or one that says that the server could not do it. */
export class MemcachedError extends Error {
  override readonly name = 'MemcachedError'
  /** `refused` is the server's own word: a value too large, no memory, a malformed request. */
  readonly kind: FailureKind | 'refused'

  constructor(kind: MemcachedError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

export interface ConnectionOptions {
  host: string
  port: number
  /** Milliseconds without an answer after which the connection is given up. */
  timeout: number
  /** Milliseconds that the process may sit idle for an answer before it counts as slow. */
  slow: number
  /** The one before it was too slow: the first answer that is timed must not be. */
  suspect: boolean
  /** The connection is over; every request has been told. */
  onEnd: (error: MemcachedError) => void
}

/** Told of a request's answers, or of why there are none. */
export type Done = (replies: readonly Reply[] | MemcachedError) => void

/** Bytes. */
const READ_AT_ONCE = 64 * 1024

/** Milliseconds until the first answer: it has a name to look up and a connection to make. */
const FIRST_TIMEOUT = 1000

/** Slow turns on balance, one for each slow, less one for each that was not, after which the connection is given up. */
const SLOW_TURNS = 5

/** What was written in one turn of the event loop. */
interface Turn {
  /** Milliseconds that the event loop had been idle until then, since its start. */
  idle: number
  at: number
  answered: boolean
}

interface Waiting {
  /** Answers still to come. */
  left: number
  replies: Reply[]
  done: Done
  turn: Turn
}

/**
 * One TCP connection, from its beginning to its end. Requests of one turn of the event loop leave in one write, answers come in the order
 * of requests, and when anything goes wrong the connection ends: after that nobody can know which answer belongs to what.
 *
 * A process too busy to look at an answer that is there must not blame the server and give up its cache when it needs it most. So slowness is
 * measured in time that the event loop was idle, and a time-out holds only after one more look for what has arrived.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  /** In the order of the answers; the first `#head` are done. */
  #waiting: Waiting[] = []
  #head = 0
  /** What this turn writes: texts between the bodies of values. */
  #text = ''
  #chunks: (string | Buffer)[] = []
  #turn: Turn | null = null
  #answeredOnce = false
  #slowTurns: number
  #rest: Buffer | null = null
  #timer: NodeJS.Timeout | undefined
  #over: MemcachedError | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#slowTurns = options.suspect ? SLOW_TURNS - 1 : 0
    // One buffer for all that arrives: a new one of 64 KB for each read costs more than copying what is in it.
    const arrived = Buffer.allocUnsafeSlow(READ_AT_ONCE)
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: arrived,
        callback: (length) => {
          this.#read(arrived.subarray(0, length))
          return true
        },
      },
    })
    this.#socket.on('error', (error) => this.end('closed', error.message))
    this.#socket.on('close', () => this.end('closed', 'it closed the connection'))
  }

  /** Requests that wait for their answers. */
  get pending(): number {
    return this.#waiting.length - this.#head
  }

  /** Bytes that the kernel has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength
  }

  /**
   * Sends `text`, whole lines, and then `body` with its line end, where there is one; `answers` are expected. `done` hears of them, never before
   * this returns.
   */
  send(text: string, body: Buffer | null, answers: number, done: Done): void {
    if (this.#over) {
      process.nextTick(done, this.#over)
      return
    }
    if (this.#turn === null) {
      this.#turn = { idle: 0, at: 0, answered: false }
      setImmediate(() => this.#flush())
    }
    this.#text += text
    if (body !== null) {
      this.#chunks.push(this.#text, body)
      this.#text = '\r\n'
    }
    this.#waiting.push({ left: answers, replies: [], done, turn: this.#turn })
  }

  /** Ends it: all who wait are told `kind` and `words`. */
  end(kind: FailureKind, words: string, cause?: unknown): void {
    if (this.#over) return
    const error = this.#failure(kind, words, cause)
    this.#over = error
    clearTimeout(this.#timer)
    this.#socket.destroy()
    const waiting = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    for (const { done } of waiting) done(error)
    this.#options.onEnd(error)
  }

  #flush(): void {
    const turn = this.#turn
    this.#turn = null
    if (this.#over || turn === null) return
    turn.idle = performance.nodeTiming.idleTime
    turn.at = performance.now()
    const text = this.#text
    const chunks = this.#chunks
    this.#text = ''
    if (chunks.length === 0) this.#socket.write(text, 'latin1')
    else {
      this.#chunks = []
      this.#socket.cork()
      for (const chunk of chunks) this.#socket.write(chunk, 'latin1')
      this.#socket.write(text, 'latin1')
      this.#socket.uncork()
    }
    this.#watch(this.#options.timeout)
  }

  /** @param chunk good until this returns. */
  #read(chunk: Buffer): void {
    if (this.#over) return
    const bytes = this.#rest === null ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    const cursor = { at: 0 }
    try {
      this.#clock()
      while (cursor.at < bytes.length) {
        const reply = readReply(bytes, cursor)
        if (reply === undefined) break
        this.#answer(reply)
        if (this.#over) return
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.end('protocol', error.message, error)
      return
    }
    this.#rest = cursor.at < bytes.length ? bytes.subarray(cursor.at) : null
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting[this.#head]
    if (waiting === undefined)
      throw new ProtocolError(`an answer of ${reply.status} ${reply.rest} to no question arrived`)
    waiting.replies.push(reply)
    if (--waiting.left > 0) return
    // Taking from the front of a long array moves all of it: done in portions.
    if (++this.#head > 1024 || this.#head === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    waiting.done(waiting.replies)
  }

  /** How long the first answer of a turn took. */
  #clock(): void {
    const turn = this.#waiting[this.#head]?.turn
    if (turn === undefined || turn.answered) return
    turn.answered = true
    if (!this.#answeredOnce) {
      this.#answeredOnce = true
      return
    }
    const slow = performance.nodeTiming.idleTime - turn.idle > this.#options.slow
    this.#slowTurns = Math.max(0, this.#slowTurns + (slow ? 1 : -1))
    if (this.#slowTurns >= SLOW_TURNS) this.end('slow', `answers take more than ${this.#options.slow} ms`)
  }

  /** One timer for all, and none while nothing waits. The check comes after the event loop has read what there is. */
  #watch(milliseconds: number): void {
    this.#timer ??= setTimeout(() => setImmediate(() => this.#check()), milliseconds)
  }

  #check(): void {
    this.#timer = undefined
    const turn = this.#waiting[this.#head]?.turn
    if (this.#over || turn === undefined) return
    const timeout = this.#answeredOnce ? this.#options.timeout : FIRST_TIMEOUT
    // What is not written yet has not waited at all.
    const waited = turn.at === 0 ? 0 : performance.now() - turn.at
    if (waited >= timeout) this.end('timeout', `no answer within ${timeout} ms`)
    else this.#watch(Math.max(1, timeout - waited))
  }

  #failure(kind: FailureKind, words: string, cause?: unknown): MemcachedError {
    const { host, port } = this.#options
    return new MemcachedError(kind, `memcached at ${host}:${port}: ${words}`, { cause })
  }
}
