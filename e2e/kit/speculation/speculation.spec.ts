import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, type Page } from '@playwright/test'
import { type Asked, pageOf, pageScript, script, type Site, test, workerScript } from '../kit.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** What somebody's server says with the kit's middleware in it. */
const SERVER = `
  import express from 'express'
  import { speculation } from 'firstframe/server/speculation'
  const app = express().use(speculation({ never: ['/friend/*', '/*\\\\?*buy=*'] })).use((_req, res) => res.end())
  const server = app.listen(0, '127.0.0.1', async () => {
    const ask = (path, init) => fetch('http://127.0.0.1:' + server.address().port + path, init)
    const page = (await ask('/', { headers: { Accept: 'text/html' } })).headers.get('Speculation-Rules')
    const rules = await ask(JSON.parse(page))
    const write = (await ask('/', { method: 'POST' })).headers.get('Clear-Site-Data')
    console.log(JSON.stringify({ page, write, type: rules.headers.get('Content-Type'), rules: await rules.text() }))
    server.close()
  })
`
const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SERVER], { cwd: root })
const said = JSON.parse(stdout) as { page: string; write: string; type: string; rules: string }

const runtime = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startPrefetch } from 'client/runtime/prefetch.ts'
  startPrefetch(startFragments())
  document.documentElement.dataset.ready = ''
`)

const withWorker = await pageScript(`
  import { registerWorker } from 'client/runtime/worker.ts'
  registerWorker('/worker.js')
  document.documentElement.dataset.ready = ''
`)
const worker = await workerScript({ release: 'r1', shell: [] })

const LINKS = `
  <a href="/market">Market</a> <a href="/full" data-full>Full</a> <a href="/window" target="_blank">Window</a>
  <a href="/alone" data-full data-no-prefetch>Alone</a> <p data-no-prefetch><a href="/within" data-full>Within</a></p>
  <a href="/log-out" data-full>Leave</a> <a href="/signout?now" data-full>Leave now</a> <a href="/friend/7" data-full>Friend</a>
  <a href="/shop?buy=1" data-full>Buy</a> <a href="/save" download>Save</a> <a href="/outside" rel="nofollow" data-full>Outside</a>
  <a href="/village" aria-current="page" data-full>Here</a> <a href="#main" data-full>Down</a>
  <form method="post" action="/act"><button>Act</button></form>`

/** Its pages, with or without the runtime; `release` made them. */
function serve(site: Site, { code = runtime, release = 'r1' } = {}) {
  site.handle((asked) => {
    if (asked.path === JSON.parse(said.page)) return { type: said.type, body: said.rules }
    if (asked.path === '/page.js') return script(code)
    if (asked.path === '/worker.js') return script(worker)
    const headers = {
      'Speculation-Rules': said.page,
      ...(asked.method === 'POST' && !asked.headers['fragment'] && { 'Clear-Site-Data': said.write }),
    }
    const main = `<h1>${asked.path} ${countOf(site, asked.path)}</h1>${LINKS}`
    return pageOf(asked, { main }, { headers, release })
  })
}

const asksFor = (site: Site, path: string) => site.requests.filter((asked) => asked.path === path)
const countOf = (site: Site, path: string) => asksFor(site, path).length
const isAhead = ({ headers }: Asked) => headers['sec-purpose'] !== undefined
/** Paths that the browser has fetched ahead. */
const ahead = (site: Site) => site.requests.filter(isAhead).map(({ path }) => path)

async function open(page: Page, site: Site) {
  const rules = page.waitForEvent('requestfinished', (request) => request.url().includes('/speculation-'))
  await page.goto(`${site.url}/village`)
  await Promise.all([rules, page.locator('html[data-ready]').waitFor()])
}

/** A button goes down on it, and thinks better of it. */
async function press(page: Page, name: string) {
  await page.hover(`text="${name}"`)
  await page.mouse.down()
  await page.mouse.move(0, 0)
  await page.mouse.up()
}

const deliveryOf = (page: Page) =>
  page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().deliveryType)

test('a full load that is meant is fetched ahead once, and the click takes it; the policy has nothing to say', async ({
  page,
  site,
}) => {
  const complaints: string[] = []
  page.on('console', (message) => message.type() !== 'log' && complaints.push(message.text()))
  serve(site)
  await open(page, site)
  await page.hover('text=Full')
  await expect.poll(() => ahead(site)).toEqual(['/full'])
  await page.click('text=Full')
  await expect(page.locator('h1')).toHaveText('/full 1')
  expect(await deliveryOf(page)).toBe('navigational-prefetch')
  expect(countOf(site, '/full')).toBe(1)
  expect(complaints).toEqual([])
})

test('what the runtime asks for in parts the browser does not fetch as well', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  await page.hover('text=Market')
  await expect.poll(() => countOf(site, '/market')).toBe(1)
  await press(page, 'Market')
  await press(page, 'Window')
  await expect.poll(() => ahead(site)).toEqual(['/window'])
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market 2')
  expect(ahead(site)).toEqual(['/window'])
})

test('without scripts every place is fetched ahead', async ({ browser, site }) => {
  await using context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  serve(site)
  const rules = page.waitForEvent('requestfinished', (request) => request.url().includes('/speculation-'))
  await page.goto(`${site.url}/village`)
  await rules
  await page.hover('text=Market')
  await expect.poll(() => ahead(site)).toEqual(['/market'])
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market 1')
  expect(countOf(site, '/market')).toBe(1)
})

test('signing out, what does something, and what asks to be left alone is never fetched ahead', async ({
  page,
  site,
}) => {
  serve(site)
  await open(page, site)
  for (const name of [
    'Alone',
    'Within',
    'Leave',
    'Leave now',
    'Friend',
    'Buy',
    'Save',
    'Outside',
    'Here',
    'Down',
    'Act',
  ])
    await press(page, name)
  await press(page, 'Full')
  await expect.poll(() => ahead(site)).toContain('/full')
  expect(ahead(site)).toEqual(['/full'])
})

test('what was fetched before an action is fetched again after it', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  await press(page, 'Full')
  await expect.poll(() => ahead(site)).toEqual(['/full'])
  await page.click('text=Act')
  await expect(page.locator('h1')).toHaveText(/act/)
  await page.locator('html[data-prefetch=""]').waitFor()
  await page.click('text=Full')
  await expect(page.locator('h1')).toHaveText('/full 2')
})

test('what was fetched before somebody’s own script wrote is fetched again after it', async ({ page, site }) => {
  serve(site, { code: "document.documentElement.dataset.ready = ''" })
  await open(page, site)
  await press(page, 'Full')
  await expect.poll(() => ahead(site)).toEqual(['/full'])
  await page.evaluate(async () => await fetch('/act', { method: 'POST' }))
  await page.click('text=Full')
  await expect(page.locator('h1')).toHaveText('/full 2')
})

test('when another release answers, the next place is a full load, and fetched ahead as such', async ({
  page,
  site,
}) => {
  serve(site)
  await open(page, site)
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market 1')
  serve(site, { release: 'r2' })
  await page.click('text=Act')
  await expect(page.locator('html[data-prefetch]')).toHaveCount(0)
  await page.hover('text=Market')
  await expect.poll(() => ahead(site)).toEqual(['/market'])
  await page.click('text=Market')
  await expect(page.locator('html[data-release=r2] h1')).toHaveText('/market 2')
  expect(countOf(site, '/market')).toBe(2)
})

test('a worker with a copy of the place asks the server for what is fetched ahead, and keeps it as the next copy', async ({
  page,
  site,
}) => {
  serve(site, { code: withWorker })
  await open(page, site)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.goto(`${site.url}/full`)
  await page.goto(`${site.url}/village`)
  const before = countOf(site, '/full')
  await page.hover('text=Full')
  await expect.poll(() => countOf(site, '/full')).toBe(before + 1)
  expect(ahead(site)).toEqual(['/full'])
  await page.click('text=Full')
  await expect(page.locator('h1')).toHaveText(`/full ${before + 1}`)
  expect(await deliveryOf(page)).toBe('navigational-prefetch')
  expect(countOf(site, '/full')).toBe(before + 1)
  const copy = () => page.evaluate(async () => (await caches.match('/full', { ignoreVary: true }))?.text())
  await expect.poll(copy).toContain(`/full ${before + 1}<`)
})
