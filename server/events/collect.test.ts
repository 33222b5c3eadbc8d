import { expect, test } from 'vitest'
import { errors } from '../middleware/errors.ts'
import { session } from '../middleware/session.ts'
import { answerPlain, app, listen } from '../middleware/testing.ts'
import { Timings } from '../middleware/timings.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { collect, createEvents } from './collect.ts'
import { eventMigrations, type EventSchema } from './table.ts'

async function site() {
  const database = openDatabase<EventSchema>('sqlite::memory:')
  await migrate(database, eventMigrations)
  const events = createEvents({ database, clock: () => 1_000_000 })
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
    rows: () => database.kysely.selectFrom('event').selectAll().orderBy('name').execute(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await events.close()
      await database.close()
    },
  }
}

const json = { 'Content-Type': 'application/json' }

test('a batch is answered at once and stored with its player', async () => {
  await using here = await site()
  const Cookie = String((await here.server.ask('/in')).headers['set-cookie']).split(';')[0] ?? ''
  const batch = [
    { name: 'mission', at: 5.4, data: { mission: 'burn-the-nest', won: true } },
    { name: 'session-start', at: 6 },
  ]
  const answer = await here.server.ask('/track/record_event', {
    method: 'POST',
    headers: { ...json, Cookie },
    body: JSON.stringify(batch),
  })
  expect(answer.status).toBe(204)
  expect(await here.rows()).toEqual([])
  await here.events.flush()
  expect(await here.rows()).toMatchObject([
    { user_id: 'ada', name: 'mission', at: 5, received_at: 1_000_000, data: '{"mission":"burn-the-nest","won":true}' },
    { user_id: 'ada', name: 'session-start', at: 6, data: null },
  ])
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
  await here.events.close()
  expect(await here.rows()).toMatchObject([{ user_id: null, name: 'install' }])
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

test('a beacon fills the route’s histograms', async () => {
  await using here = await site()
  await here.server.ask('/village')
  await expect.poll(() => here.timings.routes().length).toBe(1)
  const beacon = {
    release: 'r1',
    path: '/village',
    vitals: { LCP: 812, CLS: 0.02, mine: 5 },
    fragments: [{ path: '/village', wait: 30, transfer: 2, morph: 4, paint: 12 }],
    pictures: { count: 12, bytes: 90_000, slowest: 420 },
  }
  const answer = await here.server.ask('/track/beacon', { method: 'POST', headers: json, body: JSON.stringify(beacon) })
  expect(answer.status).toBe(204)
  const browser = here.timings.routes().find(({ route }) => route === 'village')?.browser
  expect([...(browser?.keys() ?? [])]).toEqual(['LCP', 'CLS', 'wait', 'transfer', 'morph', 'paint', 'slowest picture'])
  expect(browser?.get('CLS')?.percentile(0.5)).toBe(0.02)
})

test('a beacon of more than 2 KB is refused', async () => {
  await using here = await site()
  const body = JSON.stringify({ release: 'r', path: '/', vitals: {}, more: 'x'.repeat(2100) })
  expect((await here.server.ask('/track/beacon', { method: 'POST', headers: json, body })).status).toBe(413)
})
