import { chromium, expect, type Page } from '@playwright/test'
import type { Beacon } from '../../../server/wire/beacon.ts'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { startChromium } from '../engines/engine.ts'
import { pageOf, pageScript, script, test, type Asked, type Site } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { startVitals } from 'client/runtime/vitals.ts'
  startVitals()
  startFragments()
  loadImages()
`)
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60"/></svg>'

/** Three places that lead to each other, each with a picture and some words to paint. */
function serve(
  site: Site,
  main = '',
  answer: (asked: Asked) => ReturnType<typeof pageOf> | undefined = () => undefined,
) {
  site.handle((asked) => {
    const own = answer(asked)
    if (own) return own
    if (asked.path === '/page.js') return script(start)
    if (asked.path === '/picture.svg') return { type: 'image/svg+xml', body: picture }
    if (asked.path === '/track/beacon') return { status: 204 }
    const links = ['market', 'inn', 'village'].map((place) => `<a href="/${place}">${place}</a> `).join('')
    const body = `<h1>At ${asked.path}</h1>${links}<p>${`${asked.path} `.repeat(60)}</p><button type="button">Press</button>`
    return pageOf(
      asked,
      { main: `${body}<img alt="" width="80" height="60" src="/picture.svg">${main}` },
      { headers: { 'X-Request-Id': 'q1', 'Server-Timing': 'request;desc="q1"' } },
    )
  })
}

/** Those that came. */
function beacons(site: Site): Beacon[] {
  return site.requests
    .filter(({ path }) => path === '/track/beacon')
    .map(({ text, headers }) => {
      expect(headers['content-type']).toBe('application/json')
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048)
      return JSON.parse(text) as Beacon
    })
}

async function arrive(page: Page, site: Site, path = '/village') {
  await page.goto(site.url + path)
  await expect(page.locator('img').first()).toHaveAttribute('data-shown')
}

async function walk(page: Page, place: string) {
  await page.getByRole('link', { name: place }).click()
  await expect(page.locator('h1')).toHaveText(`At /${place}`)
  await painted(page)
}

/** Two frames on, and what the browser tells of them is told. */
const painted = (page: Page) =>
  page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++)
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  })

/** Until the browser has been handed what is new: the page tells it when it is idle. */
const prepared = (page: Page) =>
  page.evaluate(
    () => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(() => setTimeout(resolve)))),
  )

const ids = (site: Site) => beacons(site).map(({ id }) => id)

test('a page that is left says in one beacon what it measured', async ({ page, site }) => {
  serve(site)
  await arrive(page, site)
  await walk(page, 'market')
  await page.goto('about:blank')
  await expect.poll(() => ids(site)).toEqual([expect.stringMatching(/\.0$/)])
  const [beacon] = beacons(site)
  expect(beacon).toMatchObject({ release: 'r1', path: '/village', request: 'q1' })
  expect(Object.keys(beacon?.vitals ?? {})).toEqual(expect.arrayContaining(['FCP', 'TTFB', 'LCP', 'CLS', 'INP']))
  expect(beacon?.fragments).toMatchObject([{ path: '/market', request: 'q1', paint: expect.any(Number) }])
})

test('a tab that is closed right after its last tap loses nothing', async ({ page, site }) => {
  serve(site)
  await arrive(page, site)
  await page.getByRole('link', { name: 'market' }).click()
  await expect(page.locator('h1')).toHaveText('At /market')
  await page.close({ runBeforeUnload: true })
  await expect.poll(() => beacons(site).map(({ fragments }) => fragments?.length)).toEqual([1])
})

test('each hide with news is one beacon, without news none', async ({ site }) => {
  serve(site)
  await using chromium = await startChromium()
  const tab = await chromium.open()
  const isThere = (selector: string) => tab.read<boolean>(`document.querySelector('${selector}') !== null`)
  const hide = async (count: number) => {
    const over = await chromium.open()
    await expect.poll(() => tab.read('document.visibilityState')).toBe('hidden')
    await expect.poll(() => ids(site).length).toBe(count)
    await over.close()
    await tab.front()
    await expect.poll(() => tab.read('document.visibilityState')).toBe('visible')
  }
  // What was painted and pressed is told some frames later, when the page is idle.
  const told = () =>
    tab.read(`(async () => {
      for (let frame = 0; frame < 3; frame++)
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      for (let time = 0; time < 3; time++) await new Promise((resolve) => requestIdleCallback(resolve))
    })()`)
  await tab.go(`${site.url}/village`)
  await expect.poll(() => isThere('img[data-shown]')).toBe(true)
  await told()
  await hide(1)
  await hide(1)
  await tab.click('a[href="/market"]')
  await expect.poll(() => isThere('body[data-path="/market"]')).toBe(true)
  await told()
  await hide(2)
  await hide(2)
  await tab.click('a[href="/inn"]')
  await expect.poll(() => isThere('body[data-path="/inn"]')).toBe(true)
  await tab.close()
  await expect.poll(() => ids(site).length).toBe(3)
  const [visit] = ids(site)[0]?.split('.') ?? []
  expect(ids(site)).toEqual([`${visit}.0`, `${visit}.1`, `${visit}.2`])
  const came = beacons(site)
  expect(came.map(({ fragments = [] }) => fragments.map(({ path }) => path))).toEqual([[], ['/market'], ['/inn']])
  expect(came.map(({ vitals }) => 'LCP' in vitals)).toEqual([true, false, false])
})

test('a page that comes back from the back/forward cache begins another visit', async ({ site }) => {
  serve(site)
  await using browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  const page = await browser.newPage()
  await arrive(page, site)
  await page.goto(`${site.url}/page.js`)
  await expect.poll(() => ids(site).length).toBe(1)
  // Playwright's own way back waits for a load, and a page that was kept does not load again.
  await page.evaluate(() => void setTimeout(() => history.back()))
  await expect.poll(() => page.url()).toBe(`${site.url}/village`)
  await walk(page, 'market')
  await page.goto(`${site.url}/page.js`)
  await expect.poll(() => ids(site).length).toBe(2)
  const [first, second] = beacons(site)
  expect(second?.id).toMatch(/\.0$/)
  expect(second?.id).not.toBe(first?.id)
  // The document was not fetched for it.
  expect(second?.request).toBeUndefined()
  expect(second?.vitals).toHaveProperty('LCP')
  expect(second?.fragments).toHaveLength(1)
})

test('a tab that is killed while it is seen is told of by the browser, once', async ({ site }) => {
  serve(site)
  await using browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  const page = await browser.newPage()
  await arrive(page, site)
  await walk(page, 'market')
  await prepared(page)
  expect(ids(site)).toEqual([])
  const client = await browser.newBrowserCDPSession()
  const { processInfo } = await client.send('SystemInfo.getProcessInfo')
  for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL')
  await expect.poll(() => beacons(site).map(({ fragments }) => fragments?.length)).toEqual([1])
})

test('where sendBeacon’s quota is used up the beacon still comes, once', async ({ page, site }) => {
  serve(site, '', ({ path }) => (path === '/full' ? (new Promise<undefined>(() => {}) as never) : undefined))
  await arrive(page, site)
  const taken = await page.evaluate(() =>
    [60_000, 60_000].map((size) => navigator.sendBeacon('/full', 'x'.repeat(size))),
  )
  expect(taken).toEqual([true, false])
  await page.evaluate(() => navigator.sendBeacon('/full', 'x'.repeat(5000)))
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
})

test('where sendBeacon is blocked and there is nothing else, a fetch that outlives its page brings it', async ({
  page,
  site,
}) => {
  serve(site)
  await page.addInitScript(() => {
    navigator.sendBeacon = () => false
    Reflect.deleteProperty(globalThis, 'fetchLater')
  })
  await arrive(page, site)
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
})

test('each place tells its own LCP, INP and CLS', async ({ page, site }) => {
  serve(site)
  await arrive(page, site)
  await walk(page, 'market')
  await page.getByRole('button').click()
  await painted(page)
  await walk(page, 'inn')
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
  expect(beacons(site)[0]?.places).toMatchObject([
    { path: '/market', LCP: expect.any(Number), INP: expect.any(Number), CLS: 0 },
    { path: '/inn', LCP: expect.any(Number) },
  ])
})

test('a browser that does not tell places apart has them told by the page', async ({ page, site }) => {
  serve(site)
  await page.addInitScript(() => {
    const types = PerformanceObserver.supportedEntryTypes.filter((type) => type !== 'soft-navigation')
    Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { value: types })
  })
  await arrive(page, site)
  await walk(page, 'market')
  // Slow enough that the browser tells of it.
  await page.evaluate(() =>
    document.querySelector('button')?.addEventListener('click', () => {
      for (const end = performance.now() + 60; performance.now() < end;);
    }),
  )
  await page.getByRole('button').click()
  await painted(page)
  await walk(page, 'inn')
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
  const { places = [], fragments = [] } = beacons(site)[0] ?? {}
  expect(places).toMatchObject([{ path: '/market' }, { path: '/inn' }])
  expect(places[0]?.INP).toBeGreaterThanOrEqual(56)
  const [first] = fragments
  expect(places[0]?.LCP).toBe(
    (first?.wait ?? 0) + (first?.transfer ?? 0) + (first?.morph ?? 0) + (first?.paint ?? Number.NaN),
  )
})

test('long frames name the script that held them up', async ({ page, site }) => {
  const busy = `document.querySelector('button').addEventListener('click', function dig() {
    for (const end = performance.now() + 120; performance.now() < end; );
  })`
  serve(site, '<script src="/busy.js" defer></script>', ({ path }) => (path === '/busy.js' ? script(busy) : undefined))
  await arrive(page, site)
  await page.getByRole('button').click()
  await painted(page)
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
  const worst = beacons(site)[0]?.frames?.find(({ script }) => script?.includes('dig'))
  expect(worst).toMatchObject({ path: '/village', script: '/busy.js dig' })
  expect(worst?.duration).toBeGreaterThanOrEqual(120)
  expect(worst?.blocking).toBeGreaterThan(50)
})

test('pictures are counted once, with their bytes', async ({ page, site }) => {
  serve(site, '<div class="far"></div><img alt="" loading="lazy" width="80" height="60" src="/far.svg">', ({ path }) =>
    path === '/far.svg' ? { type: 'image/svg+xml', body: picture } : undefined,
  )
  await arrive(page, site)
  await expect(page.locator('img').last()).toHaveAttribute('data-shown')
  await painted(page)
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
  const rows = beacons(site)[0]?.pictures ?? []
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(2)
  expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2 * picture.length)
})

test('hours of walking about are told within 2 KB', async ({ page, site }) => {
  serve(site)
  await arrive(page, site)
  await page.evaluate(async () => {
    for (let visit = 0; visit < 60; visit++) {
      const timing = { request: 'q1', wait: visit, transfer: 1, morph: 1, at: performance.now() }
      const detail = { url: `${location.origin}/market`, timing }
      document.dispatchEvent(new CustomEvent('firstframe:applied', { detail }))
    }
  })
  await painted(page)
  await page.goto('about:blank')
  await expect.poll(() => ids(site).length).toBe(1)
  const { fragments = [], dropped = 0 } = beacons(site)[0] ?? {}
  expect(fragments.length + dropped).toBe(60)
  expect(fragments[0]?.wait).toBe(59)
})
