import { expect, test } from 'vitest'
import { isAhead, speculation, type SpeculationOptions } from './speculation.ts'
import { app, listen, type Question } from './testing.ts'

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

function site(options?: SpeculationOptions) {
  const site = app()
  site.use(speculation(options))
  site.use((req, res) => res.end(isAhead(req) ? 'ahead' : 'seen'))
  return listen(site)
}

async function ask(question: Question, options?: SpeculationOptions) {
  await using server = await site(options)
  return await server.ask('/hall', question)
}

test('a page names its rules, which come as their own type and stay for good', async () => {
  await using server = await site({ never: ['/i/*'], eagerness: 'conservative' })
  const { headers } = await server.ask('/hall', { headers: HTML })
  const path = String(headers['speculation-rules']).replaceAll('"', '')
  const rules = await server.ask(path)
  expect(rules.headers).toMatchObject({
    'content-type': 'application/speculationrules+json',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  const { prefetch } = JSON.parse(rules.text) as { prefetch: [{ eagerness: string }] }
  expect(prefetch[0].eagerness).toBe('conservative')
  expect(rules.text).toContain('/i/*')
})

test('other rules have another name, and a name of yesterday brings the rules of today, not to be kept', async () => {
  const one = await ask({ headers: HTML })
  const other = await ask({ headers: HTML }, { never: ['/i/*'] })
  expect(one.headers['speculation-rules']).not.toBe(other.headers['speculation-rules'])
  await using server = await site({ never: ['/i/*'] })
  const rules = await server.ask(String(one.headers['speculation-rules']).replaceAll('"', ''))
  expect(rules.text).toContain('/i/*')
  expect(rules.headers['cache-control']).toBe('no-cache')
})

test.each<[string, Question]>([
  ['parts of a page', { headers: { ...HTML, Fragment: 'main' } }],
  ['a picture', { headers: { Accept: 'image/avif,*/*' } }],
  ['who saves data', { headers: { ...HTML, 'Save-Data': 'on' } }],
  ['an action', { method: 'POST', headers: HTML }],
])('%s: no rules', async (_what, question) => {
  expect((await ask(question)).headers).not.toHaveProperty('speculation-rules')
})

test('the answer to a write drops what was fetched ahead, but for a form that makes a new page, and for the runtime, which does so itself', async () => {
  const cleared = async (method: string, mode: string, more = {}) =>
    (await ask({ method, headers: { 'Sec-Fetch-Mode': mode, ...more } })).headers['clear-site-data']
  expect(await cleared('POST', 'cors')).toBe('"prefetchCache"')
  expect(await cleared('POST', 'navigate')).toBeUndefined()
  expect(await cleared('POST', 'cors', { Fragment: 'main' })).toBeUndefined()
  expect(await cleared('GET', 'cors')).toBeUndefined()
})

test.each(['i/*', '/*?*buy=*', '/:', 'https://elsewhere.example/*'])(
  'the pattern %s is refused at the start',
  (pattern) => {
    expect(() => speculation({ never: [pattern] })).toThrow(`speculation: never has "${pattern}": expected a path`)
  },
)

test.each<[string, Record<string, string>]>([
  ['ahead', { 'Sec-Purpose': 'prefetch' }],
  ['ahead', { 'Sec-Purpose': 'prefetch;prerender' }],
  ['ahead', { Purpose: 'prefetch' }],
  ['seen', {}],
])('%s: %o', async (what, headers) => {
  expect((await ask({ headers })).text).toBe(what)
})
