import { expect, type Page } from '@playwright/test'
import { type Handler, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startPrefetch } from 'client/runtime/prefetch.ts'
  if (new URL(location).searchParams.has('save')) Object.defineProperty(navigator, 'connection', { value: { saveData: true } })
  globalThis.fragments = startFragments()
  startPrefetch(fragments)
  document.documentElement.dataset.ready = ''
`)

const links =
  '<a href="/market">Market</a> <a href="/hall">Hall</a> <a href="/full" data-full>Full</a><p>Nothing here</p>'

const serve = (site: Site, handler: Handler = (asked) => pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` })) =>
  site.handle((asked) => (asked.path === '/page.js' ? script(start) : handler(asked)))

async function open(page: Page, site: Site, path = '/village') {
  await page.goto(site.url + path)
  await page.locator('html[data-ready]').waitFor()
}
const askedFor = (site: Site, path: string) => site.requests.filter((asked) => asked.path === path)

for (const [how, act] of [
  ['a pointer that rests', (page: Page) => page.hover('text=Market')],
  ['focus', (page: Page) => page.focus('text=Market')],
  ['a touch', (page: Page) => page.dispatchEvent('text=Market', 'touchstart')],
] as const)
  test(`${how} on a link asks for it once, as a prefetch, and the click takes the answer`, async ({ page, site }) => {
    serve(site)
    await open(page, site)
    await act(page)
    await expect.poll(() => askedFor(site, '/market').length).toBe(1)
    expect(askedFor(site, '/market')[0]?.headers).toMatchObject({
      purpose: 'prefetch',
      fragment: 'hud, main, nav, notice',
    })
    await page.click('text=Market')
    await expect(page.locator('h1')).toHaveText('/market')
    expect(askedFor(site, '/market')).toHaveLength(1)
  })

test('a click takes an answer that is still under way, and turning away then does not abort it', async ({
  page,
  site,
}) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async (asked) => {
    if (asked.path === '/market') await gate.promise
    return pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` })
  })
  await open(page, site)
  await page.hover('text=Market')
  await expect.poll(() => askedFor(site, '/market').length).toBe(1)
  await page.click('text=Market')
  await page.hover('text=Nothing here')
  gate.resolve()
  await expect(page.locator('h1')).toHaveText('/market')
  expect(askedFor(site, '/market').map(({ aborted }) => aborted)).toEqual([false])
})

test('turning away aborts it', async ({ page, site }) => {
  serve(site, async (asked) => {
    if (asked.path === '/market') return new Promise<never>(() => {})
    return pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` })
  })
  await open(page, site)
  await page.hover('text=Market')
  await expect.poll(() => askedFor(site, '/market').length).toBe(1)
  await page.hover('text=Nothing here')
  await expect.poll(() => askedFor(site, '/market')[0]?.aborted).toBe(true)
})

test('a failed one is asked for again by the click', async ({ page, site }) => {
  let cut = true
  serve(site, (asked) =>
    asked.path === '/market' && cut ? { cut } : pageOf(asked, { main: `<h1>${asked.path}</h1>${links}` }),
  )
  await open(page, site)
  // The browser itself tries a cut one again.
  const failed = page.waitForEvent('requestfailed')
  await page.hover('text=Market')
  await failed
  cut = false
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market')
  expect(askedFor(site, '/market').at(-1)?.headers['purpose']).toBeUndefined()
})

test('what was asked before the page changed is asked again', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  await page.hover('text=Market')
  await expect.poll(() => askedFor(site, '/market').length).toBe(1)
  await page.evaluate(() => fragments.refresh())
  await page.click('text=Market')
  await expect(page.locator('h1')).toHaveText('/market')
  expect(askedFor(site, '/market').map(({ headers }) => headers['purpose'])).toEqual(['prefetch', undefined])
})

test('nothing is asked ahead for links that the browser follows, nor where the person saves data', async ({
  page,
  site,
}) => {
  serve(site)
  await open(page, site, '/village?save')
  await page.focus('text=Market')
  await page.focus('text=Hall')
  await page.click('text=Hall')
  await expect(page.locator('h1')).toHaveText('/hall')
  await page.focus('text=Market')
  expect(site.requests.some(({ headers }) => headers['purpose'])).toBe(false)
  await open(page, site)
  await page.focus('text=Full')
  await page.focus('text=Hall')
  await expect.poll(() => askedFor(site, '/hall').length).toBe(2)
  expect(askedFor(site, '/full')).toHaveLength(0)
})

declare const fragments: { refresh: () => Promise<boolean> }
