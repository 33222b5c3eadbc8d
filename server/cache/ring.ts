import { hash } from 'node:crypto'

/** A server's place on the ring. */
export interface RingServer {
  host: string
  port: number
  /** Share of the keys, relative to the others'. Default 1. */
  weight?: number
}

/** Memcached's own port, which libmemcached leaves out of the names it places. */
export const DEFAULT_PORT = 11_211

/** Points that a server of average weight gets: 40 MD5 digests of four points each. */
const DIGESTS = 40
const POINTS_A_DIGEST = 4

/**
 * Ketama's placement of keys on servers, as libmemcached's `KETAMA_WEIGHTED` has it (and PHP's, Python's and twemproxy's ketama after it), so
 * that clients in other languages look for a key where ours put it. Adding or removing one of n servers moves 1/n of the keys.
 *
 * @param servers at least one; what counts is host and port as they are written, not their order.
 * @returns which of `servers`, by its index, a key belongs to.
 * @see https://github.com/awesomized/libmemcached/blob/v1.x/src/libmemcached/hosts.cc update_continuum
 */
export function createRing(servers: readonly RingServer[]): (key: string) => number {
  // No other place to go: the digest would cost as much as the rest of a get.
  if (servers.length === 1) return () => 0
  const points = servers.flatMap((server, index) => pointsOf(server, shareOf(server, servers), index))
  points.sort((a, b) => a.at - b.at)
  const at = Uint32Array.from(points, (point) => point.at)
  const owner = Uint16Array.from(points, (point) => point.index)
  return (key) => owner[firstFrom(at, hash('md5', key, 'buffer').readUInt32LE(0))] ?? 0
}

/** What of the ring a server gets, times the number of servers: 1 for an average one. */
function shareOf({ weight = 1 }: RingServer, servers: readonly RingServer[]): number {
  const whole = servers.reduce((sum, { weight = 1 }) => sum + weight, 0)
  return (weight / whole) * servers.length
}

function pointsOf({ host, port }: RingServer, share: number, index: number): { at: number; index: number }[] {
  const name = port === DEFAULT_PORT ? host : `${host}:${port}`
  // libmemcached adds as much, against a product just below a whole number; to agree, so do we.
  const digests = Math.floor(share * DIGESTS + 1e-10)
  return Array.from({ length: digests }, (_, n) => hash('md5', `${name}-${n}`, 'buffer')).flatMap((digest) =>
    Array.from({ length: POINTS_A_DIGEST }, (_, quarter) => ({ at: digest.readUInt32LE(4 * quarter), index })),
  )
}

/** The index of the first point at or after `value`; past the last one the ring begins again. */
function firstFrom(at: Uint32Array, value: number): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((at[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low === at.length ? 0 : low
}
