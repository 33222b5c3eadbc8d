import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bridge, hasMemcached, listenRaw, startMemcached } from './fixture.ts'
import { freePort } from '../services.ts'
import { createMemcached, type MemcachedOptions, type Servers } from './memcached.ts'

/** A client that ends with its test, and says nothing. */
async function connected(servers: MemcachedOptions['servers'], more: Partial<MemcachedOptions> = {}): Promise<Servers> {
  const client = createMemcached({ servers, log: () => {}, timeout: 2000, slow: 1000, ...more })
  onTestFinished(() => client.close())
  await client.ready()
  return client
}

describe.skipIf(!hasMemcached)('a real memcached', () => {
  test('a value comes back byte for byte', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    const value = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 256))
    expect(await client.set('k', value)).toBe('stored')
    expect(await client.get('k')).toEqual(value)
    expect(await client.set('empty', '')).toBe('stored')
    expect(await client.get('empty')).toEqual(Buffer.alloc(0))
  })

  test('what is not there is null', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    expect(await client.get('nothing')).toBeNull()
    expect(await client.item('nothing')).toBeNull()
    expect(await client.describe('nothing')).toBeNull()
    expect(await client.delete('nothing')).toBe(false)
    expect(await client.count('nothing')).toBeNull()
  })

  test('many keys are one round trip, in the order of the keys, repeated and missing ones included', async () => {
    await using server = await startMemcached()
    await using line = await bridge(server)
    const client = await connected([line])
    await client.set('a', '1')
    await client.set('b', '2')
    const before = line.writes
    const values = await client.getMany(['b', 'nothing', 'a', 'b'])
    expect(values.map((value) => value?.toString())).toEqual(['2', undefined, '1', '2'])
    expect(line.writes - before).toBe(1)
    expect(await client.getMany([])).toEqual([])
  })

  test('all requests of one turn of the event loop leave in one write', async () => {
    await using server = await startMemcached()
    await using line = await bridge(server)
    const client = await connected([line])
    const before = line.writes
    const early = [client.set('a', 'x'.repeat(2000)), client.get('a'), client.delete('nothing')]
    // Asked for a few promises later, in the same turn.
    const late = Promise.resolve().then(() => client.getMany(['a', 'b']))
    await Promise.all([...early, late])
    expect(line.writes - before).toBe(1)
  })

  test('an item is written by its CAS token once, and not over another’s write', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    await client.set('k', 'one', { ttl: 60 })
    const { cas, ttl, value, stale } = (await client.item('k')) ?? { cas: '' }
    expect({ ttl, value: value?.toString(), stale }).toEqual({ ttl: 60, value: 'one', stale: false })
    expect(await client.set('k', 'two', { cas })).toBe('stored')
    expect(await client.set('k', 'three', { cas })).toBe('exists')
    expect(await client.delete('k', { cas })).toBe(false)
    await client.delete('k')
    expect(await client.set('k', 'four', { cas })).toBe('absent')
  })

  test('add, replace, append and prepend keep their conditions', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    expect(await client.set('k', 'b', { mode: 'replace' })).toBe('kept')
    expect(await client.set('k', 'b', { mode: 'add' })).toBe('stored')
    expect(await client.set('k', 'x', { mode: 'add' })).toBe('kept')
    expect(await client.set('k', 'c', { mode: 'append' })).toBe('stored')
    expect(await client.set('k', 'a', { mode: 'prepend' })).toBe('stored')
    expect((await client.get('k'))?.toString()).toBe('abc')
  })

  test('a marked item is stale, and goes after its time', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    await client.set('k', 'old')
    expect(await client.delete('k', { stale: 30 })).toBe(true)
    expect(await client.item('k')).toMatchObject({ stale: true, ttl: 30 })
  })

  test('counting begins where it is told, goes up and down, and stops at nothing', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    expect(await client.count('n', { initial: 5, ttl: 60 })).toBe(5)
    expect(await client.count('n')).toBe(6)
    expect(await client.count('n', { by: -2 })).toBe(4)
    expect(await client.count('n', { by: -9 })).toBe(0)
  })

  test('a read can lengthen a life', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    await client.set('k', 'x', { ttl: 5 })
    await client.get('k', { touch: 500 })
    expect((await client.item('k'))?.ttl).toBeGreaterThan(400)
    expect(Number((await client.describe('k'))?.['size'])).toBeGreaterThan(0)
  })

  test('what the server refuses is told in its words, and the connection goes on', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    const large = client.set('k', Buffer.alloc(2 * 1024 * 1024))
    await expect(large).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('too large') as string,
    })
    await client.set('k', 'x')
    expect((await client.get('k'))?.toString()).toBe('x')
    expect(client.report()[0]).toMatchObject({ up: true, ejections: 0 })
  })

  test('keys are spread over servers, and each is found again', async () => {
    await using a = await startMemcached()
    await using b = await startMemcached()
    await using c = await startMemcached()
    const client = await connected([a, b, c])
    const keys = Array.from({ length: 90 }, (_, n) => `k${n}`)
    await Promise.all(keys.map((key) => client.set(key, key)))
    expect((await client.getMany(keys)).map(String)).toEqual(keys)
    const { length } = client.report().filter(({ commands }) => commands > 10)
    expect(length).toBe(3)
    await client.flush()
  })

  test('a server that is killed fails its keys alone, at once, until it is back', async () => {
    await using a = await startMemcached()
    await using b = await startMemcached()
    const lines: string[] = []
    const client = await connected([a, b], { log: (line) => void lines.push(line) })
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`)
    const isOnA = (key: string) => client.of(key).name.endsWith(`:${a.port}`)
    const onA = keys.find(isOnA) ?? ''
    const onB = keys.find((key) => !isOnA(key)) ?? ''
    await Promise.all(keys.map((key) => client.set(key, 'x')))
    await a.kill()
    await vi.waitFor(() => expect(client.report()[0]?.up).toBe(false))
    await expect(client.get(onA)).rejects.toMatchObject({ kind: 'down' })
    expect((await client.get(onB))?.toString()).toBe('x')
    await a.restart()
    await vi.waitFor(() => expect(client.report()[0]?.up).toBe(true))
    expect(await client.get(onA)).toBeNull()
    expect(client.report()[0]).toMatchObject({ ejections: 1, version: expect.stringMatching(/^1\./) as string })
    expect(lines).toEqual([
      expect.stringMatching(/out of use until it answers again$/),
      expect.stringMatching(/in use again$/),
    ])
  })

  test('a server that hangs is given up after the time-out, and asked by one connection whether it is back', async () => {
    await using server = await startMemcached()
    const client = await connected([server], { timeout: 150 })
    await client.set('k', 'x')
    await server.pause()
    await expect(client.get('k')).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('150 ms') as string,
    })
    // From then on nobody waits for it, although its kernel takes connections.
    await expect(client.get('k')).rejects.toMatchObject({ kind: 'down' })
    await sleep(200)
    expect(client.report()[0]).toMatchObject({ up: false, failures: { timeout: 1, down: 1 } })
    server.resume()
    await vi.waitFor(() => expect(client.report()[0]?.up).toBe(true), 5000)
    expect((await client.get('k'))?.toString()).toBe('x')
  })

  test('a process that was too busy to look does not take the server for slow or dead', async () => {
    await using server = await startMemcached()
    // Longer than a loaded machine keeps the server from running, shorter than we look away.
    const client = await connected([server], { timeout: 200, slow: 100 })
    await client.set('k', 'x')
    for (let n = 0; n < 8; n++) {
      const asked = client.get('k')
      await new Promise(setImmediate)
      const until = performance.now() + 300
      while (performance.now() < until);
      expect((await asked)?.toString()).toBe('x')
    }
    expect(client.report()[0]).toMatchObject({ up: true, ejections: 0 })
  })

  test('a server that answers too slowly is out of use, and stays out while it is slow', async () => {
    await using server = await startMemcached()
    await using line = await bridge(server)
    const client = await connected([line], { timeout: 1000, slow: 10 })
    await client.set('k', 'x')
    line.delay = 30
    for (let n = 0; n < 20 && client.report()[0]?.up; n++) await client.get('k').catch(() => {})
    expect(client.report()[0]).toMatchObject({ up: false, ejections: 1 })
    await sleep(500)
    expect(client.report()[0]).toMatchObject({ up: false, ejections: 1 })
    line.delay = 0
    await vi.waitFor(() => expect(client.report()[0]?.up).toBe(true), 5000)
  })

  test('a line that breaks fails what was under way, and what comes after it is put right', async () => {
    await using server = await startMemcached()
    await using line = await bridge(server)
    const client = await connected([line])
    await client.set('k', 'x')
    line.delay = 40
    const under = client.get('k')
    under.catch(() => {})
    await sleep(10)
    line.cut()
    await expect(under).rejects.toMatchObject({ kind: 'closed' })
    line.delay = 0
    await vi.waitFor(async () => expect((await client.get('k'))?.toString()).toBe('x'))
  })

  test('more requests than may wait are refused, and counted', async () => {
    await using server = await startMemcached()
    const client = await connected([server], { pending: 10 })
    const asked = await Promise.allSettled(Array.from({ length: 15 }, () => client.get('k')))
    expect(asked.filter(({ status }) => status === 'rejected')).toHaveLength(5)
    expect(client.report()[0]).toMatchObject({ failures: { busy: 5 } })
  })

  test('after close everything is told so', async () => {
    await using server = await startMemcached()
    const client = await connected([server])
    const asked = client.get('k')
    client.close()
    await expect(asked).rejects.toMatchObject({ kind: 'ended' })
    await expect(client.get('k')).rejects.toMatchObject({ kind: 'ended' })
  })
})

test.each(['', 'a b', 'x'.repeat(251), 'a\r\nmd b'])('the key %j is refused before the wire', async (key) => {
  const client = await connected([{ host: '127.0.0.1', port: await freePort() }])
  await expect(client.get(key)).rejects.toThrow('expected 1 to 250 of printable ASCII')
  await expect(client.getMany(['fine', key])).rejects.toThrow(RangeError)
})

test('nobody at the port: told at once, nothing hangs', async () => {
  const port = await freePort()
  const lines: string[] = []
  const client = await connected([{ host: '127.0.0.1', port }], { log: (line) => void lines.push(line) })
  await expect(client.get('k')).rejects.toMatchObject({ kind: 'down' })
  expect(lines).toEqual([
    expect.stringMatching(
      /^memcached at 127\.0\.0\.1:\d+: connect ECONNREFUSED .*; out of use until it answers again$/,
    ),
  ])
})

test('another service at the port is never used', async () => {
  await using web = await listenRaw((_, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const lines: string[] = []
  const client = await connected([web], { log: (line) => void lines.push(line) })
  await expect(client.get('k')).rejects.toMatchObject({ kind: 'down' })
  expect(lines[0]).toContain('"HTTP/1.1 400 Bad Request" arrived, which is no answer of memcached')
})

test('a memcached from before the meta commands is refused by its version', async () => {
  await using old = await listenRaw((_, socket) => socket.write('VERSION 1.5.22\r\n'))
  const lines: string[] = []
  await connected([old], { log: (line) => void lines.push(line) })
  expect(lines[0]).toContain('its version is "1.5.22", expected memcached 1.6.12 or newer')
})

test('an answer to no question ends the connection: nobody knows what belongs to what', async () => {
  await using server = await listenRaw((bytes, socket) => {
    for (const line of bytes.toString().split('\r\n').slice(0, -1))
      socket.write(line === 'version' ? 'VERSION 1.6.18\r\n' : line === 'mn' ? 'MN\r\n' : 'EN\r\nEN\r\n')
  })
  const client = await connected([server])
  expect(await client.get('k')).toBeNull()
  await vi.waitFor(() => expect(client.report()[0]?.ejections).toBe(1))
})

test('a server that greets and then answers nothing is asked more and more seldom', async () => {
  let asked = 0
  await using server = await listenRaw((bytes, socket) => {
    for (const line of bytes.toString().split('\r\n').slice(0, -1)) {
      if (line.startsWith('mg')) asked++
      else socket.write(line === 'version' ? 'VERSION 1.6.18\r\n' : 'MN\r\n')
    }
  })
  const client = await connected([server], { timeout: 10 })
  const end = performance.now() + 3000
  while (performance.now() < end) {
    await client.get('k').catch(() => {})
    await sleep(2)
  }
  // At once, after 50 ms, 0.8 s and 3.2 s; every 60 ms it would have been fifty times.
  expect(asked).toBeGreaterThan(1)
  expect(asked).toBeLessThan(8)
})

test.each([
  [[], 'no memcached server was given'],
  [[{ host: '', port: 11211 }], 'expected a host and a port'],
  [[{ host: 'x', port: 0 }], 'expected a host and a port'],
])('servers %j are refused', (servers, words) => {
  expect(() => createMemcached({ servers })).toThrow(words)
})
