import { Connection, type Done, type FailureKind, MemcachedError } from './connection.ts'
import type { RingServer } from './ring.ts'

export interface ServerOptions {
  /** See {@link MemcachedOptions}. */
  timeout: number
  slow: number
  pending: number
  /** Told once when a server goes out of use, and once when it is back. */
  log: (line: string) => void
}

/** One server, as it stands. Counts are since the process started. */
export interface ServerReport {
  /** `host:port`. */
  server: string
  /** False while it is out of use: nothing is asked of it. */
  up: boolean
  /** Of memcached, as in `1.6.18`; null before it has answered once. */
  version: string | null
  /** Commands sent. */
  commands: number
  /** Commands not answered, by why; `refused` were answered with an error: no memory, too large. */
  failures: Partial<Record<MemcachedError['kind'], number>>
  /** Times it went out of use. */
  ejections: number
  /** Keys it has to forget before anything is read from it again. */
  owed: number
  /** Keys to forget that were too many to keep: what is read of them may be old until it expires. */
  lostDeletes: number
}

/** Bytes that may wait to be sent to a server. */
const MOST_UNSENT = 8 * 1024 * 1024

/** Milliseconds until the first try to have it back; each further try waits twice as long, up to the longest. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1000

/** Milliseconds; one that goes again sooner after it came back is no use, and is given a longer rest each time, up to the longest. */
const SHORT_LIFE = 2000
const LONGEST_REST = 5000

/** Keys to forget that are kept for a server out of use; 5 MB at the most. */
const MOST_OWED = 50_000
/** Keys forgotten in one write when it is back. */
const OWED_AT_ONCE = 1000

/** The first release whose meta commands are those of today: https://github.com/memcached/memcached/wiki/ReleaseNotes1612 */
const FIRST_VERSION = [1, 6, 12]
/** The first to take CAS tokens of our own (`E`): https://github.com/memcached/memcached/wiki/ReleaseNotes1627 */
const OWN_TOKENS = [1, 6, 27]

/** Connections made by this process, to whatever server: no two have the same number. */
let generations = 0

/**
 * A server through all its connections. When one fails the server is out of use: requests get no answer at once, and from time to time, by one
 * connection and not by each request, it is asked whether it is back. It is when it has said its version and forgotten what it was told to
 * forget meanwhile: its old values must not be read by those who have written new ones.
 */
export class Server {
  readonly name: string
  readonly #address: RingServer
  readonly #options: ServerOptions
  readonly #failures: ServerReport['failures'] = {}
  readonly #owed = new Set<string>()
  #connection: Connection | null = null
  #up = false
  #version: string | null = null
  #takesTokens = false
  #tries = 0
  #commands = 0
  #ejections = 0
  #upSince = 0
  /** It has said its version: what is sent comes before anything that is read later. */
  #greeted = false
  #shortLives = 0
  #wasSlow = false
  #lostDeletes = 0
  #generation = 0
  #retry: NodeJS.Timeout | undefined
  #ended = false
  readonly #settled = Promise.withResolvers<void>()

  constructor(address: RingServer, options: ServerOptions) {
    this.#address = address
    this.#options = options
    this.name = `${address.host}:${address.port}`
    this.#connect()
  }

  /** Resolves when it has answered, or failed to, for the first time. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  /** The number of its connection: a server that was started anew counts its CAS tokens from the beginning, and has others of the same numbers. */
  get generation(): number {
    return this.#generation
  }

  /** Whether `mg` takes the token that the stub of a miss shall have. */
  get takesTokens(): boolean {
    return this.#takesTokens
  }

  /** As {@link Connection.send}; told at once where the server is out of use. */
  send(text: string, body: Buffer | null, answers: number, done: Done): void {
    this.#commands += answers
    const connection = this.#up ? this.#connection : null
    if (connection === null)
      process.nextTick(done, this.#error(this.#ended ? 'ended' : 'down', 'out of use at the moment'))
    else if (connection.pending >= this.#options.pending || connection.unsent > MOST_UNSENT)
      process.nextTick(done, this.#error('busy', `${connection.pending} requests wait for it`))
    else connection.send(text, body, answers, done)
  }

  /**
   * Has `keys` forgotten, by the commands in `text`, one for each; or noted, to be forgotten before anything is read from it again. `done` hears
   * when either is so. However much waits already: what is not deleted is read.
   */
  forget(keys: readonly string[], text: string, done: () => void): void {
    this.#commands += keys.length
    // Not only when it is up: while much is written there is always something more to forget, and it would never be.
    if (!this.#greeted || this.#connection === null) {
      this.#owe(keys)
      process.nextTick(done)
      return
    }
    this.#connection.send(text, null, keys.length, (replies) => {
      if (replies instanceof MemcachedError) {
        this.count(replies, keys.length)
        this.#owe(keys)
      }
      done()
    })
  }

  /** Counts `commands` that failed. */
  count({ kind }: Pick<MemcachedError, 'kind'>, commands: number): void {
    this.#failures[kind] = (this.#failures[kind] ?? 0) + commands
  }

  report(): ServerReport {
    return {
      server: this.name,
      up: this.#up,
      version: this.#version,
      commands: this.#commands,
      failures: { ...this.#failures },
      ejections: this.#ejections,
      owed: this.#owed.size,
      lostDeletes: this.#lostDeletes,
    }
  }

  close(): void {
    this.#ended = true
    clearTimeout(this.#retry)
    this.#connection?.end('ended', 'the client was closed')
    this.#settled.resolve()
  }

  #connect(): void {
    const { timeout, slow } = this.#options
    this.#generation = ++generations
    const onEnd = (error: MemcachedError) => this.#down(error)
    this.#connection = new Connection({ ...this.#address, timeout, slow, suspect: this.#wasSlow, onEnd })
    // Waits for the connection as well: a process that is stopped is connected to by its kernel, and answers nothing.
    this.#connection.send('version\r\n', null, 1, (replies) => {
      if (replies instanceof MemcachedError) return
      const [reply] = replies
      this.#version = reply?.rest ?? ''
      this.#takesTokens = !isOlder(this.#version, OWN_TOKENS)
      if (reply?.status !== 'VERSION' || isOlder(this.#version, FIRST_VERSION))
        this.#connection?.end(
          'protocol',
          `its version is ${JSON.stringify(this.#version)}, expected memcached 1.6.12 or newer`,
        )
      else {
        this.#greeted = true
        this.#payOff()
      }
    })
  }

  /** Forgets what is owed, a portion after the other. The last round has nothing to forget, and shows how fast an answer comes. */
  #payOff(): void {
    const keys = Array.from(this.#owed).slice(0, OWED_AT_ONCE)
    // Not to be found there any more: one that is to be forgotten once more meanwhile is owed once more.
    for (const key of keys) this.#owed.delete(key)
    const text = keys.map((key) => `md ${key}\r\n`).join('')
    this.#connection?.send(`${text}mn\r\n`, null, keys.length + 1, (replies) => {
      if (replies instanceof MemcachedError) this.#owe(keys)
      else if (this.#owed.size > 0 || keys.length > 0) this.#payOff()
      else this.#back()
    })
  }

  #back(): void {
    if (this.#tries > 0) this.#options.log(`memcached at ${this.name}: in use again`)
    this.#up = true
    this.#upSince = performance.now()
    this.#tries = 0
    this.#settled.resolve()
  }

  #down(error: MemcachedError): void {
    this.#connection = null
    const was = this.#up
    this.#up = false
    this.#greeted = false
    this.#wasSlow = error.kind === 'slow'
    if (this.#ended) return
    if (was) {
      this.#ejections++
      this.#shortLives = performance.now() - this.#upSince < SHORT_LIFE ? this.#shortLives + 1 : 0
    }
    if (was || this.#tries === 0) this.#options.log(`${error.message}; out of use until it answers again`)
    const rest = this.#shortLives > 1 ? Math.min(FIRST_PAUSE * 4 ** this.#shortLives, LONGEST_REST) : 0
    const pause = Math.max(rest, Math.min(FIRST_PAUSE * 2 ** this.#tries++, LONGEST_PAUSE))
    this.#retry = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2)).unref()
    this.#settled.resolve()
  }

  #owe(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#owed.size < MOST_OWED) this.#owed.add(key)
      else this.#lostDeletes++
    }
  }

  #error(kind: FailureKind, words: string): MemcachedError {
    return new MemcachedError(kind, `memcached at ${this.name}: ${words}`)
  }
}

function isOlder(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10))
  for (const [index, least] of than.entries()) {
    const part = parts[index] ?? Number.NaN
    if (part !== least) return !(part > least)
  }
  return false
}
