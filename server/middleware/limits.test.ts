import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { encode, send } from './encode.ts'
import { errors } from './errors.ts'
import { body, timeout, writeRate, type WriteRateOptions } from './limits.ts'
import { session } from './session.ts'
import { answerPlain, app, listen } from './testing.ts'

function reading() {
  const site = app()
  site.use(body())
  site.use((req, res) => res.json(req.body ?? null))
  site.use(errors(answerPlain))
  return site
}

test('forms and JSON are read', async () => {
  await using server = await listen(reading())
  const form = {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'action=buy&price=-5',
  }
  expect(JSON.parse((await server.ask('/', form)).text)).toEqual({ action: 'buy', price: '-5' })
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '[1]' }
  expect(JSON.parse((await server.ask('/', json)).text)).toEqual([1])
})

test.each([
  ['a form of 1 MB', 'application/x-www-form-urlencoded', `a=${'x'.repeat(1 << 20)}`, 413, 'at most 16384 bytes'],
  ['JSON of 17 KB', 'application/json', JSON.stringify('x'.repeat(17_000)), 413, 'at most 16384 bytes'],
  ['broken JSON', 'application/json', '{"a":', 400, 'not valid JSON'],
  ['101 fields', 'application/x-www-form-urlencoded', 'a=1&'.repeat(101), 413, 'too many fields'],
])('%s is refused in words, and the connection stays', async (_what, type, sent, status, words) => {
  await using server = await listen(reading())
  const answer = await server.ask('/', {
    method: 'POST',
    headers: { 'Content-Type': type, Accept: 'text/html' },
    body: sent,
  })
  expect(answer.status).toBe(status)
  expect(answer.text).toMatch(new RegExp(words))
  expect((await server.ask('/')).status).toBe(200)
})

test('a body without a length is stopped at the limit', async () => {
  await using server = await listen(reading())
  const status = await new Promise((resolve, reject) => {
    const sent = request(server.url, { method: 'POST', headers: { 'Content-Type': 'application/json' } }, (answer) =>
      resolve(answer.statusCode),
    )
    sent.on('error', reject)
    for (let i = 0; i < 40; i++) sent.write('1'.repeat(1000))
    sent.end()
  })
  expect(status).toBe(413)
})

test('a slow request is answered in words, in time, once, and the connection stays', async () => {
  const site = app()
  const late: unknown[] = []
  site.use(timeout({ seconds: 0.1, answer: answerPlain }))
  site.use(encode())
  site.use('/slow', async (req, res) => {
    await sleep(250)
    send(req, res, 'too late', 'text/plain')
  })
  site.use('/throws', async (_req, res) => {
    await sleep(250)
    res.redirect('/elsewhere')
  })
  site.use((_req, res) => res.end('quick'))
  site.use(
    errors(async (error, req, res) => {
      late.push(error)
      await answerPlain(error, req, res)
    }),
  )
  await using server = await listen(site)
  for (const path of ['/slow', '/throws']) {
    const answer = await server.ask(path)
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.text).toContain('longer than 0.1 seconds')
    await sleep(250)
    expect((await server.ask('/')).text).toBe('quick')
  }
  expect(late).toHaveLength(1)
  expect(server.connections()).toBe(1)
})

test('a stream that has begun outlasts the time-out', async () => {
  const site = app()
  site.use(timeout({ seconds: 0.05, answer: answerPlain }))
  site.use(async (_req, res) => {
    res.write('begun ')
    await sleep(150)
    res.end('done')
  })
  await using server = await listen(site)
  expect((await server.ask('/')).text).toBe('begun done')
})

function rated(options: WriteRateOptions) {
  const site = app()
  site.use(session({ secrets: ['a-secret-for-the-tests'] }))
  site.use('/in', (req, res) => {
    req.session.signIn(req.path.slice(1))
    res.end()
  })
  site.use(writeRate(options))
  site.use((_req, res) => res.end('done'))
  site.use(errors(answerPlain))
  return site
}

test('a player’s writes are limited, its reads and other players are not; time gives back', async () => {
  let now = 0
  await using server = await listen(rated({ player: { burst: 3, perSecond: 0.5 }, clock: () => now }))
  const cookieOf = async (user: string) =>
    String((await server.ask(`/in/${user}`)).headers['set-cookie']).split(';')[0] ?? ''
  const [one, other] = [await cookieOf('one'), await cookieOf('other')]
  const write = async (Cookie: string) => server.ask('/', { method: 'POST', headers: { Cookie } })
  for (let i = 0; i < 3; i++) expect((await write(one)).status).toBe(200)

  const refused = await write(one)
  expect(refused.status).toBe(429)
  expect(refused.headers['retry-after']).toBe('2')
  expect(refused.text).toBe('That was too fast. Wait 2 seconds and try again.')
  expect((await server.ask('/', { headers: { Cookie: one } })).status).toBe(200)
  expect((await write(other)).status).toBe(200)

  now += 2000
  expect((await write(one)).status).toBe(200)
  expect((await write(one)).status).toBe(429)
})

test('an address is limited whoever it says it is, visits without a session included', async () => {
  await using server = await listen(rated({ address: { burst: 2, perSecond: 0.001 }, clock: () => 0 }))
  const from = async (address: string) => (await server.ask('/', { headers: { 'X-Forwarded-For': address } })).status
  expect([await from('9.9.9.9'), await from('9.9.9.9'), await from('9.9.9.9'), await from('9.9.9.8')]).toEqual([
    200, 200, 429, 200,
  ])
  expect([
    await from('2001:db8:1:2::1'),
    await from('2001:db8:1:2:ffff::9'),
    await from('2001:db8:1:2:3:4:5:6'),
    await from('2001:db8:1:3::1'),
    await from('2001:db8::1'),
    await from('2001:db8:0:0:9::1'),
    await from('2001:db8::2'),
    await from('no:address::at:all:::'),
  ]).toEqual([200, 200, 429, 200, 200, 200, 429, 200])
})

test('the longest silent are forgotten first', async () => {
  await using server = await listen(rated({ address: { burst: 1, perSecond: 0.001 }, remembered: 2, clock: () => 0 }))
  const from = async (address: string) => (await server.ask('/', { headers: { 'X-Forwarded-For': address } })).status
  expect([await from('1.1.1.1'), await from('1.1.1.2'), await from('1.1.1.2'), await from('1.1.1.1')]).toEqual([
    200, 200, 429, 429,
  ])
  expect(await from('1.1.1.3')).toBe(200)
  expect(await from('1.1.1.2')).toBe(200)
})
