import { redact } from './redact.ts'

/** From what only who looks for something wants to read, to what somebody has to mend. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]

interface Common {
  /** Milliseconds since the epoch. */
  at: number
  level: Level
}

/** Whose work it was. */
export interface Whose {
  /** The request's, as in `X-Request-Id`. */
  id: string
  /** What answered: `battle/attack`; `outer` where nothing had taken it yet. */
  route: string
  /** The player; null for a stranger. */
  user: string | null
}

/** One request, when its answer was sent. */
export interface RequestEntry extends Common, Whose {
  kind: 'request'
  method: string
  /** Path and query, without what is secret; at most 200 characters. */
  url: string
  /** Status of the answer; `open` for a stream, 499 where the caller hung up. */
  state: string
  /** On the wire, head included. */
  bytes: number
  /** Milliseconds to the answer's first byte, and of those the controller's; undefined where none took it. */
  took: number
  controller: number | undefined
  counts: ReadonlyMap<string, number>
}

/** What nobody foresaw. */
export interface ErrorEntry extends Common, Whose {
  kind: 'error'
  method: string
  path: string
  /** While what was done, where that is not the request itself: `making the page for 404`. */
  during: string | undefined
  name: string
  message: string
  /** With name and message; at most 8,000 characters. */
  stack: string
}

/** A statement to the database, or one key's traffic with a cache: of requests that are listened to, see `echo.ts`. */
export interface TrafficEntry extends Common, Whose, Traffic {}

export interface Traffic {
  kind: 'database' | 'cache'
  /** A statement with places for its values, or an operation with its key: `get e:player:ab12`. Never a value. */
  text: string
  /** What came of it: `3 rows`, `hit`, `miss`, `stored`, `failed`. */
  outcome: string
  /** Of the value in the cache. */
  bytes?: number | undefined
  /** Milliseconds. */
  took?: number | undefined
}

/** What the program says of itself, in words. */
export interface NoteEntry extends Common {
  kind: 'note'
  text: string
}

/** One line of the log, before anybody has written it down. Holds no cookies, bodies or parameters of statements: nothing here has a place for them. */
export type Entry = RequestEntry | ErrorEntry | TrafficEntry | NoteEntry

/** Takes a line. */
export type WriteEntry = (entry: Entry) => void

const LONGEST_URL = 200
const LONGEST_STACK = 8000

/** A URL as one word of a line: Node refuses control characters in it, a long one would only cost memory. */
export function loggable(url: string): string {
  const text = url.includes('?') ? redact(url) : url
  return text.length > LONGEST_URL ? `${text.slice(0, LONGEST_URL)}…` : text
}

/** What there is to say of an error, whatever was thrown, without passwords. */
export function describeError(error: unknown): Pick<ErrorEntry, 'name' | 'message' | 'stack'> {
  const thrown = error instanceof Error ? error : new Unusual(String(error))
  const { name, message, stack } = thrown
  const [plain = '', trail = ''] = [message, thrown instanceof Unusual ? message : (stack ?? message)].map(redact)
  return { name, message: plain, stack: trail.slice(0, LONGEST_STACK) }
}

/** Something was thrown that is no error. */
class Unusual extends Error {
  override readonly name = 'Thrown'
}
