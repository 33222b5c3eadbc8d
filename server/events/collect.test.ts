import { expect, test } from 'vitest'
import { errors } from '../middleware/errors.ts'
import { session } from '../middleware/session.ts'
import { answerPlain, app, listen } from '../middleware/testing.ts'
import { Timings } from '../middleware/timings.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import type { Beacon } from '../wire/beacon.ts'
import { collect, createEvents, type EventsOptions } from './collect.ts'
import { eventMigrations, type EventSchema, eventTable } from './table.ts'

const NOW = 1_000_000

async function site(sink?: EventsOptions['sink']) {
  const database = openDatabase<EventSchema>('sqlite::memory:')
  await migrate(database, eventMigrations)
  const events = createEvents({ sink: sink ?? eventTable(database), clock: () => NOW, log: () => {} })
  const timings = new Timings()
  const site = app({ lines: [], timings })
  site.use(session({ secrets: ['a-secret-for-the-tests'] }))
  site.use('/in', (req, res) => {
    req.session.signIn('ada')
    res.end()
  })
  site.use(collect({ events, timings }))
  site.use((req, res) => {
    req.timing.controller = 'village'
    res.end()
  })
  site.use(errors(answerPlain))
  const server = await listen(site)
  return {
    server,
    events,
    timings,
    rows: () => database.kysely.selectFrom('event').selectAll().orderBy('name').orderBy('event_id').execute(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await events.close()
      await database.close()
    },
  }
}

const json = { 'Content-Type': 'application/json' }

test('a batch that was answered is stored, with its player', async () => {
  await using here = await site()
  const Cookie = String((await here.server.ask('/in')).headers['set-cookie']).split(';')[0] ?? ''
  const batch = [
    { id: 'k3v9x2ab.0', name: 'mission', at: 5.4, data: { mission: 'burn-the-nest', good: true } },
    { name: 'session-start', at: 6 },
  ]
  const answer = await here.server.ask('/track/record_event', {
    method: 'POST',
    headers: { ...json, Cookie },
    body: JSON.stringify(batch),
  })
  expect(answer.status).toBe(204)
  expect(await here.rows()).toMatchObject([
    {
      event_id: 'k3v9x2ab.0',
      user_id: 'ada',
      name: 'mission',
      told_by: 'page',
      at: 5,
      received_at: NOW,
      data: '{"mission":"burn-the-nest","good":true}',
    },
    { user_id: 'ada', name: 'session-start', at: 6, data: null },
  ])
})

const record = (here: Awaited<ReturnType<typeof site>>, body: unknown) =>
  here.server.ask('/track/record_event', { method: 'POST', headers: json, body: JSON.stringify(body) })

test('an event that comes again is stored once, beside what is new', async () => {
  await using here = await site()
  const one = { id: 'k3v9x2ab.0', name: 'gift', at: 1 }
  expect((await record(here, [one])).status).toBe(204)
  expect((await record(here, [one, { ...one, id: 'k3v9x2ab.1' }, one])).status).toBe(204)
  expect((await here.rows()).map(({ event_id }) => event_id)).toEqual(['k3v9x2ab.0', 'k3v9x2ab.1'])
})

test('what one player did is not taken as another’s, nor as nobody’s', async () => {
  await using here = await site()
  const Cookie = String((await here.server.ask('/in')).headers['set-cookie']).split(';')[0] ?? ''
  const send = (headers: Record<string, string>) =>
    here.server.ask('/track/record_event', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: '[{"id":"k3v9x2ab.0","name":"gift","at":1}]',
    })
  for (const headers of [{ Owner: 'bob', Cookie }, { Owner: 'ada' }]) {
    const answer = await send(headers)
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('another player is signed in')
  }
  expect(await here.rows()).toEqual([])
  expect((await send({ Owner: 'ada', Cookie })).status).toBe(204)
  expect(await here.rows()).toMatchObject([{ user_id: 'ada' }])
})

test('a clock that is wrong is corrected to the last 30 days', async () => {
  await using here = await site()
  const days = 86_400_000
  await record(here, [
    { id: 'future-1', name: 'gift', at: 9e300 },
    { id: 'past-001', name: 'install', at: -9e300 },
  ])
  expect((await here.rows()).map(({ at }) => at)).toEqual([NOW, NOW - 30 * days])
})

test.each([['\0 and a lone \uD800'], ["'); DROP TABLE event; --"]])(
  'a hostile text is stored as it is: %j',
  async (item) => {
    await using here = await site()
    expect((await record(here, [{ id: 'hostile-1', name: 'gift', at: 1, data: { item } }])).status).toBe(204)
    expect(JSON.parse((await here.rows())[0]?.data ?? '')).toEqual({ item })
  },
)

test('what cannot be stored is answered 503 with Retry-After, in words', async () => {
  await using here = await site(() => Promise.reject(new Error('database is away')))
  const event = { id: 'k3v9x2ab.0', name: 'gift', at: 1 }
  const answer = await record(here, [event])
  expect(answer.status).toBe(503)
  expect(answer.headers['retry-after']).toBe('2')
  expect(answer.text).toContain('Keep these events: the sink failed: database is away.')
  expect(await here.rows()).toEqual([])
})

test('what sendBeacon sends as text is read; nobody may have sent it', async () => {
  await using here = await site()
  const headers = { 'Content-Type': 'text/plain;charset=UTF-8' }
  const answer = await here.server.ask('/track/record_event', {
    method: 'POST',
    headers,
    body: '[{"name":"install","at":1}]',
  })
  expect(answer.status).toBe(204)
  expect(await here.rows()).toMatchObject([{ user_id: null, name: 'install' }])
})

test('more than 16 KB and what is compressed are refused, and the connection stays', async () => {
  await using here = await site()
  expect((await record(here, 'x'.repeat(17_000))).status).toBe(413)
  const compressed = { method: 'POST', headers: { ...json, 'Content-Encoding': 'gzip' }, body: 'x' }
  expect((await here.server.ask('/track/record_event', compressed)).status).toBe(415)
  expect((await record(here, [])).status).toBe(204)
  expect(here.server.connections()).toBe(1)
})

test('what the server knows is stored as told by the server', async () => {
  await using here = await site()
  here.events.track('ada', [{ name: 'level', at: NOW, data: { level: 2 } }])
  await here.events.flush()
  expect(await here.rows()).toMatchObject([{ user_id: 'ada', told_by: 'server', data: '{"level":2}' }])
})

test.each([
  ['{"name":"install"}', 'expected an array'],
  ['[{"name":"hack","at":1}]', 'events[0]: name "hack" is not one of'],
  ['[', 'JSON'],
  ['', 'expected an array'],
])('a bad batch is refused in words: %s', async (body, words) => {
  await using here = await site()
  for (const headers of [json, { 'Content-Type': 'text/plain' }]) {
    const answer = await here.server.ask('/track/record_event', { method: 'POST', headers, body })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(words.replaceAll('"', headers === json ? String.raw`\"` : '"'))
  }
})

const beacon: Beacon = {
  id: 'k3v9x2ab.0',
  release: 'r1',
  path: '/village',
  vitals: { LCP: 812, CLS: 0.02 },
  places: [{ path: '/market', LCP: 120, INP: 40 }],
  frames: [{ path: '/market', duration: 90, blocking: 40, script: '/assets/main.js' }],
  fragments: [{ path: '/village', request: 'q1', wait: 30, transfer: 2, decode: 9, morph: 4, paint: 12 }],
  pictures: [{ lane: 0, count: 12, bytes: 90_000, p75: 210, slowest: 420 }],
}

async function browserFigures() {
  const here = await site()
  for (const path of ['/village', '/market']) await here.server.ask(path)
  await expect.poll(() => here.timings.routes()[0]?.count).toBe(2)
  return {
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
    send: async (sent: unknown) => {
      const { status, text } = await here.server.ask('/track/beacon', {
        method: 'POST',
        headers: json,
        body: JSON.stringify(sent),
      })
      return { status, text }
    },
    of: () => here.timings.routes().find(({ route }) => route === 'village')?.browser,
  }
}

test('a beacon fills the histograms of its routes, places and fragments under their own', async () => {
  await using here = await browserFigures()
  expect(await here.send(beacon)).toMatchObject({ status: 204 })
  const counts = Array.from(here.of() ?? [], ([name, { count }]) => `${name} ${count}`)
  expect(counts.join(', ')).toBe(
    'LCP 2, CLS 1, INP 1, long frame 1, blocking 1, wait 1, transfer 1, decode 1, morph 1, paint 1, pictures, lane 0 1',
  )
  expect(here.of()?.get('CLS')?.percentile(0.5)).toBe(0.02)
})

test('a beacon that the line brings twice counts once', async () => {
  await using here = await browserFigures()
  for (const id of ['k3v9x2ab.0', 'k3v9x2ab.0', 'k3v9x2ab.1'])
    expect(await here.send({ ...beacon, id })).toMatchObject({ status: 204 })
  expect(here.of()?.get('CLS')?.count).toBe(2)
})

test('a hostile beacon is refused in words and counts nothing', async () => {
  await using here = await browserFigures()
  const { status, text } = await here.send({ ...beacon, places: [{ path: '/market', LCP: 'soon' }] })
  expect(status).toBe(400)
  expect(text).toContain('beacon.places[0].LCP: expected milliseconds from 0 to 86400000')
  expect(here.of()?.size).toBe(0)
})

test('a beacon of more than 2 KB is refused', async () => {
  await using here = await browserFigures()
  expect(await here.send({ ...beacon, release: 'x'.repeat(2100) })).toMatchObject({ status: 413 })
})
