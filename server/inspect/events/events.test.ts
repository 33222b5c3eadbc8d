import { expect, test } from 'vitest'
import { eventDatabase, someEvent, testMaps } from '../../events/fixture.ts'
import { createReports, type EventReport } from '../../events/report.ts'
import { createStacks } from '../../events/stacks.ts'
import { eventTable, type StoredEvent } from '../../events/table.ts'
import { errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { answerPlain, app, listen } from '../../middleware/testing.ts'
import { access } from '../access.ts'
import { eventsPage } from './events.ts'

const RELEASE = '0123456789ab'
const HTML = { headers: { Accept: 'text/html' } }

async function site(events: readonly Partial<StoredEvent>[] = [], token = '') {
  const scratch = await eventDatabase('sqlite')
  const maps = testMaps()
  maps.keep(RELEASE, 'main-4f1c2a9b.js', 'client/game/main.ts')
  const now = Date.now()
  if (events.length > 0)
    await eventTable(scratch.database)(
      events.map((one) => someEvent({ toldBy: 'server', at: now, receivedAt: now, ...one })),
    )
  const site = app()
  site.use(headers(), access({ token, development: token === '' }))
  site.use(
    eventsPage({
      reports: createReports({ database: scratch.database, stacks: createStacks(maps.dir) }),
      lost: () => 3,
    }),
  )
  site.use(notFound(), errors(answerPlain))
  const server = await listen(site)
  return {
    server,
    page: async (query = '') => (await server.ask(`/__events__${query}`, HTML)).text,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await scratch[Symbol.asyncDispose]()
      maps[Symbol.dispose]()
    },
  }
}

test('funnel, growth, sessions and what was lost are read on the page', async () => {
  await using here = await site([
    { user: 'ada', name: 'install' },
    { user: 'ada', name: 'mission' },
    { user: 'ada', name: 'invite-sent' },
    { user: 'ada', name: 'invite-sent' },
    { user: 'bob', name: 'install' },
    { user: 'ada', name: 'invite-accepted' },
    { user: 'ada', name: 'session-end', toldBy: 'page', data: { seconds: 30 } },
  ])
  const page = await here.page()
  expect(page).toMatch(
    /went on a mission<\/th>.*<rect class="p50" height="10" width="50.00"\/>.*<td>1<\/td><td>50.0 %<\/td>/,
  )
  expect(page).toMatch(
    /invitations by each<\/th><td>1.00<\/td>.*that bring a friend<\/th><td>50.0 %<\/td>.*>k<\/th><td>0.50<\/td>/,
  )
  expect(page).toMatch(/10 to 60 s<\/th>.*width="100.00".*<td>1<\/td>/)
  expect(page).toContain('<b>3</b><span>events lost</span>')
  expect(page).not.toMatch(/ style=|<script|NaN|Infinity|undefined/)
})

test('an error is told with the line that was written', async () => {
  await using here = await site([
    {
      name: 'error',
      toldBy: 'page',
      data: {
        message: 'no hero',
        stack: 'at t (https://game.example/assets/main-4f1c2a9b.js:1:11)',
        place: '/hero',
        release: RELEASE,
      },
    },
  ])
  const page = await here.page()
  expect(page).toMatch(/<b>no hero<\/b> <code>client\/game\/main.ts:6:3<\/code><span>1 time · 1 player · last /)
  expect(page).toMatch(/<dt>release<\/dt><dd>0123456789ab<\/dd>.*<dt>place<\/dt><dd>\/hero<\/dd>/)
})

test('what pages say is text, whatever it says', async () => {
  const evil = '<script>alert(1)</script>"\' style=x onload=y'
  await using here = await site([
    { name: 'error', toldBy: 'page', data: { message: evil, stack: `at ${evil}`, place: evil, release: evil } },
  ])
  const page = await here.page()
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;')
  expect(page).not.toMatch(/<script|<[^>]* (?:style|onload)=/)
})

test('where nothing has happened the page says so', async () => {
  await using here = await site()
  const page = await here.page()
  for (const words of [
    'Nobody came in these days.',
    'there is no k to tell',
    'how long a session was',
    'Nobody came yet',
    'No page has told of an error',
  ])
    expect(page).toContain(words)
  expect(page).not.toMatch(/NaN|Infinity|undefined/)
})

test('programs get the numbers', async () => {
  await using here = await site([{ name: 'install' }])
  const { headers, text } = await here.server.ask('/__events__?days=7&format=json')
  expect(headers['cache-control']).toBe('no-store')
  expect(JSON.parse(text) as EventReport).toMatchObject({ days: 7, growth: { players: 1 }, lost: 3 })
})

test.each([
  ['?days=365', 'days is "365": expected 7, 30, 90.'],
  ['?days=7&days=30', 'expected 7, 30, 90.'],
  ['?format=csv', 'format is "csv": expected json.'],
])('%s is refused in words', async (query, words) => {
  await using here = await site()
  const { status, text } = await here.server.ask(`/__events__${query}`)
  expect([status, text]).toEqual([400, expect.stringContaining(words) as string])
})

test('without the token it does not exist', async () => {
  await using here = await site([], 'a-token-of-sixteen')
  expect((await here.server.ask('/__events__', HTML)).status).toBe(404)
  expect((await here.server.ask('/__events__', { headers: { 'X-Inspect-Token': 'a-token-of-sixteen' } })).status).toBe(
    200,
  )
})
