import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Answer, Cache } from './cache.ts'
import { bridge, hasMemcached, listenRaw, look, miss, startMemcached, type TestServer } from './fixture.ts'
import { createLocalCache } from './local.ts'
import { createMemcached } from './memcached.ts'
import { createSharedCache, type SharedCache, type SharedOptions } from './shared.ts'

// What every cache promises, kept by the one in this process and by memcached; then what only memcached can get wrong.

const one = Buffer.from('one')
const two = Buffer.from('two')

async function shared(servers: SharedOptions['servers'], more: Partial<SharedOptions> = {}): Promise<SharedCache> {
  // What is judged here is what is kept and lent: a busy machine may take its time.
  const cache = createSharedCache({ servers, log: () => {}, timeout: 2000, slow: 1000, ...more })
  onTestFinished(() => cache.close())
  await cache.ready()
  return cache
}

async function started(...flags: string[]): Promise<TestServer> {
  const server = await startMemcached(...flags)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** Two views of one cache, as two processes have them; a lease lasts two seconds, or one: memcached's are whole. */
const CACHES: Record<string, () => Promise<[Cache, Cache]>> = {
  'in this process': async () => {
    const cache = createLocalCache({ leaseSeconds: 2 })
    return [cache, cache]
  },
  ...(hasMemcached && {
    memcached: async () => {
      const server = await started()
      return [await shared([server], { leaseSeconds: 2 }), await shared([server], { leaseSeconds: 2 })]
    },
    'three memcacheds': async () => {
      const servers = [await started(), await started(), await started()]
      return [await shared(servers, { leaseSeconds: 2 }), await shared(servers, { leaseSeconds: 2 })]
    },
  }),
}

describe.each(Object.entries(CACHES))('%s', (_, open) => {
  test('what the holder of the lease fills is a hit for all', async () => {
    const [mine, theirs] = await open()
    expect(await mine.fill('k', await miss(mine, 'k'), one, 60)).toBe(true)
    expect(await look(mine, 'k')).toEqual({ kind: 'hit', value: one })
    expect(await look(theirs, 'k')).toEqual({ kind: 'hit', value: one })
  })

  test('one asker gets the lease, the next are told whose it is', async () => {
    const [mine, theirs] = await open()
    const lease = await miss(mine, 'k')
    expect(await look(mine, 'k')).toEqual({ kind: 'leased', lease })
    expect((await look(theirs, 'k')).kind).toBe('leased')
  })

  test('answers come in the order of the keys', async () => {
    const [cache] = await open()
    await cache.set('b', two, 60)
    expect((await cache.get(['a', 'b', 'a', 'c'])).map(({ kind }) => kind)).toEqual(['miss', 'hit', 'leased', 'miss'])
    expect(await cache.get([])).toEqual([])
  })

  test('asking without a lease keeps nobody waiting and takes nothing', async () => {
    const [mine, theirs] = await open()
    expect(await look(mine, 'k', { lease: false })).toEqual({ kind: 'none' })
    const lease = await miss(theirs, 'k')
    expect(await look(mine, 'k', { lease: false })).toEqual({ kind: 'none' })
    expect(await theirs.fill('k', lease, one, 60)).toBe(true)
    expect(await look(mine, 'k', { lease: false })).toEqual({ kind: 'hit', value: one })
  })

  test('a fill after a delete is refused, and a new lease is to be had', async () => {
    const [mine, theirs] = await open()
    const early = await miss(mine, 'k')
    await theirs.delete(['k'])
    const late = await miss(theirs, 'k')
    expect(await mine.fill('k', early, one, 60)).toBe(false)
    expect(await theirs.fill('k', late, two, 60)).toBe(true)
    expect(await look(mine, 'k')).toEqual({ kind: 'hit', value: two })
  })

  test('a fill after a delete is refused where nobody has asked since', async () => {
    const [mine, theirs] = await open()
    const early = await miss(mine, 'k')
    await theirs.delete(['k'])
    expect(await mine.fill('k', early, one, 60)).toBe(false)
    expect((await look(mine, 'k')).kind).toBe('miss')
  })

  test('a fill after a set is refused', async () => {
    const [mine, theirs] = await open()
    const lease = await miss(mine, 'k')
    await theirs.set('k', two, 60)
    expect(await mine.fill('k', lease, one, 60)).toBe(false)
  })

  test('a lease serves once', async () => {
    const [cache] = await open()
    const lease = await miss(cache, 'k')
    await cache.fill('k', lease, one, 60)
    expect(await cache.fill('k', lease, two, 60)).toBe(false)
  })

  test('a lease is of no use for another key', async () => {
    const [cache] = await open()
    const lease = await miss(cache, 'k')
    await miss(cache, 'other')
    expect(await cache.fill('other', lease, one, 60)).toBe(false)
  })

  test('a lease that is given back goes to the next who asks', async () => {
    const [mine, theirs] = await open()
    await mine.release('k', await miss(mine, 'k'))
    const lease = await miss(theirs, 'k')
    // Somebody else's is not one's own to give back.
    await mine.release('k', 'stranger')
    expect(await theirs.fill('k', lease, one, 60)).toBe(true)
  })

  test('a lease ends with its time, goes to the next who asks, and its late fill is refused', async () => {
    const [mine, theirs] = await open()
    const early = await miss(mine, 'k')
    await sleep(3100)
    const late = await miss(theirs, 'k')
    expect(await mine.fill('k', early, one, 60)).toBe(false)
    expect(await theirs.fill('k', late, two, 60)).toBe(true)
  })

  test('a value ends with its time', async () => {
    const [mine, theirs] = await open()
    await mine.set('k', one, 1)
    expect((await look(theirs, 'k')).kind).toBe('hit')
    await sleep(2100)
    expect((await look(theirs, 'k')).kind).toBe('miss')
  })

  test('near its end one asker of all gets the right to fill it anew, and all get the value', async () => {
    const [mine, theirs] = await open()
    await mine.set('k', one, 60)
    expect(await look(mine, 'k', { early: [30] })).toEqual({ kind: 'hit', value: one })
    const first = await look(mine, 'k', { early: [90] })
    expect(first).toEqual({ kind: 'hit', value: one, lease: expect.any(String) as string })
    expect(await look(theirs, 'k', { early: [90] })).toEqual({ kind: 'hit', value: one })
    expect(await mine.fill('k', first.kind === 'hit' ? (first.lease ?? '') : '', two, 600)).toBe(true)
    expect(await look(theirs, 'k', { early: [90] })).toEqual({ kind: 'hit', value: two })
  })

  test('a delete between winning a refresh and filling it keeps the old value out', async () => {
    const [mine, theirs] = await open()
    await mine.set('k', one, 60)
    const won = await look(mine, 'k', { early: [90] })
    await theirs.delete(['k'])
    expect(await mine.fill('k', won.kind === 'hit' ? (won.lease ?? '') : '', one, 60)).toBe(false)
    expect((await look(theirs, 'k')).kind).toBe('miss')
  })

  /** Stored as what was read from a database is. */
  const fill = async (cache: Cache, value: Buffer, ttl: number) => cache.fill('k', await miss(cache, 'k'), value, ttl)

  test('what is deleted softly is stale: one may fill it, all may use it who want to, no lease of before is good', async () => {
    const [mine, theirs] = await open()
    await fill(mine, one, 60)
    const before = await look(mine, 'k', { early: [90] })
    await theirs.delete(['k'], { stale: 30 })
    const first = await look(mine, 'k', { stale: true })
    expect(first).toMatchObject({ kind: 'miss', stale: one })
    expect(await look(theirs, 'k', { stale: true })).toMatchObject({ kind: 'leased', stale: one })
    expect(await look(theirs, 'k')).toEqual({ kind: 'leased', lease: expect.any(String) as string })
    expect(await look(theirs, 'k', { lease: false, stale: true })).toEqual({ kind: 'none' })
    expect(await mine.fill('k', before.kind === 'hit' ? (before.lease ?? '') : '', one, 60)).toBe(false)
    expect(await mine.fill('k', first.kind === 'miss' ? first.lease : '', two, 60)).toBe(true)
    expect(await look(theirs, 'k', { stale: true })).toEqual({ kind: 'hit', value: two })
  })

  test('what is deleted softly again and again does not outlive its own time', async () => {
    const [mine, theirs] = await open()
    await fill(mine, one, 2)
    for (let n = 0; n < 4; n++) {
      await theirs.delete(['k'], { stale: 30 })
      await sleep(800)
    }
    expect(await look(mine, 'k', { stale: true })).not.toHaveProperty('stale')
  })

  test('who looks at something stale without wanting a lease does not take it from those who do', async () => {
    const [mine, theirs] = await open()
    await fill(mine, one, 60)
    await mine.delete(['k'], { stale: 30 })
    expect(await look(mine, 'k', { lease: false })).toEqual({ kind: 'none' })
    await vi.waitFor(async () => expect((await look(theirs, 'k')).kind).toBe('miss'))
  })

  test('a soft delete of what is only being filled leaves nothing stale, and revokes the lease', async () => {
    const [mine, theirs] = await open()
    const early = await miss(mine, 'k')
    await theirs.delete(['k'], { stale: 30 })
    expect(await look(theirs, 'k', { stale: true })).toEqual({ kind: 'miss', lease: expect.any(String) as string })
    expect(await mine.fill('k', early, one, 60)).toBe(false)
  })

  test('a key that no cache takes is a miss that is not to be filled', async () => {
    const [cache] = await open()
    const long = 'x'.repeat(300)
    await cache.set(long, one, 60)
    await cache.delete([long])
    const answer = await look(cache, long)
    expect(['none', 'miss']).toContain(answer.kind)
  })
})

describe.skipIf(!hasMemcached)('memcached alone', () => {
  test('a lease of before a restart is refused, although an old server lends the same numbers again', async () => {
    const server = await started()
    const cache = await shared([server])
    const early = await miss(cache, 'k')
    await server.restart()
    await vi.waitFor(() => expect(cache.report()[0]?.up).toBe(true))
    const other = await shared([server])
    const late = await miss(other, 'k')
    // The part after the dot is the CAS token. Before 1.6.27 it is memcached's own, which counts anew.
    const [, version] = /^1\.6\.(\d+)/.exec(other.report()[0]?.version ?? '') ?? []
    expect(late.split('.')[1] === early.split('.')[1]).toBe(Number(version) < 27)
    expect(await cache.fill('k', early, one, 60)).toBe(false)
    expect(await other.fill('k', late, two, 60)).toBe(true)
  })

  test('a server that hangs is none: no lease, no fill, no waiting beyond the time-out', async () => {
    const server = await started()
    const cache = await shared([server], { timeout: 150 })
    const lease = await miss(cache, 'k')
    await server.pause()
    expect(await cache.get(['k', 'other'])).toEqual([{ kind: 'none' }, { kind: 'none' }])
    expect(await cache.fill('k', lease, one, 60)).toBe(false)
    await cache.set('k', one, 60)
    expect(cache.report()[0]).toMatchObject({ up: false })
  })

  test('what could not be deleted while the server was away is deleted before it is read again', async () => {
    const server = await started()
    const cache = await shared([server], { timeout: 150 })
    await cache.set('k', one, 60)
    await cache.set('kept', one, 60)
    await server.pause()
    await cache.delete(['k'])
    await cache.delete(['k', 'another'])
    expect(cache.report()[0]).toMatchObject({ up: false, owed: 2, lostDeletes: 0 })
    server.resume()
    // From the first answer on: there is no moment at which the old value could be had.
    let answer: Answer = { kind: 'none' }
    await vi.waitFor(async () => {
      answer = await look(cache, 'k')
      expect(answer.kind).not.toBe('none')
    }, 5000)
    expect(answer.kind).toBe('miss')
    expect((await look(cache, 'kept')).kind).toBe('hit')
    expect(cache.report()[0]).toMatchObject({ up: true, owed: 0 })
  })

  test('a key that is to be forgotten again while its first delete is being paid is forgotten again', async () => {
    const server = await started()
    const line = await bridge(server)
    onTestFinished(() => line[Symbol.asyncDispose]())
    const far = await shared([line])
    const near = await shared([server])
    await near.set('k', one, 60)
    // The payment will arrive; that it has is heard later.
    line.delay = 60
    line.cut()
    await far.delete(['k'])
    const lent = await vi.waitFor(() => miss(near, 'k'), { interval: 5 })
    await far.delete(['k'])
    expect(await near.fill('k', lent, one, 60)).toBe(false)
    line.delay = 0
    await vi.waitFor(() => expect(far.report()[0]).toMatchObject({ up: true, owed: 0 }), 5000)
    expect((await look(far, 'k')).kind).toBe('miss')
  })

  test('more keys than can be owed are counted as lost', async () => {
    const server = await started()
    const cache = await shared([server])
    await server.kill()
    await vi.waitFor(() => expect(cache.report()[0]?.up).toBe(false))
    await cache.delete(Array.from({ length: 50_010 }, (_, n) => `k${n}`))
    expect(cache.report()[0]).toMatchObject({ owed: 50_000, lostDeletes: 10 })
  })

  test('a delete that was under way when the line broke is done again', async () => {
    const server = await started()
    const line = await bridge(server)
    onTestFinished(() => line[Symbol.asyncDispose]())
    const far = await shared([line])
    const near = await shared([server])
    await near.set('k', one, 60)
    line.hold = true
    const deleting = far.delete(['k'])
    await sleep(20)
    line.cut()
    line.hold = false
    await deleting
    await vi.waitFor(() => expect(far.report()[0]).toMatchObject({ up: true, owed: 0 }))
    expect((await look(near, 'k')).kind).toBe('miss')
  })

  test('two of three servers go on when one is killed', async () => {
    const servers = [await started(), await started(), await started()]
    const cache = await shared(servers)
    const keys = Array.from({ length: 60 }, (_, n) => `k${n}`)
    await Promise.all(keys.map((key) => cache.set(key, one, 60)))
    await servers[1]?.kill()
    await vi.waitFor(() => expect(cache.report()[1]?.up).toBe(false))
    const kinds = Map.groupBy(await cache.get(keys), ({ kind }) => kind)
    expect(kinds.get('none')?.length).toBe(keys.filter((key) => portsOf(servers)(key) === servers[1]?.port).length)
    expect((kinds.get('hit')?.length ?? 0) + (kinds.get('none')?.length ?? 0)).toBe(60)
  })

  test('a value past what memcached takes is not stored, and leaves no lease that others would wait for', async () => {
    const server = await started()
    const cache = await shared([server])
    expect(await cache.fill('k', await miss(cache, 'k'), Buffer.alloc(1024 * 1024), 60)).toBe(false)
    expect((await look(cache, 'k')).kind).toBe('miss')
    await cache.set('other', one, 60)
    await cache.set('other', Buffer.alloc(1024 * 1024), 60)
    expect((await look(cache, 'other')).kind).toBe('miss')
  })

  test('a server that is full and may not evict costs misses and nothing else', async () => {
    const server = await started('-M', '-m', '2')
    const cache = await shared([server])
    const value = Buffer.alloc(100_000, 'x')
    for (let n = 0; n < 100; n++) {
      const answer = await look(cache, `k${n}`)
      if (answer.kind === 'miss') await cache.fill(`k${n}`, answer.lease, value, 60)
    }
    const kinds = await Promise.all(Array.from({ length: 100 }, async (_, n) => (await look(cache, `k${n}`)).kind))
    expect(kinds).toContain('hit')
    expect(kinds.filter((kind) => kind !== 'hit').length).toBeGreaterThan(20)
    expect(cache.report()[0]).toMatchObject({ up: true, ejections: 0 })
    expect(cache.report()[0]?.failures.refused).toBeGreaterThan(20)
  })

  test('a server that was away is back however much there is to forget meanwhile', async () => {
    const server = await started()
    const line = await bridge(server)
    onTestFinished(() => line[Symbol.asyncDispose]())
    const cache = await shared([line])
    // A delete with each turn of the event loop: there is never a round trip in which none is owed.
    const over = new AbortController()
    const writing = (async () => {
      for (let n = 0; !over.signal.aborted; n++) {
        void cache.delete([`k${n}`])
        await new Promise(setImmediate)
      }
    })()
    line.delay = 4
    line.cut()
    await vi.waitFor(() => expect(cache.report()[0]?.ejections).toBe(1))
    await vi.waitFor(() => expect(cache.report()[0]?.up).toBe(true), 5000)
    over.abort()
    await writing
  })

  test('what is deleted in the turn in which it is closed is deleted', async () => {
    const server = await started()
    const [closing, other] = [await shared([server]), await shared([server])]
    await other.set('k', one, 60)
    const closed = closing.close()
    void closing.delete(['k'])
    await closed
    expect((await look(other, 'k')).kind).toBe('miss')
  })

  test('after close everything is none', async () => {
    const cache = await shared([await started()])
    await cache.close()
    expect(await cache.get(['k'])).toEqual([{ kind: 'none' }])
    await cache.set('k', one, 60)
    await cache.delete(['k'])
  })
})

test.each([
  ['1.6.18', /^mg k v c N10\r\n$/],
  ['1.6.26', /^mg k v c N10\r\n$/],
  ['1.6.27', /^mg k v c N10 E\d{11,19}\r\n$/],
  ['1.6.45', /^mg k v c N10 E\d{11,19}\r\n$/],
  ['1.7.0', /^mg k v c N10 E\d{11,19}\r\n$/],
])('memcached %s is asked with the flags it knows', async (version, command) => {
  const asked: string[] = []
  await using server = await listenRaw((bytes, socket) => {
    const text = bytes.toString()
    if (text.startsWith('mg')) asked.push(text)
    socket.write(text === 'version\r\n' ? `VERSION ${version}\r\n` : text === 'mn\r\n' ? 'MN\r\n' : 'EN\r\n')
  })
  const cache = await shared([server])
  for (let n = 0; n < 3; n++) await cache.get(['k'])
  expect(asked.every((text) => command.test(text))).toBe(true)
  expect(new Set(asked).size).toBe(command.source.includes('E') ? 3 : 1)
})

/** The port of the server that a key lies on. */
function portsOf(servers: readonly TestServer[]): (key: string) => number {
  const client = createMemcached({ servers, log: () => {} })
  onTestFinished(() => client.close())
  return (key) => Number(client.of(key).name.split(':')[1])
}
