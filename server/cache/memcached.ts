import { type Done, MemcachedError } from './connection.ts'
import { isSendable, type Reply } from './meta.ts'
import { createRing, type RingServer } from './ring.ts'
import { Server, type ServerReport } from './server.ts'

export interface MemcachedOptions {
  /** The same in every process and every language that shares the cache: their ring decides where a key lies. */
  servers: readonly RingServer[]
  /** Milliseconds without an answer after which a server is out of use. Default 100. */
  timeout?: number
  /** Milliseconds that the process may sit idle for an answer before it counts as slow; five of these and the server is out of use. Default 30. */
  slow?: number
  /** Requests that may wait for one server's answers; more are refused at once. Default 20,000. */
  pending?: number
  /** Takes a line when a server goes out of use and when it is back. Default standard error. */
  log?: (line: string) => void
}

/** Options of {@link Memcached.get}. */
export interface GetOptions {
  /** Gives the item this many seconds from now. */
  touch?: number
}

export interface SetOptions {
  /** Seconds to keep it; 0 is for ever, past 30 days it is a time since 1970. Default 0. */
  ttl?: number
  /** Stores only over an item with this CAS token. */
  cas?: string
  /** `add` only where there is none, `replace` only where there is one; `append` and `prepend` change what is there. Default `set`. */
  mode?: 'set' | 'add' | 'replace' | 'append' | 'prepend'
}

/** What became of a write: `exists` is another CAS, `absent` no item, `kept` the mode's own condition. */
export type Stored = 'stored' | 'exists' | 'absent' | 'kept'

export interface DeleteOptions {
  /** Only an item with this CAS token. */
  cas?: string
  /** Marks it as stale instead, and keeps it for this many seconds for those who may still use it. */
  stale?: number
}

export interface CountOptions {
  /** How much to add; negative counts down, and stops at 0. Default 1. */
  by?: number
  /** Where there is no item: its first value. Without it there is none afterwards either. */
  initial?: number
  /** Seconds to keep it. Default 0: for ever. */
  ttl?: number
}

/** An item with what memcached knows of it. */
export interface Item {
  value: Buffer
  cas: string
  /** Seconds left; -1 for ever. */
  ttl: number
  /** Marked as stale, or being filled by somebody: see {@link Memcached.lease}. */
  stale: boolean
}

/**
 * A client of memcached by its meta protocol (1.6.12 or newer). Every promise rejects with a {@link MemcachedError} where the server did not answer or
 * refused, never for a miss; a key that memcached would not take is refused before it is sent. Values are views of what was received:
 * copy one to keep it for long.
 */
export interface Memcached {
  /** `mg`: the value, or null. */
  get(key: string, options?: GetOptions): Promise<Buffer | null>
  /** `mg`, many: one round trip to each server concerned. In the order of the keys. */
  getMany(keys: readonly string[]): Promise<(Buffer | null)[]>
  /** `mg` with all it can tell. Null for none. */
  item(key: string): Promise<Item | null>
  /** `ms` */
  set(key: string, value: Buffer | string, options?: SetOptions): Promise<Stored>
  /** `md`. @returns whether there was an item to delete, of that CAS token. */
  delete(key: string, options?: DeleteOptions): Promise<boolean>
  /** `ma`: the number after counting; null where there is no item and no `initial`. */
  count(key: string, options?: CountOptions): Promise<number | null>
  /** `me`: what memcached says of an item for people, by name; null for none. */
  describe(key: string): Promise<Record<string, string> | null>
  /** `mn`: resolves when every server has answered all that was sent to it before. */
  flush(): Promise<void>
  /** Resolves when each server has answered, or failed to, for the first time. Never rejects. */
  ready(): Promise<void>
  /** How each server stands. */
  report(): ServerReport[]
  /** Ends all connections; what waits is told so. */
  close(): void
}

/** The server a key lies on, and all of them: what the cache of this room builds on. */
export interface Servers extends Memcached {
  of(key: string): Server
}

/** How an answer that is an error is counted. */
export const REFUSED = { kind: 'refused' } as const

const MODES = { set: 'S', add: 'E', replace: 'R', append: 'A', prepend: 'P' } as const

const STORED: Partial<Record<Reply['status'], Stored>> = { HD: 'stored', EX: 'exists', NF: 'absent', NS: 'kept' }

/**
 * Connects to memcached: one connection a server, over which all requests of a turn of the event loop leave together.
 *
 * ```ts
 * const memcached = createMemcached({ servers: [{ host: '127.0.0.1', port: 11211 }] })
 * await memcached.set('greeting', 'hello', { ttl: 60 })
 * await memcached.get('greeting') // <Buffer 68 65 6c 6c 6f>
 * ```
 *
 * @throws RangeError without a server, and for a host or port that cannot be one.
 */
export function createMemcached(options: MemcachedOptions): Servers {
  const { servers: addresses, timeout = 100, slow = 30, pending = 20_000, log = console.error } = options
  check(addresses)
  const servers = addresses.map((address) => new Server(address, { timeout, slow, pending, log }))
  const ring = createRing(addresses)
  const [first] = servers
  const of = (key: string): Server => servers[ring(key)] ?? (first as Server)

  /** One command, and what its answer means. */
  function ask<T>(key: string, command: string, body: Buffer | null, read: (reply: Reply) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!isSendable(key)) throw unsendable(key)
      const server = of(key)
      server.send(command, body, 1, (replies) => {
        if (replies instanceof MemcachedError) {
          server.count(replies, 1)
          reject(replies)
          return
        }
        const reply = replies[0] as Reply
        if (reply.status === 'ERROR') {
          server.count(REFUSED, 1)
          reject(refused(server, reply))
        } else resolve(read(reply))
      })
    })
  }

  return {
    of,
    get: (key, { touch } = {}) =>
      ask(key, touch === undefined ? `mg ${key} v\r\n` : `mg ${key} v T${seconds(touch)}\r\n`, null, valueOf),
    getMany(keys) {
      return new Promise((resolve, reject) => {
        const values = keys.map((): Buffer | null => null)
        let left = 0
        for (const [server, part] of byServer(keys, of)) {
          left++
          server.send(part.text, null, part.indices.length, (replies) => {
            if (replies instanceof MemcachedError) {
              server.count(replies, part.indices.length)
              reject(replies)
              return
            }
            part.indices.forEach((index, n) => (values[index] = valueOf(replies[n] as Reply)))
            if (--left === 0) resolve(values)
          })
        }
        if (left === 0) resolve(values)
      })
    },
    item: (key) =>
      ask(key, `mg ${key} v c t\r\n`, null, ({ value, cas, rest, stale, sent, won }) =>
        value === null ? null : { value, cas, ttl: Number(rest.slice(1)), stale: stale || sent || won },
      ),
    set(key, value, { ttl = 0, cas, mode = 'set' } = {}) {
      const body = typeof value === 'string' ? Buffer.from(value) : value
      const condition = cas === undefined ? '' : ` C${token(cas)}`
      const command = `ms ${key} ${body.length} T${seconds(ttl)} M${MODES[mode]}${condition}\r\n`
      return ask(key, command, body, ({ status }) => STORED[status] ?? 'kept')
    },
    delete(key, { cas, stale } = {}) {
      const condition = cas === undefined ? '' : ` C${token(cas)}`
      const mark = stale === undefined ? '' : ` I T${seconds(stale)}`
      return ask(key, `md ${key}${condition}${mark}\r\n`, null, ({ status }) => status === 'HD')
    },
    count(key, { by = 1, initial, ttl = 0 } = {}) {
      const begin = initial === undefined ? '' : ` N${seconds(ttl)} J${whole(initial)}`
      const command = `ma ${key} v M${by < 0 ? 'D' : 'I'} D${whole(Math.abs(by))}${begin}\r\n`
      return ask(key, command, null, ({ value }) => (value === null ? null : Number(value.toString('latin1'))))
    },
    describe: (key) =>
      ask(key, `me ${key}\r\n`, null, ({ status, rest }) =>
        status === 'ME'
          ? Object.fromEntries(
              rest
                .split(' ')
                .slice(1)
                .map((pair) => pair.split('=', 2)),
            )
          : null,
      ),
    async flush() {
      const pongs = await Promise.allSettled(servers.map((server) => pong(server)))
      for (const pong of pongs) if (pong.status === 'rejected') throw pong.reason
    },
    async ready() {
      await Promise.all(servers.map(({ settled }) => settled))
    },
    report: () => servers.map((server) => server.report()),
    close() {
      for (const server of servers) server.close()
    },
  }
}

/** What of many keys goes to one server, and the places of those keys among all. */
interface Part {
  text: string
  indices: number[]
}

function byServer(keys: readonly string[], of: (key: string) => Server): Map<Server, Part> {
  const parts = new Map<Server, Part>()
  keys.forEach((key, index) => {
    if (!isSendable(key)) throw unsendable(key)
    const server = of(key)
    const part = parts.get(server)
    if (part === undefined) parts.set(server, { text: `mg ${key} v\r\n`, indices: [index] })
    else {
      part.text += `mg ${key} v\r\n`
      part.indices.push(index)
    }
  })
  return parts
}

function pong(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const done: Done = (replies) => (replies instanceof MemcachedError ? reject(replies) : resolve())
    server.send('mn\r\n', null, 1, done)
  })
}

/** An item that is being filled for the first time has no bytes, and is none yet. */
const valueOf = ({ value, sent, won }: Reply): Buffer | null =>
  value !== null && value.length === 0 && (sent || won) ? null : value

const refused = (server: Server, { rest }: Reply): MemcachedError =>
  new MemcachedError('refused', `memcached at ${server.name} refused: ${rest}`)

const unsendable = (key: string): RangeError =>
  new RangeError(
    `the key ${JSON.stringify(key.slice(0, 80))} has ${key.length} characters: expected 1 to 250 of printable ASCII without spaces, as cacheKeys makes them`,
  )

function check(addresses: readonly RingServer[]): void {
  if (addresses.length === 0)
    throw new RangeError('no memcached server was given: expected at least one { host, port }')
  for (const { host, port } of addresses)
    if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new RangeError(
        `memcached server ${JSON.stringify({ host, port })}: expected a host and a port from 1 to 65535`,
      )
}

function seconds(value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RangeError(`${value} seconds: expected a whole number from 0`)
}

function whole(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`${value} cannot be counted with: expected a whole number up to 2^53`)
}

function token(cas: string): string {
  if (/^\d{1,20}$/.test(cas)) return cas
  throw new RangeError(`${JSON.stringify(cas)} is no CAS token: expected the digits that an item came with`)
}
