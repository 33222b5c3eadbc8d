import { randomInt } from 'node:crypto'
import type { Answer, Cache, Lease } from './cache.ts'
import { MemcachedError } from './connection.ts'
import { createMemcached, type MemcachedOptions, REFUSED, type Servers } from './memcached.ts'
import { isSendable, type Reply } from './meta.ts'
import type { Server, ServerReport } from './server.ts'

export interface SharedOptions extends MemcachedOptions {
  /** How long a lease holds off others, in whole seconds. Default 10. */
  leaseSeconds?: number
}

export interface SharedCache extends Cache {
  /** Resolves when each server has answered, or failed to, for the first time. Never rejects. */
  ready(): Promise<void>
  /** How each server stands. */
  report(): ServerReport[]
}

/** Memcached's default for the largest item, less what it keeps beside the value (its option `-I`): a value past it is not sent. Bytes. */
const LARGEST = 1024 * 1024 - 1024

const NONE: Answer = { kind: 'none' }

/** Digits of this process's own, and of those that count: together they stay below memcached's 2^64. */
const OURS = String(randomInt(1, 1_000_000_000))
const COUNTING = 10
let tokens = 0

/** A token for the stub of a miss that no other lease has, whatever was started anew meanwhile. They come round after many thousand lives of a lease. */
function nextToken(): string {
  tokens = (tokens + 1) % 10 ** COUNTING
  return OURS + String(tokens).padStart(COUNTING, '0')
}

/**
 * A cache that processes and machines share: memcached, with its own leases. A miss leaves a stub in the key's place (`N`), whose CAS token is the
 * lease: a fill is a compare-and-swap on it, a delete takes the stub away and the fill finds nothing to swap. Where memcached is new enough (1.6.27)
 * the token is ours (`E`), and unlike any other.
 *
 * A server that does not answer is out of use for a moment, and its keys are `none`: they do not move to other servers, which nobody tells
 * to forget them when the first is back.
 *
 * @throws RangeError without a server, and for a host or port that cannot be one.
 */
export function createSharedCache({ leaseSeconds = 10, ...options }: SharedOptions): SharedCache {
  const memcached = createMemcached(options)
  const release = (key: string, lease: Lease) => swap(memcached, key, lease, (cas) => [`md ${key} C${cas}\r\n`, null])

  return {
    name: 'memcached',
    get: (keys, { lease = true, stale = false, early } = {}) =>
      ask(memcached, keys, (key, index, server) => {
        if (!lease) return `mg ${key} v\r\n`
        const refresh = early?.[index] ?? 0
        const own = server.takesTokens ? ` E${nextToken()}` : ''
        return `mg ${key} v c${stale ? ' f' : ''} N${leaseSeconds}${refresh > 0 ? ` R${Math.ceil(refresh)}` : ''}${own}\r\n`
      }),
    async fill(key, lease, value, ttl) {
      if (value.length <= LARGEST)
        return swap(memcached, key, lease, (cas) => [
          `ms ${key} ${value.length} C${cas} T${lifetime(ttl)} F${end(ttl)}\r\n`,
          value,
        ])
      // Nobody shall wait for what will not come.
      await release(key, lease)
      return false
    },
    async release(key, lease) {
      await release(key, lease)
    },
    async set(key, value, ttl) {
      if (value.length > LARGEST) await forget(memcached, [key], '')
      else await memcached.set(key, value, { ttl: lifetime(ttl) }).catch(() => {})
    },
    delete: (keys, { stale = 0 } = {}) => forget(memcached, keys, stale > 0 ? ` I T${lifetime(stale)}` : ''),
    async close() {
      // Who has just committed tells us in this turn; then what is under way is let arrive.
      await new Promise(setImmediate)
      await memcached.flush().catch(() => {})
      memcached.close()
    },
    ready: () => memcached.ready(),
    report: () => memcached.report(),
  }
}

function ask(
  memcached: Servers,
  keys: readonly string[],
  command: (key: string, index: number, server: Server) => string,
): Promise<Answer[]> {
  const [only] = keys
  if (keys.length === 1 && only !== undefined) return askOne(memcached, only, command)
  return new Promise((resolve) => {
    const answers = keys.map(() => NONE)
    const parts = new Map<Server, Part>()
    keys.forEach((key, index) => {
      if (!isSendable(key)) return
      const server = memcached.of(key)
      const part = parts.get(server)
      if (part === undefined) parts.set(server, { text: command(key, index, server), indices: [index] })
      else {
        part.text += command(key, index, server)
        part.indices.push(index)
      }
    })
    let left = parts.size
    if (left === 0) resolve(answers)
    for (const [server, { text, indices }] of parts)
      server.send(text, null, indices.length, (replies) => {
        if (replies instanceof MemcachedError) server.count(replies, indices.length)
        else
          indices.forEach((index, n) => {
            answers[index] = answerOf(replies[n] as Reply, { memcached, server, key: keys[index] ?? '' })
          })
        if (--left === 0) resolve(answers)
      })
  })
}

/** Keys that lie on one server, by their places among all that are asked for. */
interface Part {
  text: string
  indices: number[]
}

/** As {@link ask}, for what is asked most: one key. */
function askOne(
  memcached: Servers,
  key: string,
  command: (key: string, index: number, server: Server) => string,
): Promise<Answer[]> {
  return new Promise((resolve) => {
    if (!isSendable(key)) return resolve([NONE])
    const server = memcached.of(key)
    server.send(command(key, 0, server), null, 1, (replies) => {
      if (replies instanceof MemcachedError) {
        server.count(replies, 1)
        resolve([NONE])
      } else resolve([answerOf(replies[0] as Reply, { memcached, server, key })])
    })
  })
}

/** What was asked of whom. */
interface Asked {
  memcached: Servers
  server: Server
  key: string
}

function answerOf({ status, value, won, stale, sent, cas, flags }: Reply, { memcached, server, key }: Asked): Answer {
  if (status === 'ERROR') server.count(REFUSED, 1)
  if (status !== 'VA' || value === null) return NONE
  // A stub has no bytes; a value of ours never has none.
  const empty = value.length === 0
  if (!won && !sent && !stale) return empty ? NONE : { kind: 'hit', value }
  // Without a token nobody asked for a lease. Whoever looks first at what is stale wins it all the same, and passes it on.
  if (cas === '') {
    if (won) void forget(memcached, [key], '')
    return empty || stale ? NONE : { kind: 'hit', value }
  }
  const lease = `${server.generation}.${cas}`
  if (!stale && !empty) return won ? { kind: 'hit', value, lease } : { kind: 'hit', value }
  const kind = won ? 'miss' : 'leased'
  // Each soft delete gives it its seconds anew: its own end is what stands in its flags.
  return empty || flags <= now() ? { kind, lease } : { kind, lease, stale: value }
}

/** What only the holder of a lease may do. @returns whether it was the holder. */
function swap(
  memcached: Servers,
  key: string,
  lease: Lease,
  command: (cas: string) => [text: string, body: Buffer | null],
): Promise<boolean> {
  return new Promise((resolve) => {
    const server = isSendable(key) ? memcached.of(key) : undefined
    const [generation, cas = ''] = lease.split('.')
    // A server that was started anew counts from one again: a token of before may be another's by now.
    if (server === undefined || generation !== String(server.generation)) return resolve(false)
    const [text, body] = command(cas)
    server.send(text, body, 1, (replies) => {
      if (replies instanceof MemcachedError) server.count(replies, 1)
      else if (replies[0]?.status === 'ERROR') server.count(REFUSED, 1)
      resolve(!(replies instanceof MemcachedError) && replies[0]?.status === 'HD')
    })
  })
}

function forget(memcached: Servers, keys: readonly string[], flags: string): Promise<void> {
  return new Promise((resolve) => {
    const byServer = Map.groupBy(keys.filter(isSendable), (key) => memcached.of(key))
    let left = byServer.size
    if (left === 0) resolve()
    for (const [server, some] of byServer)
      server.forget(some, some.map((key) => `md ${key}${flags}\r\n`).join(''), () => {
        if (--left === 0) resolve()
      })
  })
}

/** Seconds since 1970. */
const now = (): number => Math.floor(Date.now() / 1000)

/** When a value's own time is over, in the 32 bits that memcached keeps with it. */
const end = (ttl: number): number => now() + lifetime(ttl)

/** Memcached counts whole seconds, takes 0 for ever and more than 30 days for a date. */
const lifetime = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 1), 30 * 86_400)
