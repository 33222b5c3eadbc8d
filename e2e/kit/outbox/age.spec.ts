import { expect, type Page } from '@playwright/test'
import { type Asked, pageOf, pageScript, script, type Site, test, workerScript } from '../kit.ts'

const MINUTE = 60_000
const start = await pageScript(`
  import { refreshCopy } from 'client/runtime/copy.ts'
  import { startFragments } from 'client/runtime/fragments.ts'
  import { registerWorker } from 'client/runtime/worker.ts'
  import { ago, startAge } from 'client/runtime/outbox/age.ts'
  registerWorker('/worker.js')
  const fragments = startFragments()
  void refreshCopy(fragments)
  document.addEventListener('firstframe:age', ({ detail: { asOf } }) => {
    document.documentElement.dataset.age = asOf === undefined ? 'fresh' : ago(asOf)
  })
  document.addEventListener('firstframe:applied', () => (document.documentElement.dataset.applied = location.pathname))
  startAge(fragments)
`)

const SCRIPT = '/assets/page-1.js'

/** A place says how often it was asked for. */
async function serve(site: Site) {
  const worker = await workerScript({ release: 'r1', shell: [{ file: SCRIPT.slice(1), bytes: 1 }] })
  let count = 0
  site.handle((asked: Asked) => {
    if (asked.path === SCRIPT) return script(start)
    if (asked.path === '/worker.js') return script(worker)
    if (!/^\/(?:village|market)$/.test(asked.path)) return undefined
    const links =
      '<a href="/village">Village</a> <a href="/market">Market</a><form method="post"><button>Act</button></form>'
    return pageOf(asked, { main: `<h1>${asked.path} ${++count}</h1>${links}` }, { src: SCRIPT })
  })
}

/** Opens both places, so that there are copies of them, so many minutes before now. */
async function visit(page: Page, site: Site, minutes: number) {
  await page.goto(`${site.url}/village`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const copies = () => page.evaluate(async () => (await (await caches.open('firstframe-places')).keys()).length)
  await expect.poll(copies).toBe(1)
  await page.click('a:text("Market")')
  await expect(page.locator('h1')).toContainText('/market')
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open('firstframe-fragments')).keys()).length))
    .toBe(1)
  await page.evaluate(async (earlier) => {
    for (const name of ['firstframe-places', 'firstframe-fragments']) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const copy = await cache.match(request, { ignoreVary: true })
        const headers = new Headers(copy?.headers)
        headers.set('Firstframe-Stored', String(Number(headers.get('Firstframe-Stored')) - earlier))
        await cache.put(request, new Response(await copy?.text(), { headers }))
      }
    }
  }, minutes * MINUTE)
}
const age = (page: Page) => page.locator('html')

test('a place opened without a line says how old it is, until the line is back', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, 5)
  await site.close()
  await page.goto(`${site.url}/village`)
  await expect(age(page)).toHaveAttribute('data-age', '5 minutes ago')
  await site.open()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(age(page)).toHaveAttribute('data-age', 'fresh')
})

test('so does one that is stepped to', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, 180)
  await page.click('a:text("Village")')
  await expect(page.locator('h1')).toContainText('/village')
  await page.reload()
  await site.close()
  await page.click('a:text("Market")')
  await expect(age(page)).toHaveAttribute('data-age', '3 hours ago')
  await expect(age(page)).toHaveAttribute('data-applied', '/market')
  await site.open()
  await page.click('a:text("Village")')
  await expect(age(page)).toHaveAttribute('data-age', 'fresh')
})

test('a copy that the server has brought up to date says nothing', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, 5)
  await page.goto(`${site.url}/village`)
  await expect(age(page)).toHaveAttribute('data-applied', '/village')
  expect(await age(page).getAttribute('data-age')).toBeNull()
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  // From now on it is as old as that answer.
  await expect(age(page)).toHaveAttribute('data-age', 'now')
})

test('the words follow the clock while the line is gone', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, 5)
  await site.close()
  await page.clock.install()
  await page.goto(`${site.url}/village`)
  // The clock that the test holds knows nothing of navigations: the page does not see that it is a copy.
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  await expect(age(page)).toHaveAttribute('data-age', '5 minutes ago')
  await page.clock.runFor(2 * MINUTE)
  await expect(age(page)).toHaveAttribute('data-age', '7 minutes ago')
  await site.open()
})

test('an action that the server answers makes a place fresh', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, 5)
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  await expect(age(page)).toHaveAttribute('data-age', 'now')
  await page.click('button:text("Act")')
  await expect(age(page)).toHaveAttribute('data-age', 'fresh')
})

test('a clock that was set back makes no copy younger than now', async ({ page, site }) => {
  await serve(site)
  await visit(page, site, -90)
  await site.close()
  await page.goto(`${site.url}/village`)
  await expect(age(page)).toHaveAttribute('data-age', 'now')
  await site.open()
})
