import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { encode } from '../middleware/encode.ts'
import { errors } from '../middleware/errors.ts'
import { answerPlain, app, listen } from '../middleware/testing.ts'
import { createBus, type LiveMessage } from './bus.ts'
import { liveStream, type LiveStreamOptions } from './stream.ts'

const message = (id: number): LiveMessage => ({ id: String(id), event: 'news', data: { number: id, text: 'a\nb' } })

/** A site whose store holds what was `happened`, in order, and hands out at most `page` at once. */
function site(options: Partial<LiveStreamOptions> = {}, page = Infinity) {
  const bus = createBus()
  const stored: LiveMessage[] = []
  const happened = (id: number) => {
    stored.push(message(id))
    bus.publish('ada', message(id))
  }
  const since = async (_req: unknown, lastId: string) =>
    stored.filter(({ id }) => Number(id) > Number(lastId)).slice(0, page)
  const site = app()
  site.use(encode())
  site.get('/live', liveStream({ bus, topic: (req) => req.get('X-Player') ?? 'ada', since, ...options }))
  site.use(errors(answerPlain))
  return { bus, stored, happened, site }
}

/** Reads a stream as an EventSource does, until `stop`. */
async function read(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  const answer = await fetch(url, { headers: { Accept: 'text/event-stream', ...headers }, signal: abort.signal })
  const seen = { text: '', ended: false }
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of answer.body ?? []) seen.text += decoder.decode(chunk as Uint8Array, { stream: true })
    seen.ended = true
  })().catch(() => {
    seen.ended = true
  })
  return {
    answer,
    seen,
    ids: () => Array.from(seen.text.matchAll(/^id: (.*)$/gm), ([, id]) => Number(id)),
    stop: () => abort.abort(),
  }
}

test('what happens is told at once, whole, uncompressed and not held back', async () => {
  const { site: here, happened } = site()
  await using server = await listen(here)
  const reader = await read(`${server.url}/live`)
  expect(reader.answer.headers.get('content-type')).toBe('text/event-stream')
  expect(reader.answer.headers.get('x-accel-buffering')).toBe('no')
  expect(reader.answer.headers.get('content-encoding')).toBeNull()
  happened(1)
  await expect.poll(() => reader.ids()).toEqual([1])
  expect(reader.seen.text).toMatch(/^retry: \d+\n\nid: 1\nevent: news\ndata: {"number":1,"text":"a\\nb"}\n\n$/)
  reader.stop()
})

test.each([
  ['the header', '/live', { 'Last-Event-ID': '2' }],
  ['the query', '/live?since=2', {}],
  ['the header before the query', '/live?since=0', { 'Last-Event-ID': '2' }],
])('who comes back gets what it missed, by %s', async (_how, path, headers: Record<string, string>) => {
  const { site: here, happened } = site()
  for (const id of [1, 2, 3, 4]) happened(id)
  await using server = await listen(here)
  const reader = await read(server.url + path, headers)
  await expect.poll(() => reader.ids()).toEqual([3, 4])
  reader.stop()
})

test('what happens while the missed is looked up comes once, in order', async () => {
  const { site: here, happened } = site({
    async since(_req, lastId) {
      if (lastId !== '2') return []
      // Before the store is read: its answer has them, and the bus brings them too.
      for (const id of [3, 4]) happened(id)
      await sleep(30)
      // After it was read: only the bus has them.
      for (const id of [5, 6]) happened(id)
      await sleep(30)
      return [message(3), message(4)]
    },
  })
  await using server = await listen(here)
  const reader = await read(`${server.url}/live`, { 'Last-Event-ID': '2' })
  await expect.poll(() => reader.ids().length).toBeGreaterThanOrEqual(4)
  expect(reader.ids()).toEqual([3, 4, 5, 6])
  reader.stop()
})

test('a message that the bus brings late, after the store had it, is not repeated', async () => {
  const { site: here, stored, bus, happened } = site()
  stored.push(message(1))
  await using server = await listen(here)
  const reader = await read(`${server.url}/live?since=0`)
  await expect.poll(() => reader.ids()).toEqual([1])
  bus.publish('ada', message(1))
  happened(2)
  await expect.poll(() => reader.ids()).toEqual([1, 2])
  reader.stop()
})

test.each([31, 100])('all %i that were missed come, however few the store hands out at once', async (count) => {
  const { site: here, happened } = site({}, 30)
  for (let id = 1; id <= count; id++) happened(id)
  await using server = await listen(here)
  const reader = await read(`${server.url}/live?since=0`)
  await expect.poll(() => reader.ids().at(-1)).toBe(count)
  happened(count + 1)
  await expect.poll(() => reader.ids()).toEqual(Array.from({ length: count + 1 }, (_, index) => index + 1))
  reader.stop()
})

test('who has missed more than 1,000 gets them by coming back', async () => {
  const { site: here, happened } = site({}, 300)
  for (let id = 1; id <= 1300; id++) happened(id)
  await using server = await listen(here)
  const first = await read(`${server.url}/live?since=0`)
  await expect.poll(() => first.seen.ended).toBe(true)
  expect(first.ids()).toHaveLength(1200)
  const second = await read(`${server.url}/live`, { 'Last-Event-ID': '1200' })
  await expect.poll(() => second.ids()).toEqual(Array.from({ length: 100 }, (_, index) => 1201 + index))
  second.stop()
})

test('reading in pieces, with messages all the while, loses and repeats nothing', async () => {
  const { site: here, happened } = site()
  await using server = await listen(here)
  let published = 0
  const timer = setInterval(() => happened(++published), 1)
  const all: number[] = []
  happened(++published)
  for (let round = 0; round < 12; round++) {
    const reader = await read(`${server.url}/live`, { 'Last-Event-ID': String(all.at(-1) ?? 0) })
    await sleep(15 + (round % 3) * 7)
    reader.stop()
    all.push(...reader.ids())
  }
  clearInterval(timer)
  expect(all.length).toBeGreaterThan(20)
  expect(all).toEqual(Array.from({ length: all.length }, (_, index) => index + 1))
})

test('one hears its own topic only', async () => {
  const { site: here, bus } = site()
  await using server = await listen(here)
  const reader = await read(`${server.url}/live`, { 'X-Player': 'bob' })
  bus.publish('ada', message(1))
  bus.publish('bob', message(2))
  await expect.poll(() => reader.ids()).toEqual([2])
  reader.stop()
})

test('a silent stream is kept alive', async () => {
  const { site: here } = site({ heartbeat: 20 })
  await using server = await listen(here)
  const reader = await read(`${server.url}/live`)
  await expect.poll(() => reader.seen.text).toMatch(/:\n\n:\n\n/)
  reader.stop()
})

test('of too many streams of one player the oldest ends, and is told why', async () => {
  const { site: here, happened } = site({ perTopic: 2 })
  await using server = await listen(here)
  const [first, second, third] = [
    await read(`${server.url}/live`),
    await read(`${server.url}/live`),
    await read(`${server.url}/live`),
  ]
  await expect.poll(() => first.seen.ended).toBe(true)
  expect(first.seen.text).toContain('retry: 60000\nevent: superseded\n')
  happened(1)
  await expect.poll(() => [second.ids(), third.ids()]).toEqual([[1], [1]])
  second.stop()
  third.stop()
})

test('past the bound for all, callers are told to come later; one that leaves makes room', async () => {
  const { site: here } = site({ total: 1 })
  await using server = await listen(here)
  const first = await read(`${server.url}/live`)
  const refused = await server.ask('/live')
  expect(refused.status).toBe(503)
  expect(refused.headers['retry-after']).toBe('30')
  first.stop()
  await expect
    .poll(async () => {
      const next = await read(`${server.url}/live`)
      next.stop()
      return next.answer.status
    })
    .toBe(200)
})

test('who may hear nothing is told not to ask again', async () => {
  const { site: here } = site({ topic: () => null })
  await using server = await listen(here)
  expect((await server.ask('/live')).status).toBe(204)
})

test('streams end when the bus closes, and none begins', async () => {
  const { site: here, bus } = site()
  await using server = await listen(here)
  const reader = await read(`${server.url}/live`)
  bus.close()
  await expect.poll(() => reader.seen.ended).toBe(true)
  expect((await server.ask('/live')).status).toBe(503)
})

test('a store that fails ends the stream, and the reader comes back', async () => {
  const { site: here } = site({ since: () => Promise.reject(new Error('database is locked')) })
  await using server = await listen(here)
  const reader = await read(`${server.url}/live?since=1`)
  await expect.poll(() => reader.seen.ended).toBe(true)
})

test('who names no id is told the newest and how things stand, before anything else', async () => {
  let found = (_id: string) => {}
  const here = async () => ({ id: await new Promise<string>((resolve) => (found = resolve)), data: { unread: 3 } })
  const { site: place, happened } = site({ here })
  await using server = await listen(place)
  const reader = await read(`${server.url}/live`)
  happened(7)
  found('6')
  await expect.poll(() => reader.ids()).toEqual([6, 7])
  expect(reader.seen.text).toContain('id: 6\nevent: here\ndata: {"unread":3}\n\n')
  reader.stop()
})

test('what the beginning counted is not told again, whether it waited or the bus brings it late', async () => {
  let found = (_id: string) => {}
  const here = async () => ({ id: await new Promise<string>((resolve) => (found = resolve)), data: { unread: 10 } })
  const { site: place, happened } = site({ here })
  await using server = await listen(place)
  const reader = await read(`${server.url}/live`)
  for (const id of [9, 10, 11]) happened(id)
  found('10')
  await expect.poll(() => reader.ids()).toEqual([10, 11])
  happened(8)
  happened(100)
  await expect.poll(() => reader.ids()).toEqual([10, 11, 100])
  reader.stop()
})
