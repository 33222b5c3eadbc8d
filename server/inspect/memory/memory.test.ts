import { afterEach, expect, test } from 'vitest'
import { createMemory, type Look, type MemoryPoint } from '../../memory/memory.ts'
import { errors, notFound } from '../../middleware/errors.ts'
import { headers } from '../../middleware/headers.ts'
import { body } from '../../middleware/limits.ts'
import { answerPlain, app, listen, type Listening } from '../../middleware/testing.ts'
import { access } from '../access.ts'
import { memoryPage } from './memory.ts'

class FirstframeTicket {
  readonly bytes = Array.from({ length: 40 }, (_, n) => n * 1.5)
}
/** A leak. */
const drawer = { tickets: [] as FirstframeTicket[] }
afterEach(() => void (drawer.tickets = []))

function site() {
  const site = app()
  const memory = createMemory({ every: 20 })
  site.use(headers(), body())
  site.use(access({ token: '', development: true }), memoryPage({ memory }))
  site.use(notFound(), errors(answerPlain))
  return site
}
const tell = (server: Listening, fields: Record<string, string>) =>
  server.ask('/__memory__', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
const look = async (server: Listening) => (await server.ask('/__memory__', { headers: { Accept: 'text/html' } })).text

test('the page draws the memory over time', async () => {
  await using server = await listen(site())
  await expect.poll(() => look(server)).toContain('<polyline')
  expect(await look(server)).not.toMatch(/ style=|<script|NaN|Infinity|undefined/)
})

test('a leak is found: by what grew between two looks, and by who holds it', async () => {
  await using server = await listen(site())
  await tell(server, { action: 'look' })
  for (let n = 0; n < 2000; n++) drawer.tickets.push(new FirstframeTicket())
  expect((await tell(server, { action: 'look' })).status).toBe(303)
  const page = await look(server)
  const grown = [...page.matchAll(/<th scope="row">([^<]+)<\/th>/g)].map(([, type]) => type)
  expect(grown.slice(0, 8)).toContain('FirstframeTicket')
  expect(page).toMatch(/FirstframeTicket<\/th><td>2000<\/td><td>[^<]+<\/td><td class="bad">\+2000</)

  expect((await tell(server, { action: 'retainers', type: 'FirstframeTicket' })).headers.location).toBe(
    '/__memory__#held',
  )
  const held = await look(server)
  expect(held).toMatch(/<b>(?:2000|199\d)<\/b>.*<code>\[\] in Array<\/code> ← <code>tickets in Object<\/code>/s)
  expect(held).not.toMatch(/ style=|<script|NaN|Infinity|undefined/)
})

test('numbers and a snapshot can be had for programs', async () => {
  await using server = await listen(site())
  const { points } = JSON.parse((await server.ask('/__memory__?format=json')).text) as {
    points: MemoryPoint[]
    looks: Look[]
  }
  expect(points[0]?.resident).toBeGreaterThan(points[0]?.heap ?? Infinity)
  const snapshot = await server.ask('/__memory__?format=heapsnapshot')
  expect(snapshot.headers['content-disposition']).toContain('memory.heapsnapshot')
  expect(JSON.parse(snapshot.text)).toMatchObject({ snapshot: { node_count: expect.any(Number) as number } })
})

test.each([
  [{ action: 'burn' }, 'action is "burn"'],
  [{ action: 'retainers' }, 'action is "retainers"'],
])('%j is refused in words', async (fields, words) => {
  await using server = await listen(site())
  const { status, text } = await tell(server, fields)
  expect([status, text]).toEqual([400, expect.stringContaining(words)])
})
