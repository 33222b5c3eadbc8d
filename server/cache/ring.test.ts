import { expect, test } from 'vitest'
import { createRing, type RingServer } from './ring.ts'

/** libmemcached's own case for its ketama: these servers, these weights. */
const SERVERS: RingServer[] = [600, 300, 200, 350, 1000, 800, 950, 100].map((weight, index) => ({
  host: `10.0.1.${index + 1}`,
  port: 11_211,
  weight,
}))

const keys = Array.from({ length: 10_000 }, (_, n) => `e:player:1:${n}`)
const three: RingServer[] = [1, 2, 3].map((n) => ({ host: '127.0.0.1', port: 21_000 + n }))

test.each([
  ['SVa_]_V41)', 7],
  ['*/Z;?V(.\\8', 1],
  ['30C1*Z*S/_', 2],
  ['ERR:EC58G>', 7],
  ['1I=cTMNTKF', 5],
  ['P1[Ma3=K1/', 8],
  ['D[HE+cFXDK', 3],
  ['EM75N0+[X1', 4],
  ['6,cEI`F_P>', 6],
  ['\\39DKW^)N_', 3],
  ['c,5AQ/T5)6', 8],
  [']\\.UH8_0a1', 4],
  ['8*6a;Sc*X+', 2],
  ['7cY</BSaL=', 6],
])('the key %s lies where libmemcached has it: on 10.0.1.%i', (key, last) => {
  expect(SERVERS[createRing(SERVERS)(key)]?.host).toBe(`10.0.1.${last}`)
})

test('a key past the last point lies on the server of the first', () => {
  // Its digest, fffcd1b5, lies after every point of these servers.
  const ring = createRing(SERVERS)
  expect(SERVERS[ring('VDEAAAAA')]?.host).toBe('10.0.1.3')
})

test('servers of one weight share the keys evenly, within a quarter', () => {
  const ring = createRing(three)
  const shares = Map.groupBy(keys, ring)
  expect(shares.size).toBe(3)
  for (const { length } of shares.values()) expect(Math.abs(length / keys.length - 1 / 3)).toBeLessThan(1 / 12)
})

test('the order in which servers are written moves no key', () => {
  const ring = createRing(three)
  const turned = three.toReversed()
  const other = createRing(turned)
  expect(keys.filter((key) => three[ring(key)] !== turned[other(key)])).toEqual([])
})

test('a server that is taken away moves its own keys and no others', () => {
  const before = createRing(three)
  const after = createRing(three.slice(0, 2))
  expect(keys.filter((key) => before(key) !== 2 && before(key) !== after(key))).toEqual([])
})

test('one server has every key', () => {
  expect(new Set(keys.map(createRing([{ host: 'cache', port: 11_211 }])))).toEqual(new Set([0]))
})
