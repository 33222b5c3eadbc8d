import { KEY_BYTES } from './cache.ts'

// Memcached's meta protocol: a command is two letters, a key and flags on a line; so is its answer.
// https://github.com/memcached/memcached/blob/master/doc/protocol.txt, "Meta Commands"

/**
 * What a line said: `HD` done, `VA` a value follows, `EN` a miss, `EX` another CAS, `NF` no such item, `NS` not stored, `MN` the answer to a
 * no-op, `ME` an item described, `VERSION`, or `ERROR` of any kind.
 */
export type Status = 'HD' | 'VA' | 'EN' | 'EX' | 'NF' | 'NS' | 'MN' | 'ME' | 'VERSION' | 'ERROR'

/** One answer. */
export interface Reply {
  status: Status
  /** A view of the bytes received: copy it to keep it for long. Null where the answer carries none. */
  value: Buffer | null
  /** `W`: the asker has won the right to fill or refresh. */
  won: boolean
  /** `X`: marked as stale, kept for those who may still use it. */
  stale: boolean
  /** `Z`: somebody else has won. */
  sent: boolean
  /**
   * The item's CAS token, a text since it may pass 2^53; '' where it was not asked for, or where the answer says nothing besides: a plain hit, of
   * which there are most, has no use for it, and making a text of it would cost as much as the rest.
   */
  cas: string
  /** The number that was stored with the value, where it was asked for; 0 where the answer says nothing else of interest. */
  flags: number
  /** What else the line said: other flags, a version, an error's words. */
  rest: string
}

/** The server answered with something that is not this protocol; nothing after it can be trusted. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** A value past this is no cached value; a server that announces one is not to be believed. Bytes. */
const LARGEST = 64 * 1024 * 1024

/** An answer's line is short: past this without its end, it is none. Bytes. */
const LONGEST_LINE = 2048

const LF = 10
const CR = 13
const SPACE = 32

const code = (letters: string): number => (letters.charCodeAt(0) << 8) | letters.charCodeAt(1)

/** Two letters by their number; what is longer is told apart by its line. */
const STATUSES = new Map<number, Status>(
  (['HD', 'VA', 'EN', 'EX', 'NF', 'NS', 'MN', 'ME'] as const).map((status) => [code(status), status]),
)

/** Where a reading of {@link readReply} stopped: the position after the answer. */
export interface Cursor {
  at: number
}

/**
 * The answer that begins at `cursor.at`, which is moved past it; undefined, and the cursor as it was, while its end has not arrived.
 *
 * @throws ProtocolError where no answer can begin like this.
 */
export function readReply(bytes: Buffer, cursor: Cursor): Reply | undefined {
  const start = cursor.at
  const end = endOfLine(bytes, start)
  if (end < 0) return undefined
  const status = STATUSES.get(((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0))
  const plain = end - start === 2 || bytes[start + 2] === SPACE
  if (status === undefined || !plain) return readWords(bytes, cursor, end)
  const reply: Reply = { status, value: null, won: false, stale: false, sent: false, cas: '', flags: 0, rest: '' }
  let at = start + 2
  let next = end + 2
  if (status === 'VA') {
    let length = 0
    for (at += 1; at < end && bytes[at] !== SPACE; at++) {
      const digit = (bytes[at] ?? 0) - 48
      if (digit < 0 || digit > 9 || length > LARGEST) throw unreadable(bytes, start, end)
      length = length * 10 + digit
    }
    next += length + 2
    if (next > bytes.length) return undefined
    if (bytes[next - 2] !== CR || bytes[next - 1] !== LF) throw unreadable(bytes, start, end)
    reply.value = bytes.subarray(end + 2, next - 2)
  }
  if (status === 'ME') reply.rest = bytes.toString('latin1', start + 3, end)
  else if (at < end) readFlags(reply, bytes, at, end)
  cursor.at = next
  return reply
}

/** Flags are letters with a token behind them, a space before each. */
function readFlags(reply: Reply, bytes: Buffer, from: number, end: number): void {
  let at = from
  let token = 0
  let tokenEnd = 0
  let flags = 0
  let flagsEnd = 0
  while (at < end) {
    const start = at + 1
    at = start
    while (at < end && bytes[at] !== SPACE) at++
    switch (bytes[start] ?? SPACE) {
      case 0x57: // W
        reply.won = true
        break
      case 0x58: // X
        reply.stale = true
        break
      case 0x5a: // Z
        reply.sent = true
        break
      case 0x63: // c
        token = start + 1
        tokenEnd = at
        break
      case 0x66: // f
        flags = start + 1
        flagsEnd = at
        break
      default:
        reply.rest += `${reply.rest && ' '}${bytes.toString('latin1', start, at)}`
    }
  }
  if (!reply.won && !reply.sent && !reply.stale && reply.rest === '') return
  if (token > 0) reply.cas = bytes.toString('latin1', token, tokenEnd)
  if (flags > 0) reply.flags = Number(bytes.toString('latin1', flags, flagsEnd))
}

/** Answers of whole words: a version, and errors, which may come to any command. */
function readWords(bytes: Buffer, cursor: Cursor, end: number): Reply {
  const line = bytes.toString('latin1', cursor.at, end)
  const [, word = '', rest = ''] = /^(VERSION|ERROR|CLIENT_ERROR|SERVER_ERROR)(?: (.*))?$/.exec(line) ?? []
  if (word === '') throw unreadable(bytes, cursor.at, end)
  cursor.at = end + 2
  const status = word === 'VERSION' ? 'VERSION' : 'ERROR'
  return { status, value: null, won: false, stale: false, sent: false, cas: '', flags: 0, rest: rest || word }
}

/** Where the line's CR stands, or -1. */
function endOfLine(bytes: Buffer, start: number): number {
  const most = Math.min(bytes.length, start + LONGEST_LINE)
  for (let at = start; at < most; at++)
    if (bytes[at] === LF) {
      if (bytes[at - 1] !== CR || at === start) throw unreadable(bytes, start, at)
      return at - 1
    }
  if (bytes.length - start >= LONGEST_LINE) throw unreadable(bytes, start, start + 60)
  return -1
}

function unreadable(bytes: Buffer, start: number, end: number): ProtocolError {
  const line = bytes.toString('latin1', start, Math.min(end, start + 80))
  return new ProtocolError(`${JSON.stringify(line)} arrived, which is no answer of memcached's meta protocol`)
}

/**
 * Whether memcached takes a key as it is: 1 to 250 bytes of printable ASCII without spaces. A longer one must never be sent: older servers
 * answer it with two lines, after which answers and questions no longer match.
 */
export function isSendable(key: string): boolean {
  const { length } = key
  if (length === 0 || length > KEY_BYTES) return false
  for (let at = 0; at < length; at++) {
    const char = key.charCodeAt(at)
    if (char <= SPACE || char > 0x7e) return false
  }
  return true
}
