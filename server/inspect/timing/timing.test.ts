import { hash } from 'node:crypto'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { body } from '../../middleware/limits.ts'
import { answerPlain, app, listen } from '../../middleware/testing.ts'
import { controller } from '../../middleware/timing.ts'
import { Histogram } from '../../middleware/histogram.ts'
import { Timings } from '../../middleware/timings.ts'
import { createCounters } from '../../store/counters.ts'
import { access, type AccessOptions } from '../access.ts'
import type { ReleaseFigures } from './releases.ts'
import { timingPage, type TimingPageOptions, type TimingReport } from './timing.ts'

const TOKEN = 'a-token-of-some-length'

function site(options: Partial<AccessOptions> = {}, caches: Partial<TimingPageOptions> = {}) {
  const timings = new Timings()
  const site = app({ lines: [], timings })
  site.use(headers())
  site.use(body())
  site.use(
    access({ token: '', development: true, ...options }),
    timingPage({ timings, release: () => 'r<1>', ...caches }),
  )
  site.get('/battle', controller(), (req, res) => {
    req.timing.controller = 'battle/<attack>'
    req.timing.span('render', () => {})
    req.timing.count('hits', 2)
    res.end()
  })
  site.use(notFound())
  site.use(errors(answerPlain))
  return { site, timings }
}

test('the page shows routes, layers and the browser’s word, under the policy', async () => {
  const { site: here, timings } = site()
  await using server = await listen(here)
  await server.ask('/battle')
  await expect.poll(() => timings.routes().length).toBe(1)
  timings.reported('/battle', [['LCP', 812]])
  const { text, headers, status } = await server.ask('/__timing__', { headers: { Accept: 'text/html' } })
  expect(status).toBe(200)
  for (const words of ['battle/&lt;attack&gt;', 'r&lt;1&gt;', '>outer<', '>render<', '>LCP<', '<b>2</b><span>hits'])
    expect(text).toContain(words)
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? ''
  expect(headers['content-security-policy']).toContain(`'sha256-${hash('sha256', style, 'base64')}'`)
  expect(text).not.toMatch(/ style=|<script(?! type="module" src="\/__timing__\/refresh\.js"><)|NaN|Infinity|undefined/)
  expect(headers['cache-control']).toBe('no-store')
})

/** A release in which the village took about so long, `count` times. */
function figuresOf(release: string, took: number, count = 200): ReleaseFigures {
  const outer = new Histogram()
  for (let n = 0; n < count; n++) outer.record(took * (1 + (n % 10) / 50))
  return {
    release,
    until: 0,
    routes: new Map([['village', { count, errors: 0, layers: new Map([['outer', outer]]) }]]),
  }
}

test('it says what changed since the release before, and of what there is too little', async () => {
  const releases = { current: () => figuresOf('two', 40), earlier: () => [figuresOf('o<ne>', 20)] }
  await using server = await listen(site({}, { releases }).site)
  const { text } = await server.ask('/__timing__', { headers: { Accept: 'text/html' } })
  const [row = ''] = /<tr><th scope="row">village.*?<\/tr>/.exec(text) ?? []
  expect(text).toContain('Since the last release (o&lt;ne&gt;)')
  expect(text).toContain('1 worse, 0 better')
  expect(row.match(/<b title="worse">▲<\/b>/g)).toHaveLength(2)

  const few = { current: () => figuresOf('two', 40, 7), earlier: () => [figuresOf('one', 20)] }
  await using second = await listen(site({}, { releases: few }).site)
  expect((await second.ask('/__timing__', { headers: { Accept: 'text/html' } })).text).toContain(
    'Too few to compare, 100 under each release are needed: village (7 now, 200 before).',
  )
})

test('an empty page is a page', async () => {
  await using server = await listen(site().site)
  expect((await server.ask('/__timing__', { headers: { Accept: 'text/html' } })).text).not.toMatch(
    /NaN|Infinity|undefined/,
  )
})

test.each([
  ['/__timing__', { Accept: 'application/json' }],
  ['/__timing__?format=json', { Accept: 'text/html' }],
])('%s with %j is JSON', async (path, headers) => {
  const { site: here, timings } = site()
  await using server = await listen(here)
  await server.ask('/battle')
  await expect.poll(() => timings.routes().length).toBe(1)
  const report = JSON.parse((await server.ask(path, { headers })).text) as TimingReport
  expect(report).toMatchObject({ release: 'r<1>', count: 1, errors: 0, counts: { hits: 2 } })
  expect(report.routes[0]?.layers['outer']).toEqual({
    count: 1,
    p50: expect.any(Number) as number,
    p95: expect.any(Number) as number,
    p99: expect.any(Number) as number,
  })
})

/** The status that a request gets which says `Host` is what it likes. */
const withHost = (url: string, host: string) =>
  new Promise((resolve) => {
    request(`${url}/__timing__`, { headers: { Host: host } }, (answer) => resolve(answer.resume().statusCode)).end()
  })

test('in development this machine is let in, and who comes through a proxy or by another name is not', async () => {
  await using server = await listen(site().site)
  expect((await server.ask('/__timing__')).status).toBe(200)
  for (const name of ['X-Forwarded-For', 'Forwarded', 'Via'])
    expect((await server.ask('/__timing__', { headers: { [name]: '127.0.0.1' } })).status).toBe(404)
  expect(await withHost(server.url, 'localhost:3000')).toBe(200)
  expect(await withHost(server.url, 'rebound.example')).toBe(404)
})

test('elsewhere nothing is there without the token', async () => {
  for (const token of ['', TOKEN]) {
    await using server = await listen(site({ development: false, token }).site)
    const nowhere = await server.ask('/nowhere')
    for (const headers of [
      {},
      { 'X-Inspect-Token': 'wrong' },
      { 'X-Inspect-Token': '' },
      { Cookie: 'inspect=' },
      { Cookie: `inspect=${TOKEN}` },
    ]) {
      const { status } = await server.ask('/__timing__', { headers: { ...headers } })
      expect(status).toBe(nowhere.status)
    }
  }
})

test('the token opens it, in the header, or once by the form for a cookie that is not the token', async () => {
  await using server = await listen(site({ development: false, token: TOKEN }).site)
  expect((await server.ask('/__timing__', { headers: { 'X-Inspect-Token': TOKEN } })).status).toBe(200)

  expect((await server.ask('/__inspect__')).text).toContain('<form method="post">')
  const send = (token: string) =>
    server.ask('/__inspect__', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: `token=${token}`,
    })
  expect((await send('wrong')).status).toBe(404)
  const { status, headers } = await send(TOKEN)
  expect(status).toBe(303)
  const cookie = String(headers['set-cookie'])
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/)
  expect(cookie).not.toContain(TOKEN)
  expect((await server.ask('/__timing__', { headers: { Cookie: `a=b; ${cookie.split(';')[0]}` } })).status).toBe(200)
})

test('without a token set there is no form', async () => {
  await using server = await listen(site({ development: false }).site)
  expect((await server.ask('/__inspect__')).status).toBe(404)
  expect((await server.ask('/__inspect__', { method: 'POST' })).status).toBe(404)
})

test('what the caches did for each entity, and how each memcached stands, is on the page and in the JSON', async () => {
  const counters = createCounters()
  Object.assign(counters.of('player'), { hits: 90, localHits: 5, misses: 5, bytesBefore: 1000, bytesAfter: 321 })
  const away = {
    server: '10.0.0.1:11211',
    up: false,
    version: '1.6.18',
    commands: 7,
    failures: { timeout: 3 },
    ejections: 1,
    owed: 2,
    lostDeletes: 0,
  }
  const caches = { counters: () => counters.snapshot(), memcached: () => [away] }
  await using server = await listen(site({}, caches).site)
  const { text } = await server.ask('/__timing__', { headers: { Accept: 'text/html' } })
  for (const words of ['>player<', '95.0 %', '32.1 %', '10.0.0.1:11211', '>out of use<', 'timeout 3'])
    expect(text).toContain(words)
  expect(text).not.toMatch(/ style=|<script(?! type="module" src="\/__timing__\/refresh\.js"><)|NaN|Infinity|undefined/)
  const report = JSON.parse((await server.ask('/__timing__?format=json')).text) as TimingReport
  expect(report.entities['player']).toMatchObject({ hits: 90, localHits: 5 })
  expect(report.memcached).toEqual([away])
})
