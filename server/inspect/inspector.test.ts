import express from 'express'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Log } from '../log/log.ts'
import { listen } from '../middleware/testing.ts'
import { createInspector } from './inspector.ts'

const quiet = () => new Log({ output: () => {} })
const HTML = { headers: { Accept: 'text/html' } }

test('an app of anybody’s has all pages by two lines, without sessions, parsers or headers of ours', async () => {
  const inspector = createInspector({ release: () => 'r1', development: true, log: quiet() })
  const app = express()
  app.use(...inspector.first, ...inspector.pages)
  app.get('/shop', (req, res) => {
    req.timing.controller = 'shop'
    res.end('shop')
  })
  await inspector.start(app)
  await using server = await listen(app)
  await server.ask('/shop')
  for (const page of ['/__timing__', '/__timing__/requests', '/__profile__', '/__memory__', '/__log__'])
    expect([page, (await server.ask(page, HTML)).status]).toEqual([page, 200])
  expect((await server.ask('/__timing__', HTML)).text).toContain('<h2>shop</h2>')
  expect((await server.ask('/metrics')).text).toContain('route="shop"')
  // Without events there is nothing to show of them.
  expect((await server.ask('/__events__', HTML)).status).toBe(404)
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const asked = await server.ask('/__log__', { method: 'POST', headers, body: 'action=echo&user=ada' })
  expect([asked.status, inspector.log.echo.hears('ada')]).toEqual([303, true])
  await inspector.close()
})

test('somebody else’s session tells whose a request is, as far as it says so in a text', async () => {
  const inspector = createInspector({ release: () => 'r1', development: true, log: quiet() })
  const app = express()
  app.use(...inspector.first)
  app.use((req, _res, next) => {
    Object.assign(req, { session: { user: req.path === '/ada' ? 'ada' : { name: 'eve' } } })
    next()
  })
  app.use(...inspector.pages)
  app.use((_req, res) => void res.end())
  await using server = await listen(app)
  await server.ask('/ada')
  await server.ask('/eve')
  await expect.poll(() => inspector.log.next).toBe(2)
  const users = Array.from(inspector.log.since(), ({ entry }) => (entry.kind === 'request' ? entry.user : undefined))
  expect(users).toEqual(['ada', null])
  await inspector.close()
})

test('elsewhere the pages are not there without the token, and the app’s own still are', async () => {
  const inspector = createInspector({ release: () => 'r1', token: 'a-token-of-some-length', log: quiet() })
  const app = express()
  app.use(...inspector.first, ...inspector.pages)
  app.get('/shop', (_req, res) => void res.end('shop'))
  await using server = await listen(app)
  expect((await server.ask('/shop')).status).toBe(200)
  expect((await server.ask('/__log__')).status).toBe(404)
  expect((await server.ask('/__log__', { headers: { 'X-Inspect-Token': 'a-token-of-some-length' } })).status).toBe(200)
  await inspector.close()
})

test('at its end it keeps what the release has counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstframe-inspector-'))
  const inspector = createInspector({ release: () => 'r1', log: quiet(), kept: { folder, instance: '3000' } })
  const app = express()
  app.use(...inspector.first)
  app.use((_req, res) => void res.end())
  await inspector.start(app)
  {
    await using server = await listen(app)
    await server.ask('/')
    await expect.poll(() => inspector.timings.routes().length).toBe(1)
  }
  await inspector.close()
  expect(await readdir(folder)).toEqual(['r1.3000.json'])
  await rm(folder, { recursive: true })
})
