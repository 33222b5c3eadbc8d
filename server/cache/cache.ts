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
 */
export type Answer =
  | { kind: 'hit'; value: Buffer; lease?: Lease }
  | { kind: 'miss'; lease: Lease }
  | { kind: 'leased'; lease: Lease }
  | { kind: 'none' }

/**
 * A cache that is best effort: no method ever throws or rejects, and every answer may be a miss.
 *
 * Values that stand for something in the database go in by `fill` with a lease, never by `set`: a `delete` between the `get` that missed
 * and the `fill` revokes the lease, so a value read before a write cannot be stored after it ("Scaling Memcache at Facebook", NSDI 2013, 3.2.1).
 */
export interface Cache {
  /**
   * Answers in the order of `keys`. With `lease` (the default) one asker of each missing key wins the right to fill it;
   * with `lease: false` a missing key is `none` and nobody is kept waiting.
   */
  get(keys: readonly string[], options?: { lease?: boolean }): Promise<Answer[]>
  /** Stores what the holder of `lease` read. False when it was refused: deleted since, lent to another, or expired. `ttl` in seconds. */
  fill(key: string, lease: Lease, value: Buffer, ttl: number): Promise<boolean>
  /** Stores without a lease, for values that nothing else can contradict. `ttl` in seconds. */
  set(key: string, value: Buffer, ttl: number): Promise<void>
  /** Forgets the keys and revokes their leases: after this no fill begun before it is taken. */
  delete(keys: readonly string[]): Promise<void>
  /** Lets go of connections and memory. */
  close(): Promise<void>
}

/** Memcached's limit on a key (doc/protocol.txt), which every implementation keeps. */
export const KEY_BYTES = 250

/**
 * A key from its parts, always fit for memcached: printable ASCII without spaces, at most 250 bytes. A last part that is not (an id may hold
 * anything) is replaced by its SHA-256, which cannot collide with an unreplaced one because of its `#`.
 *
 * @throws when a leading part is not made of letters, digits, `-`, `_` and `.`: those are names in code.
 */
export function cacheKey(names: readonly string[], id: string): string {
  const bad = names.find((name) => !/^[\w.-]+$/.test(name))
  if (bad !== undefined)
    throw new Error(`cache key part ${JSON.stringify(bad)}: expected letters, digits, "-", "_", "."`)
  const prefix = `${names.join(':')}:`
  if (/^[\x21-\x22\x24-\x7e][\x21-\x7e]*$/.test(id) && prefix.length + id.length <= KEY_BYTES) return prefix + id
  return `${prefix}#${createHash('sha256').update(id).digest('base64url')}`
}
