import { createHash } from 'node:crypto'

/** The right to fill one key, handed out by the cache; opaque, compared and given back, never read. */
export type Lease = string

/**
 * What the cache knows of one key.
 *
 * - `hit`: the value. With `lease` it will soon expire and the asker has won the right to fill it anew.
 * - `miss`: nothing, and `lease` is the asker's right to fill.
 * - `leased`: nothing, and somebody else holds `lease`: join them or ask again soon.
 * - `none`: nothing, and no right to fill (not asked for, or the cache cannot be reached).
 *
 * `stale` is what was deleted a moment ago, where the delete said to keep it for those who may use it, and they ask for it. It never outlives the
 * time it was stored for.
 */
export type Answer =
  | { kind: 'hit'; value: Buffer; lease?: Lease }
  | { kind: 'miss'; lease: Lease; stale?: Buffer }
  | { kind: 'leased'; lease: Lease; stale?: Buffer }
  | { kind: 'none' }

export interface GetOptions {
  /**
   * With `true` (the default) one asker of each missing key wins the right to fill it; with `false` a missing key is `none`, nobody is kept waiting
   * and nobody wins anything.
   */
  lease?: boolean
  /** Whether a value that was deleted softly is of use. Default false. */
  stale?: boolean
  /** For each key, seconds before its end from which one asker wins the right to fill it anew. Default: nobody ever does. */
  early?: readonly number[]
}

/**
 * A cache that is best effort: no method ever throws or rejects, and every answer may be a miss.
 *
 * Values that stand for something in the database go in by `fill` with a lease, never by `set`: a `delete` between the `get` that missed
 * and the `fill` revokes the lease, so a value read before a write cannot be stored after it ("Scaling Memcache at Facebook", NSDI 2013, 3.2.1).
 */
export interface Cache {
  /** What it is, for those who look at a request: `memcached`, `this process`. */
  readonly name: string
  /** Answers in the order of `keys`, in one round trip. */
  get(keys: readonly string[], options?: GetOptions): Promise<Answer[]>
  /** Stores what the holder of `lease` read. False when it was refused: deleted since, lent to another, or expired. `ttl` in seconds. */
  fill(key: string, lease: Lease, value: Buffer, ttl: number): Promise<boolean>
  /** Gives the lease of a miss back: the next asker gets one. */
  release(key: string, lease: Lease): Promise<void>
  /** Stores without a lease, for values that nothing else can contradict. `ttl` in seconds. */
  set(key: string, value: Buffer, ttl: number): Promise<void>
  /**
   * Forgets the keys and revokes their leases: after this no fill begun before it is taken. With `stale` the old values are kept for so many
   * seconds, though not beyond their own time, for those who may use them. Resolves when the cache has done it, or has noted to do it as soon as it can be reached.
   */
  delete(keys: readonly string[], options?: { stale?: number }): Promise<void>
  /** Lets go of connections and memory. */
  close(): Promise<void>
}

/** Memcached's limit on a key (doc/protocol.txt), which every implementation keeps. */
export const KEY_BYTES = 250

/**
 * Makes keys of one kind from ids, always fit for memcached: printable ASCII without spaces, at most 250 bytes. An id that is not (an id may hold
 * anything) is replaced by its SHA-256, which cannot collide with an unreplaced one because of its `#`.
 *
 * @throws when a name is not made of letters, digits, `-`, `_` and `.`: names are written in code.
 */
export function cacheKeys(names: readonly string[]): (id: string) => string {
  const bad = names.find((name) => !/^[\w.-]+$/.test(name))
  if (bad !== undefined)
    throw new Error(`cache key part ${JSON.stringify(bad)}: expected letters, digits, "-", "_", "."`)
  const prefix = `${names.join(':')}:`
  return (id) =>
    isPlain(id) && prefix.length + id.length <= KEY_BYTES
      ? prefix + id
      : `${prefix}#${createHash('sha256').update(id).digest('base64url')}`
}

/** Whether an id may stand in a key as it is, and cannot be taken for a hashed one. */
function isPlain(id: string): boolean {
  if (id === '' || id.charCodeAt(0) === 0x23) return false
  for (let at = 0; at < id.length; at++) {
    const char = id.charCodeAt(at)
    if (char <= 0x20 || char > 0x7e) return false
  }
  return true
}
