import { get, type IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { echoed } from '../../log/echo.ts'
import { Log } from '../../log/log.ts'
import { answerError, errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { body } from '../../middleware/limits.ts'
import { session } from '../../middleware/session.ts'
import { app, listen, type Listening } from '../../middleware/testing.ts'
import { controller, timing } from '../../middleware/timing.ts'
import { Timings } from '../../middleware/timings.ts'
import { type Fixture, hero, open } from '../../store/fixture.ts'
import { Hero } from '../../store/hero.ts'
import { access } from '../access.ts'
import { logPages, type LogPagesOptions } from './log.ts'
import type { Row } from './logRow.ts'

/** Who plays: read from the database, or the cache, at `/hero`; written at `/rename`. */
const ADA = 'ada'
const GUILD = 'nobody-elses-business'

function site({ store }: Pick<Fixture, 'store'>, options: Partial<LogPagesOptions> = {}) {
  const log = new Log({ output: () => {} })
  const site = app()
  site.use(timing({ timings: new Timings(), log: log.write }), headers())
  site.use(session({ secrets: ['a-secret-for-the-tests'] }), echoed(log), body())
  site.use(access({ token: '', development: true }), logPages({ log, ...options }))
  site.use(controller())
  site.get('/hero', async (req, res) => {
    req.timing.controller = 'hero'
    req.session.signIn(ADA)
    await store.session(req.timing).get(Hero, ADA)
    res.end()
  })
  site.get('/rename', async (req, res) => {
    req.timing.controller = 'hero/rename'
    await store.session(req.timing).transaction(async (tx) => {
      const row = await tx.get(Hero, ADA)
      if (row) await tx.update(Hero, { ...row, guild: GUILD })
    })
    res.end()
  })
  site.get('/broken', () => {
    throw new Error('the bridge <b>fell</b>')
  })
  const pages = { errorPage: () => Promise.reject(new Error('no pages here')), sendPage: () => {} }
  site.use(notFound(), errors(answerError({ ...pages, log: log.write })))
  return { site, log }
}

const HTML = { Accept: 'text/html' }
const rows = async (server: Listening, query = '') =>
  (JSON.parse((await server.ask(`/__log__?format=json${query}`)).text) as { lines: Row[] }).lines
const tell = (server: Listening, fields: Record<string, string>) =>
  server.ask('/__log__', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })

/** Follows the log; what it was told so far as text. */
async function follow(
  server: Listening,
  query = '',
  headers = {},
): Promise<{ heard: () => string; answer: IncomingMessage }> {
  const answer = await new Promise<IncomingMessage>((resolve) => {
    get(`${server.url}/__log__/live${query}`, { headers }, resolve)
  })
  let heard = ''
  answer.setEncoding('utf8').on('data', (text: string) => (heard += text))
  answer.on('error', () => {})
  return { heard: () => heard, answer }
}
const linesIn = (heard: string) =>
  Array.from(heard.matchAll(/^id: (\d+)\nevent: line\ndata: (.*)$/gm), ([, id, data = '{}']) => ({
    number: Number(id),
    ...(JSON.parse(data) as Row),
  }))

test('the page shows requests and failures, the latest first, under the policy', async () => {
  await using fixture = await open()
  await using server = await listen(site(fixture).site)
  await server.ask('/broken')
  await server.ask('/hero?name=%3Cb%3E')
  const { text, headers } = await server.ask('/__log__', { headers: HTML })
  expect(text).toContain('Error: the bridge &lt;b&gt;fell&lt;/b&gt;')
  expect(text).toContain('GET /hero?name=%3Cb%3E')
  expect(text.indexOf('GET /hero')).toBeLessThan(text.indexOf('the bridge'))
  expect(text).not.toMatch(/ style=|<script>|NaN|Infinity|undefined/)
  expect(headers['content-security-policy']).toContain("script-src 'self';")
  const script = await server.ask('/__log__/live.js')
  expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
})

test('one request’s lines are found by its id', async () => {
  await using fixture = await open()
  await using server = await listen(site(fixture).site)
  await server.ask('/hero')
  const { headers } = await server.ask('/broken')
  const found = await rows(server, `&id=${String(headers['x-request-id'])}`)
  expect(found.map(({ kind, level }) => [kind, level])).toEqual([
    ['error', 'error'],
    ['error', 'error'],
    ['request', 'warn'],
  ])
})

test('a player who is listened to has each statement and each cache key told, never a value; nobody else has', async () => {
  await using fixture = await open([hero(ADA, { guild: GUILD })])
  await using server = await listen(site(fixture).site)
  const cookie = String((await server.ask('/hero')).headers['set-cookie']).split(';', 1)[0] ?? ''
  const traffic = async () => (await rows(server)).filter(({ kind }) => kind === 'database' || kind === 'cache')
  await server.ask('/rename', { headers: { Cookie: cookie } })
  expect(await traffic()).toEqual([])

  expect((await tell(server, { action: 'echo', user: ADA })).status).toBe(303)
  await server.ask('/hero')
  expect(await traffic()).toEqual([])
  for (const path of ['/rename', '/hero', '/hero']) await server.ask(path, { headers: { Cookie: cookie } })
  const told = await traffic()
  expect(told.map(({ kind, text, said }) => `${kind} ${text.replace(/\(\?.*|set .*/, '…')}: ${said}`)).toEqual([
    'database BEGIN IMMEDIATE: done',
    expect.stringMatching(/^cache get e:hero:1:ada: hit · \d+ B$/) as string,
    'database update "hero" …: 1 row',
    'database COMMIT: done',
    'cache delete e:hero:1:ada: asked',
    'cache get e:hero:1:ada: miss',
    expect.stringMatching(/^database select .* from "hero" where "id" in …: 1 row$/) as string,
    expect.stringMatching(/^cache fill e:hero:1:ada: stored · \d+ B$/) as string,
    expect.stringMatching(/^cache get e:hero:1:ada: hit · \d+ B$/) as string,
  ])
  expect(told.every(({ user, level }) => user === ADA && level === 'debug')).toBe(true)
  expect(told.filter(({ kind }) => kind === 'database').every(({ took }) => took.endsWith(' ms'))).toBe(true)
  expect(JSON.stringify(told)).not.toContain(GUILD)
  expect((await server.ask('/__log__', { headers: HTML })).text).toContain(
    '<b class="on">Listening</b> to <a href="/__log__?user=ada">',
  )

  await tell(server, { action: 'hush', user: ADA })
  await server.ask('/hero', { headers: { Cookie: cookie } })
  expect(await traffic()).toEqual(told)
})

test.each([
  [{ action: 'burn', user: 'ada' }, 'action is "burn" of user "ada"'],
  [{ action: 'echo', user: 'a b' }, 'action is "echo" of user "a b"'],
  [{ action: 'echo' }, 'action is "echo" of user "undefined"'],
])('%j is refused in words', async (fields, words) => {
  await using fixture = await open()
  await using server = await listen(site(fixture).site)
  const { status, text } = await tell(server, fields)
  expect([status, text]).toEqual([400, expect.stringContaining(words)])
})

test('who follows hears what the filter lets through, as it happens, and where it left off when it comes back', async () => {
  await using fixture = await open()
  const { site: here, log } = site(fixture)
  await using server = await listen(here)
  log.note('info', 'zero')
  const { heard, answer } = await follow(server, '?text=one&from=0')
  expect(answer.headers['content-type']).toBe('text/event-stream')
  log.note('info', 'another')
  log.note('error', 'one')
  await expect.poll(() => linesIn(heard())).toMatchObject([{ text: 'one', level: 'error' }])
  const { number = 0 } = linesIn(heard())[0] ?? {}
  answer.destroy()

  log.note('info', 'one more')
  const again = await follow(server, '?text=one&from=0', { 'Last-Event-ID': String(number) })
  await expect.poll(() => linesIn(again.heard()).map(({ text }) => text)).toEqual(['one more'])
  const restarted = await follow(server, '?text=one', { 'Last-Event-ID': '999999' })
  await expect.poll(() => linesIn(restarted.heard()).map(({ text }) => text)).toEqual(['one', 'one more'])
  log.close()
  await expect.poll(() => again.answer.readableEnded && restarted.answer.readableEnded).toBe(true)
})

test('a slow reader loses lines, holds nobody up, and is told how many', async () => {
  await using fixture = await open()
  const { site: here, log } = site(fixture)
  await using server = await listen(here)
  const { heard, answer } = await follow(server)
  answer.pause()
  const many = 20_000
  for (let n = 0; n < many; n++) log.note('info', `line ${n} ${'x'.repeat(200)}`)
  answer.resume()
  await expect.poll(() => heard()).toMatch(/^event: lost\ndata: \d+$/m)
  log.note('info', 'after')
  await expect.poll(() => linesIn(heard()).at(-1)?.text).toBe('after')
  const lost = Array.from(heard().matchAll(/^event: lost\ndata: (\d+)$/gm), ([, count]) => Number(count))
  const notes = linesIn(heard()).filter(({ kind }) => kind === 'note')
  expect(lost.reduce((sum, count) => sum + count, 0) + notes.length).toBeGreaterThanOrEqual(many + 1)
  expect(notes.length).toBeLessThan(many)
})

test('so many readers and no more', async () => {
  await using fixture = await open()
  await using server = await listen(site(fixture, { readers: 2 }).site)
  await follow(server)
  const second = await follow(server)
  expect((await follow(server)).answer.statusCode).toBe(503)
  second.answer.destroy()
  await expect.poll(async () => (await follow(server)).answer.statusCode).toBe(200)
})
