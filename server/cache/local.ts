import type { Answer, Cache, GetOptions, Lease } from './cache.ts'

export interface LocalOptions {
  /** Most bytes kept, keys and {@link ENTRY_BYTES} of overhead included. Default 64 MB. */
  bytes?: number
  /** How long a lease holds off others, in seconds. Default 10. */
  leaseSeconds?: number
  /** Milliseconds since the epoch; for tests. */
  clock?: () => number
}

export interface LocalCounters {
  entries: number
  bytes: number
  hits: number
  misses: number
  fills: number
  /** Fills that came after a delete, after their lease's time, or without having held it. */
  refusedFills: number
  evictions: number
  expirations: number
}

export interface LocalCache extends Cache {
  counters(): LocalCounters
}

/** What an entry costs beside its key and value: map slot, object, buffer header; measured with 100,000 entries. */
export const ENTRY_BYTES = 350

/** Leases are small but must not grow without bound under a scan of missing keys; the oldest is the one given up. */
const MOST_LEASES = 10_000

interface Entry {
  value: Buffer
  until: number
  /** Deleted, and kept for those who may still use it. */
  stale: boolean
}

interface Held {
  lease: Lease
  until: number
}

/** A cache in this process: least recently used out first, bounded by bytes, with the leases that memcached gives. */
export function createLocalCache(options: LocalOptions = {}): LocalCache {
  const { bytes: limit = 64 * 1024 * 1024, leaseSeconds = 10, clock = Date.now } = options
  // A Map keeps the order of insertion: first is the least recently used.
  const entries = new Map<string, Entry>()
  const leases = new Map<string, Held>()
  const count = { bytes: 0, hits: 0, misses: 0, fills: 0, refusedFills: 0, evictions: 0, expirations: 0 }
  let nextLease = 0

  const cost = (key: string, entry: Entry) => key.length + entry.value.length + ENTRY_BYTES

  function drop(key: string): boolean {
    const entry = entries.get(key)
    if (!entry) return false
    count.bytes -= cost(key, entry)
    return entries.delete(key)
  }

  function put(key: string, given: Buffer, ttl: number): void {
    drop(key)
    // Small buffers are slices of an 8 KB slab, which one that stays here would keep alive as a whole.
    const value = Buffer.allocUnsafeSlow(given.length)
    given.copy(value)
    const entry = { value, until: clock() + ttl * 1000, stale: false }
    const size = cost(key, entry)
    if (size > limit) return
    entries.set(key, entry)
    count.bytes += size
    for (const oldest of entries.keys()) {
      if (count.bytes <= limit) break
      drop(oldest)
      count.evictions++
    }
  }

  function lend(key: string, now: number): Answer & { kind: 'miss' | 'leased' } {
    const held = leases.get(key)
    if (held && held.until > now) return { kind: 'leased', lease: held.lease }
    leases.delete(key)
    for (const oldest of leases.keys()) {
      if (leases.size < MOST_LEASES) break
      leases.delete(oldest)
    }
    const lease = String(++nextLease)
    leases.set(key, { lease, until: now + leaseSeconds * 1000 })
    return { kind: 'miss', lease }
  }

  function look(key: string, { lease = true, stale: wanted = false }: GetOptions, early: number): Answer {
    const entry = entries.get(key)
    const now = clock()
    if (entry && entry.until > now && !entry.stale) {
      count.hits++
      entries.delete(key)
      entries.set(key, entry)
      const { value } = entry
      const lent = lease && entry.until - early * 1000 <= now ? lend(key, now) : undefined
      return lent?.kind === 'miss' ? { kind: 'hit', value, lease: lent.lease } : { kind: 'hit', value }
    }
    count.misses++
    const stale = entry && entry.until > now ? entry.value : undefined
    if (!stale && drop(key)) count.expirations++
    if (!lease) return { kind: 'none' }
    return stale && wanted ? { ...lend(key, now), stale } : lend(key, now)
  }

  return {
    name: 'this process',
    async get(keys, options = {}) {
      return keys.map((key, index) => look(key, options, options.early?.[index] ?? 0))
    },
    async fill(key, lease, value, ttl) {
      const held = leases.get(key)
      if (!held || held.lease !== lease || held.until <= clock()) {
        count.refusedFills++
        return false
      }
      leases.delete(key)
      put(key, value, ttl)
      count.fills++
      return true
    },
    async release(key, lease) {
      if (leases.get(key)?.lease === lease) leases.delete(key)
    },
    async set(key, value, ttl) {
      leases.delete(key)
      put(key, value, ttl)
    },
    async delete(keys, { stale = 0 } = {}) {
      for (const key of keys) {
        leases.delete(key)
        const entry = stale > 0 ? entries.get(key) : undefined
        if (!entry) drop(key)
        else {
          entry.until = Math.min(entry.until, clock() + stale * 1000)
          entry.stale = true
        }
      }
    },
    async close() {
      entries.clear()
      leases.clear()
      count.bytes = 0
    },
    counters: () => ({ entries: entries.size, ...count }),
  }
}
