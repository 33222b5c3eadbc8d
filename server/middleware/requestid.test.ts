import { expect, test } from 'vitest'
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

test('ids that it makes differ', async () => {
  await using server = await listen(app())
  const answers = await Promise.all(Array.from({ length: 300 }, () => server.ask('/')))
  expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(300)
})
