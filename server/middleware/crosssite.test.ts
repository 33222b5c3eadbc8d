import { expect, test } from 'vitest'
import { crossSite } from './crosssite.ts'
import { errors } from './errors.ts'
import { answerPlain, app, listen } from './testing.ts'

function site() {
  const site = app()
  site.use(crossSite())
  site.use((_req, res) => res.end('done'))
  site.use(errors(answerPlain))
  return site
}

test.each([
  [{ 'Sec-Fetch-Site': 'same-origin' }, 200],
  [{ 'Sec-Fetch-Site': 'none' }, 200],
  [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
  [{ 'Sec-Fetch-Site': 'same-site' }, 403],
  [{ 'Sec-Fetch-Site': 'cross-site', Origin: 'SELF' }, 403],
  [{ Origin: 'SELF' }, 200],
  [{ Origin: 'https://evil.example' }, 403],
  [{ Origin: 'http://127.0.0.1:1' }, 403],
  [{ Origin: 'null' }, 403],
  [{}, 200],
])('a write with %j is answered with %i', async (headers, status) => {
  await using server = await listen(site())
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === 'SELF' ? server.url : value]),
  )
  for (const method of ['POST', 'DELETE', 'PUT'])
    expect((await server.ask('/', { method, headers: sent })).status).toBe(status)
  expect((await server.ask('/', { headers: sent })).status).toBe(200)
})

test('the refusal says what to do', async () => {
  await using server = await listen(site())
  const { text } = await server.ask('/', { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } })
  expect(text).toBe("This was sent from another site, so nothing was done. Go to the game's own page and try there.")
})
