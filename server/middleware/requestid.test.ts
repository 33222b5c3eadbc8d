import { expect, test } from 'vitest'
import { type TraceContext, traceparent } from './requestid.ts'
import { app, listen } from './testing.ts'

test.each(['0A000001:D3F2_7F000001:1F90_6564A1B2_0001:0007', 'a.b-c_d:12345678'])(
  'the balancer’s id %s is kept and sent back',
  async (id) => {
    await using server = await listen(app())
    expect((await server.ask('/', { headers: { 'X-Request-Id': id } })).headers['x-request-id']).toBe(id)
  },
)

test.each(['short', 'has space 12345', 'x'.repeat(65), 'quote"12345678', ''])(
  'an id that could forge a log line is replaced: %j',
  async (id) => {
    await using server = await listen(app())
    const given = (await server.ask('/', { headers: { 'X-Request-Id': id } })).headers['x-request-id']
    expect(given).toMatch(/^[\w-]{12}$/)
  },
)

test('an id from who is no trusted proxy is replaced', async () => {
  const site = app()
  site.set('trust proxy', '10.0.0.0/8')
  await using server = await listen(site)
  const given = (await server.ask('/', { headers: { 'X-Request-Id': 'somebody-elses' } })).headers['x-request-id']
  expect(given).toMatch(/^[\w-]{12}$/)
})

test('ids that it makes differ', async () => {
  await using server = await listen(app())
  const answers = await Promise.all(Array.from({ length: 300 }, () => server.ask('/')))
  expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(300)
})

test('a trace that arrived is gone on with, as a step of its own', async () => {
  const site = app()
  site.use((req, res) => void res.json(req.trace))
  await using server = await listen(site)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const parentId = '00f067aa0ba902b7'
  const { text } = await server.ask('/', { headers: { traceparent: `00-${traceId}-${parentId}-01` } })
  const trace = JSON.parse(text) as TraceContext
  expect(trace).toMatchObject({ traceId, parentId, sampled: true })
  expect(trace.spanId).toMatch(/^[\da-f]{16}$/)
  expect(trace.spanId).not.toBe(parentId)
  expect(traceparent(trace)).toBe(`00-${traceId}-${trace.spanId}-01`)
})

test.each([
  undefined,
  'rubbish',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
])('of %s a new trace begins', async (header) => {
  const site = app()
  site.use((req, res) => void res.json(req.trace))
  await using server = await listen(site)
  const { text } = await server.ask('/', { headers: header === undefined ? {} : { traceparent: header } })
  const trace = JSON.parse(text) as TraceContext
  expect(trace.traceId).toMatch(/^[\da-f]{32}$/)
  expect(trace.traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  expect(trace.parentId).toBeUndefined()
})
