import type { RequestHandler } from 'express'
import { expect, test } from 'vitest'
import { type AppOptions, createApp } from './app.ts'
import { createInspector } from './inspect/inspector.ts'
import { createAssets } from './middleware/assets.ts'
import { MANIFEST, page } from './middleware/fixture.ts'
import { html } from './middleware/html.ts'
import { createPages } from './middleware/pages.ts'
import { listen, type Question } from './middleware/testing.ts'
import { Log } from './log/log.ts'
import { textOf } from './log/text.ts'

function site(options: Partial<AppOptions> = {}) {
  const assets = createAssets(MANIFEST, '')
  const sendPage = createPages({ assets: () => assets })
  const lines: string[] = []
  const play: RequestHandler = (req, res) => {
    if (req.path === '/broken') throw new Error('secret detail')
    req.timing.controller = 'village'
    if (req.session.user === null) req.session.signIn('guest1')
    sendPage(req, res, page())
  }
  const app = createApp({
    routes: [
      (req, res, next) => {
        if (req.path === '/nowhere') next()
        else void play(req, res, next)
      },
    ],
    errorPage: (_req, _status, words) =>
      page([], {
        fragments: { notice: () => html`<p id="notice">${words}</p>` },
        body: ({ notice }) => html`${notice}`,
      }),
    sendPage,
    assets: () => assets,
    events: {
      record: async () => {},
      track: () => {},
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
      dropped: 0,
    },
    inspector: createInspector({
      release: () => 'r1',
      development: true,
      log: new Log({ output: (entry) => lines.push(textOf(entry)) }),
    }),
    health: { check: () => Promise.resolve(), draining: () => false },
    assetBase: '',
    requestTimeout: 10,
    sessionSecrets: ['a-secret-for-the-tests'],
    trustProxy: ['loopback'],
    ...options,
  })
  return { app, lines }
}

test('a first visit is answered with a page, a session, an id, timing, the policy, and a line in the log', async () => {
  const { app, lines } = site()
  await using server = await listen(app)
  const { headers, status } = await server.ask('/', { headers: { 'Accept-Encoding': 'br' } })
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    'server-timing': expect.stringMatching(/outer;dur=.*controller;dur=.*desc="village".*render;dur=/) as string,
    'set-cookie': [expect.stringMatching(/^session=v1\.guest1\./) as string],
    'x-request-id': expect.any(String) as string,
    release: 'r1',
  })
  expect(headers).not.toHaveProperty('x-powered-by')
  await expect.poll(() => lines).toHaveLength(1)
  expect(lines[0]).toMatch(/ outer \d\.\d{4} village GET \/ 200 \d+B player=guest1 id=/)
})

test('files come before sessions: fetching one makes nobody a player', async () => {
  const origin: RequestHandler = (req, res, next) => {
    if (req.path === '/assets/a.js') res.end('a')
    else next()
  }
  await using server = await listen(site({ origin: [origin] }).app)
  expect((await server.ask('/assets/a.js')).headers).not.toHaveProperty('set-cookie')
  expect((await server.ask('/')).headers).toHaveProperty('set-cookie')
})

test.each<[string, string, Question, number]>([
  ['an unknown URL', '/nowhere', {}, 404],
  ['a failure', '/broken', {}, 500],
  [
    'a body of 1 MB',
    '/',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a='.padEnd(1 << 20, 'x'),
    },
    413,
  ],
  ['a write from another site', '/', { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
])('%s is a page in words, on a connection that stays', async (_what, path, question, expected) => {
  await using server = await listen(site().app)
  const { status, text } = await server.ask(path, {
    ...question,
    headers: { Accept: 'text/html', ...question.headers },
  })
  expect(status).toBe(expected)
  expect(text).toMatch(/<p id="notice">[A-Z][^<]{10,}<\/p>/)
  expect(text).not.toContain('secret')
  expect((await server.ask('/')).status).toBe(200)
  expect(server.connections()).toBe(1)
})

test('a tampered cookie makes a stranger, never an error', async () => {
  await using server = await listen(site().app)
  const { status, headers } = await server.ask('/', { headers: { Cookie: 'session=v1.admin.0.AAAA' } })
  expect(status).toBe(200)
  expect(headers['set-cookie']).toEqual([expect.stringMatching(/^session=v1\.guest1\./)])
})

test.each([
  [['loopback'], true],
  [['10.0.0.0/8'], false],
])('behind a balancer of %j trusted, one on this machine is believed: %s', async (trustProxy, isBelieved) => {
  await using server = await listen(site({ trustProxy }).app)
  const { headers } = await server.ask('/', { headers: { 'X-Forwarded-Proto': 'https' } })
  expect('strict-transport-security' in headers).toBe(isBelieved)
})

test('a beacon of more than 2 KB is refused, whoever says how long it is', async () => {
  await using server = await listen(site().app)
  const body = JSON.stringify({ release: 'r', path: '/', vitals: {}, more: 'x'.repeat(2100) })
  for (const length of [{}, { 'Transfer-Encoding': 'chunked' }])
    for (const type of ['application/json', 'text/plain']) {
      const headers: Record<string, string> = { 'Content-Type': type, ...length }
      const answer = await server.ask('/track/beacon', { method: 'POST', headers, body })
      expect(answer.status).toBe(413)
      expect(answer.text).toContain('2048')
    }
})

test('what a page tells of itself drops nothing that was fetched ahead; an action does', async () => {
  await using server = await listen(site().app)
  const cleared = async (path: string, body: string) => {
    const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Mode': 'cors' }
    return (await server.ask(path, { method: 'POST', headers, body })).headers['clear-site-data']
  }
  expect(await cleared('/track/record_event', '[{"name":"install","at":1}]')).toBeUndefined()
  expect(await cleared('/track/beacon', '{"id":"k3v9x2ab.0","release":"r","path":"/","vitals":{}}')).toBeUndefined()
  expect(await cleared('/missions', '{}')).toBe('"prefetchCache"')
})

test('health and timing are there, and events are taken', async () => {
  await using server = await listen(site().app)
  expect((await server.ask('/health/ready')).status).toBe(200)
  expect((await server.ask('/__timing__')).status).toBe(200)
  const body = '[{"name":"install","at":1}]'
  expect(
    (await server.ask('/track/record_event', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }))
      .status,
  ).toBe(204)
})
