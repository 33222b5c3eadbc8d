import { expect, type Page } from '@playwright/test'
import {
  type Answer,
  type Asked,
  pageOf,
  pageScript,
  script,
  type Site,
  startSite,
  test,
  workerScript,
} from '../kit.ts'

const start = await pageScript(`
  import { refreshCopy } from 'client/runtime/copy.ts'
  import { startFragments } from 'client/runtime/fragments.ts'
  import { registerWorker } from 'client/runtime/worker.ts'
  globalThis.loads = Number(sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1)
  let fragments
  const worker = registerWorker('/worker.js', { onWaiting: () => { document.documentElement.dataset.waiting = ''; fragments.loadNext() } })
  fragments = startFragments({ beforeLoad: () => worker.activate() })
  void refreshCopy(fragments)
  document.addEventListener('firstframe:applied', () => (document.documentElement.dataset.applied = ''))
  globalThis.look = async () => (await navigator.serviceWorker.getRegistration()).update()
`)

/** Part of each release's shell, as the page's script is in earnest. */
const SCRIPT = '/assets/page-1.js'
const place = (asked: Asked, main: string) => pageOf(asked, { main }, { src: SCRIPT })

const asset = (release: string) => `/assets/style-${release}.css`

/** A game of one release; what differs from the answers below is the test's. */
async function serve(site: Site, release: string, more: (asked: Asked) => Answer | undefined = () => undefined) {
  const worker = await workerScript({
    release,
    shell: [asset(release), SCRIPT].map((file) => ({ file: file.slice(1), bytes: 10 })),
  })
  site.handle((asked) => {
    const own = more(asked)
    if (own) return own
    if (asked.path === SCRIPT) return script(start)
    if (asked.path === '/worker.js') return script(worker)
    if (asked.path.startsWith('/assets/'))
      return {
        type: 'text/css',
        body: `h1 { color: red }`,
        headers: { 'Cache-Control': 'max-age=31536000, immutable' },
      }
    if (!/^\/\w*$/.test(asked.path)) return undefined
    const links = '<a href="/market">Market</a> <a href="/hall">Hall</a>'
    return pageOf(
      asked,
      { main: `<h1>${release} ${asked.path}</h1>${links}` },
      { release, src: SCRIPT, head: `<link rel="stylesheet" href="${asset(release)}">` },
    )
  })
}

const cached = (page: Page, name: string) =>
  page.evaluate(async (name) => {
    const cache = await caches.open(name)
    const keys = await cache.keys()
    return keys.map(({ url }) => new URL(url).pathname)
  }, name)

/** Opens the page and waits until the worker has stored what it showed. */
async function settle(page: Page, site: Site, path = '/village') {
  await page.goto(site.url + path)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await expect.poll(() => cached(page, 'firstframe-places')).toContain(path)
}
const since = (site: Site, count: number) => site.requests.slice(count).map(({ path }) => path)

test('a second visit paints without asking, then brings itself up to date', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  const before = site.requests.length
  await serve(site, 'r1', (asked) => (asked.path === '/village' ? place(asked, '<h1>news</h1>') : undefined))
  await page.goto('about:blank')
  await page.goto(`${site.url}/village`)
  await expect(page.locator('h1')).toHaveText('news')
  expect(since(site, before)).toEqual(['/village'])
  expect(site.requests.at(-1)?.headers['fragment']).toBeUndefined()
  const [paint, asked] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    performance.getEntriesByType('resource').find(({ name }) => name.endsWith('/village'))?.startTime ?? 0,
  ])
  expect(asked).toBeGreaterThan(paint ?? Infinity)
  // What came is what the next visit starts from.
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.match('/village', { ignoreVary: true }))?.text()) ?? ''))
    .toContain('news')
})

const PICTURE = '/assets/hill-1a2b3c4d.png'
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('a tab closed while the worker installs leaves place and pictures to the next visit, line or not', async ({
  page,
  site,
  context,
}) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const only = '/assets/worker-only.js'
  const worker = await workerScript({
    release: 'r1',
    shell: [SCRIPT, only].map((file) => ({ file: file.slice(1), bytes: 1 })),
  })
  site.handle(async (asked) => {
    if (asked.path === only) await held
    if (asked.path === SCRIPT || asked.path === only) return script(asked.path === only ? '' : start)
    if (asked.path === '/worker.js') return script(worker)
    if (asked.path === PICTURE) return { type: 'image/png', body: PNG }
    if (asked.path === '/live') return { body: '<p>own</p>' }
    return asked.path === '/village' ? place(asked, `<h1>hill</h1><img src="${PICTURE}" alt="hill">`) : undefined
  })
  await page.goto(`${site.url}/village`)
  // The worker's own copy of the place, by which nothing is read.
  await expect.poll(() => site.requests.filter((asked) => asked.path === '/village').length).toBe(2)
  expect(site.requests.findLast((asked) => asked.path === '/village')?.headers['purpose']).toBe('prefetch')
  await page.close()
  release()
  const next = await context.newPage()
  await next.goto(`${site.url}/live`)
  await expect.poll(() => cached(next, 'firstframe-pictures')).toEqual([PICTURE])
  await expect
    .poll(() => next.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state))
    .toBe('activated')
  await site.close()
  await next.goto(`${site.url}/village`)
  await expect(next.locator('h1')).toHaveText('hill')
  expect(
    await next.locator('img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
  ).toBe(1)
  await site.open()
})

test('with files on a CDN the shell is fetched there, and kept under this origin’s names', async ({ page, site }) => {
  const cdn = await startSite()
  const lost = '/assets/lost-1.js'
  const shell = [asset('r1'), SCRIPT, lost]
  const worker = await workerScript({ release: 'r1', shell: shell.map((file) => ({ file: file.slice(1), bytes: 1 })) })
  cdn.handle(({ path }) =>
    path === lost ? undefined : { type: 'text/css', body: 'h1 {}', headers: { 'Access-Control-Allow-Origin': '*' } },
  )
  site.handle((asked) => {
    if (asked.path === '/worker.js') return script(worker)
    if (asked.path.startsWith('/assets/')) return script(start)
    return pageOf(asked, { main: '<h1>near</h1>' }, { src: SCRIPT, assets: cdn.url })
  })
  await settle(page, site)
  expect((await cached(page, 'firstframe-shell-r1')).toSorted()).toEqual(shell.toSorted())
  expect(cdn.requests.map(({ path }) => path).toSorted()).toEqual(shell.toSorted())
  // The page's own script, and what the CDN did not have.
  expect(site.requests.filter(({ path }) => path.startsWith('/assets/')).map(({ path }) => path)).toEqual([
    SCRIPT,
    lost,
  ])
  await cdn.close()
})

test('a reload asks the server first, and works off line', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await serve(site, 'r1', (asked) => (asked.path === '/village' ? place(asked, '<h1>fresh</h1>') : undefined))
  const before = site.requests.length
  await page.reload()
  await expect(page.locator('h1')).toHaveText('fresh')
  expect(since(site, before)[0]).toBe('/village')
  await site.close()
  await page.reload()
  await expect(page.locator('h1')).toHaveText('fresh')
  await page.goto(`${site.url}/never`)
  await expect(page.locator('h1')).toHaveText('fresh')
  await site.open()
})

test('parts met on line are there off line; a place never met is said to be missing', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await page.click('a:text("Market")')
  await expect(page.locator('h1')).toHaveText('r1 /market')
  await page.goBack()
  await expect(page.locator('h1')).toHaveText('r1 /village')
  await site.close()
  await page.click('a:text("Market")')
  await expect(page.locator('h1')).toHaveText('r1 /market')
  await page.click('a:text("Hall")')
  await expect(page.locator('#notice')).toContainText('No connection')
  // A place that was met as parts alone opens in another's document, which puts them in,
  await page.goto(`${site.url}/market`)
  await expect(page.locator('h1')).toHaveText('r1 /market')
  expect(await page.evaluate(() => [document.compatMode, document.documentElement.dataset['release']])).toEqual([
    'CSS1Compat',
    'r1',
  ])
  await site.open()
  // and as a document of its own when the line is back.
  await page.goto(`${site.url}/market`)
  await expect.poll(() => cached(page, 'firstframe-places')).toContain('/market')
  await expect(page.locator('html[data-release]')).toHaveCount(1)
})

test('a server error, a redirect and an outcome never enter the cache', async ({ page, site }) => {
  await serve(site, 'r1', (asked) => {
    if (asked.path === '/broken') return pageOf(asked, { main: '<h1>broken</h1>' }, { status: 500 })
    if (asked.path === '/moved') return { status: 302, headers: { Location: '/hall' } }
    return undefined
  })
  await settle(page, site)
  await page.goto(`${site.url}/broken`)
  await expect(page.locator('h1')).toHaveText('broken')
  await page.goto(`${site.url}/moved`)
  await expect(page).toHaveURL(`${site.url}/hall`)
  await page.goto(`${site.url}/hall?did=abcdefgh`)
  await expect(page.locator('h1')).toHaveText('r1 /hall')
  await page.evaluate(() => fetch('/broken', { headers: { Fragment: 'main' } }))
  expect(await cached(page, 'firstframe-places')).toEqual(['/village', '/hall'])
  expect(await cached(page, 'firstframe-fragments')).toEqual([])
  await page.goto(`${site.url}/moved`)
  await expect(page).toHaveURL(`${site.url}/hall`)
})

test('after an action the server is asked first for half a minute', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await page.evaluate(() => fetch('/village', { method: 'POST' }))
  await serve(site, 'r1', (asked) => (asked.path === '/village' ? place(asked, '<h1>after</h1>') : undefined))
  const before = site.requests.length
  await page.goto(`${site.url}/village`)
  expect(since(site, before)[0]).toBe('/village')
  await expect(page.locator('h1')).toHaveText('after')
})

test('what no route names is not touched', async ({ page, site }) => {
  await serve(site, 'r1', ({ path }) =>
    path.startsWith('/live') || path.startsWith('/__') ? { body: '<p>own</p>' } : undefined,
  )
  await settle(page, site)
  await page.goto(`${site.url}/__timing__`)
  await page.goto(`${site.url}/live`)
  expect(await cached(page, 'firstframe-places')).toEqual(['/village'])
})

test('five releases in a row each come with the next place change, whole, on one full load each', async ({
  page,
  site,
  context,
}) => {
  await serve(site, 'r1')
  await settle(page, site)
  const other = await context.newPage()
  await other.goto(`${site.url}/village`)
  const loadsOf = (tab: Page) => tab.evaluate(() => Reflect.get(globalThis, 'loads') as number)
  for (const release of ['r2', 'r3', 'r4', 'r5', 'r6']) {
    await serve(site, release)
    const loads = await loadsOf(page)
    await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())
    await expect(page.locator('html[data-waiting]')).toHaveCount(1)
    expect(await page.evaluate(() => caches.keys())).toContain(`firstframe-shell-${release}`)
    await page.click('a:text("Market")')
    // The mark was of a page that is left.
    await expect(page.locator('html[data-waiting]')).toHaveCount(0)
    await expect(page.locator(`html[data-release=${release}] h1`)).toHaveText(`${release} /market`)
    expect(await loadsOf(page)).toBe(loads + 1)
    await page.click('a:text("Hall")')
    await expect(page.locator('h1')).toHaveText(`${release} /hall`)
    expect(await loadsOf(page)).toBe(loads + 1)
  }
  // The other tab is left alone: its own next place change is due, and until then what its release brought is there.
  expect(await loadsOf(other)).toBe(1)
  site.handle(() => undefined)
  expect(await other.evaluate(async (name) => (await fetch(name)).status, asset('r1'))).toBe(200)
  await serve(site, 'r6')
  await other.click('a:text("Market")')
  await expect(other.locator('html[data-release=r6] h1')).toHaveText('r6 /market')
  expect(await loadsOf(other)).toBe(2)
})

test('copies of a new release open at once under the worker of an older one', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await serve(site, 'r2')
  await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())
  await expect(page.locator('html[data-waiting]')).toHaveCount(1)
  await page.click('a:text("Market")')
  await expect(page.locator('html[data-release=r2]')).toHaveCount(1)
  await expect.poll(() => cached(page, 'firstframe-places')).toContain('/market')
  // Half a minute later places are not asked for first: a worker that was stopped has forgotten it.
  const session = await page.context().newCDPSession(page)
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.stopAllWorkers')
  await site.close()
  await page.goto(`${site.url}/market`)
  expect(
    await page.evaluate(() =>
      (performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]).flatMap(({ serverTiming }) =>
        serverTiming.map(({ name }) => name),
      ),
    ),
  ).toEqual(['copy'])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)).toBe(
    'installed',
  )
  await site.open()
})

test('a release that is taken back is the newest again', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  for (const release of ['r2', 'r1']) {
    await serve(site, release)
    await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())
    await expect
      .poll(() =>
        page.evaluate(async () => (await caches.match('/?newest', { cacheName: 'firstframe-state' }))?.text()),
      )
      .toBe(release)
  }
  await site.close()
  await page.goto(`${site.url}/village`)
  await expect(page.locator('h1')).toHaveText('r1 /village')
  await site.open()
})

test('the worker of a new release follows when all pages are closed', async ({ page, site, context }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await serve(site, 'r2')
  await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())
  await expect(page.locator('html[data-waiting]')).toHaveCount(1)
  await page.close()
  const next = await context.newPage()
  await expect
    .poll(async () => {
      await next.goto(`${site.url}/village`)
      const waiting = await next.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting)
      await next.goto('about:blank')
      return waiting
    })
    .toBeNull()
})

test('the next place change is of the new release even before its worker is there', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await page.goto(`${site.url}/market`)
  await expect.poll(() => cached(page, 'firstframe-places')).toContain('/market')
  await page.goto(`${site.url}/village`)
  // Its worker cannot be installed.
  await serve(site, 'r2', ({ path }) => (path === asset('r2') ? { status: 503 } : undefined))
  await page.click('a:text("Hall")')
  await expect(page.locator('h1')).toHaveText('r2 /hall')
  await page.click('a:text("Market")')
  await expect(page.locator('html[data-release=r2]')).toHaveCount(1)
  await expect(page.locator('h1')).toHaveText('r2 /market')
})

test('a page in use asks for a new release once a minute; one that is not, never', async ({ page, site }) => {
  await page.clock.install()
  await serve(site, 'r1')
  await page.goto(`${site.url}/village`)
  await page.clock.runFor(5000)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.evaluate(() => {
    const looks: number[] = []
    Reflect.set(globalThis, 'looks', looks)
    const update = Reflect.get(ServiceWorkerRegistration.prototype, 'update') as () => Promise<unknown>
    Reflect.set(ServiceWorkerRegistration.prototype, 'update', function look(this: ServiceWorkerRegistration) {
      looks.push(Date.now())
      return update.call(this)
    })
  })
  const looks = () => page.evaluate(() => (Reflect.get(globalThis, 'looks') as number[]).length)
  await page.clock.runFor(10 * 60_000)
  expect(await looks()).toBe(0)
  for (const expected of [1, 1, 1, 2]) {
    await page.keyboard.press('Shift')
    expect(await looks()).toBe(expected)
    await page.clock.runFor(21_000)
  }
  await serve(site, 'r2')
  await page.clock.runFor(60_000)
  await page.keyboard.press('Shift')
  await expect(page.locator('html[data-waiting]')).toHaveCount(1)
})

test('a shell without its scripts is not installed; the old worker goes on', async ({ page, site }) => {
  await serve(site, 'r1')
  await settle(page, site)
  await serve(site, 'r2', ({ path }) => (path === asset('r2') ? { status: 503 } : undefined))
  await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)().catch(() => {}))
  await expect.poll(() => site.requests.some(({ path }) => path === asset('r2'))).toBe(true)
  await page.goto(`${site.url}/hall`)
  await expect(page.locator('h1')).toHaveText('r2 /hall')
  const [active, waiting] = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    return [registration?.active?.state, registration?.waiting?.state]
  })
  expect([active, waiting]).toEqual(['activated', undefined])
})

test('the kill switch takes effect at the next navigation: what the old worker answers is loaded again, once', async ({
  page,
  site,
}) => {
  await serve(site, 'r1')
  await settle(page, site)
  await page.goto('about:blank')
  const off = await workerScript({ release: 'off', shell: [] }, 'client/worker/off.ts')
  await serve(site, 'r1', (asked) => {
    if (asked.path === '/worker.js') return script(off)
    return asked.path === '/village' ? place(asked, '<h1>from the server</h1><input>') : undefined
  })
  await page.goto(`${site.url}/village`)
  await expect.poll(() => page.evaluate(() => Reflect.get(globalThis, 'loads') as number).catch(() => 0)).toBe(3)
  await expect(page.locator('h1')).toHaveText('from the server')
  expect(
    await page.evaluate(() =>
      (performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]).map((entry) => entry.workerStart),
    ),
  ).toEqual([0])
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([])
  await page.fill('input', 'typed')
  await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)().catch(() => {}))
  await page.goto(`${site.url}/hall`)
  await expect(page.locator('h1')).toHaveText('r1 /hall')
  expect(await page.evaluate(() => Reflect.get(globalThis, 'loads') as number)).toBe(4)
})

test('the kill switch leaves a page alone that has been open for long; its next navigation has no worker', async ({
  page,
  site,
}) => {
  await serve(site, 'r1')
  await settle(page, site)
  await page.evaluate(async () => {
    // As half a minute later.
    const cache = await caches.open('firstframe / opened')
    const [note] = await cache.keys()
    if (note) await cache.put(note, Response.json([]))
  })
  const off = await workerScript({ release: 'off', shell: [] }, 'client/worker/off.ts')
  await serve(site, 'r1', ({ path }) => (path === '/worker.js' ? script(off) : undefined))
  await page.evaluate(() => (Reflect.get(globalThis, 'look') as () => Promise<void>)())
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([])
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  expect(await page.evaluate(() => Reflect.get(globalThis, 'loads') as number)).toBe(1)
  await page.goto(`${site.url}/hall`)
  await expect(page.locator('h1')).toHaveText('r1 /hall')
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
})

/** https://w3c.github.io/resource-timing/, Chromium alone has it: which of the worker's rules took the request. */
type Routed = PerformanceEntry & { workerMatchedSourceType: string }

test('what a page tells of itself is sent past the worker, which could lose it', async ({ page, site }) => {
  await serve(site, 'r1', ({ method }) => (method === 'POST' ? { status: 204, body: '' } : undefined))
  await settle(page, site)
  const ways = await page.evaluate(async () => {
    const wayOf = async (path: string) => {
      const entry = new Promise<Routed>((resolve) =>
        new PerformanceObserver((list) => {
          const found = list.getEntries().find(({ name }) => name.endsWith(path))
          if (found) resolve(found as Routed)
        }).observe({ type: 'resource' }),
      )
      await fetch(path, { method: 'POST' })
      return (await entry).workerMatchedSourceType
    }
    return { told: await wayOf('/track/beacon'), done: await wayOf('/market') }
  })
  expect(ways).toEqual({ told: 'network', done: '' })
})
