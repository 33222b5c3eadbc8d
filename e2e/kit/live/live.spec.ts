import { expect, type Page } from '@playwright/test'
import { startChromium } from '../engines/engine.ts'
import { pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startLive } from 'client/runtime/live.ts'
  globalThis.heard = []
  document.addEventListener('firstframe:live', ({ detail }) => heard.push(detail))
  globalThis.live = startLive('/live', { events: ['news'] })
`)

/** A stream that says what is given and ends; `retry` makes the browser come back soon. */
function serve(site: Site, stream: () => string) {
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    return asked.path === '/live' ? { type: 'text/event-stream', body: `retry: 50\n${stream()}` } : pageOf(asked, {})
  })
}
const streams = (site: Site) => site.requests.filter(({ path }) => path === '/live')

/** As if the tab went to the back, or came to the front. */
const show = (page: Page, state: 'hidden' | 'visible') =>
  page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

test('events reach the page; a hidden page lets go, and comes back where it was', async ({ page, site }) => {
  let said = false
  serve(site, () => (said ? '\n' : ((said = true), 'id: 7\nevent: news\ndata: wolves\n\n')))
  await page.goto(site.url)
  await expect.poll(() => page.evaluate(() => heard)).toEqual([{ event: 'news', id: '7', data: 'wolves' }])
  await expect.poll(() => streams(site).at(-1)?.headers['last-event-id']).toBe('7')
  await show(page, 'hidden')
  const count = streams(site).length
  // Three times as long as the browser waits before it comes back.
  await page.waitForTimeout(150)
  expect(streams(site).length).toBe(count)
  await show(page, 'visible')
  await expect.poll(() => streams(site).at(-1)?.fields.get('since')).toBe('7')
})

test('a stream that says where it begins loses nothing in its first gap', async ({ page, site }) => {
  serve(site, () => 'id: 41\nevent: here\ndata:\n\n')
  await page.goto(site.url)
  await expect.poll(() => streams(site).length).toBeGreaterThan(0)
  await show(page, 'hidden')
  await show(page, 'visible')
  await expect.poll(() => streams(site).some(({ fields }) => fields.get('since') === '41')).toBe(true)
  expect(await page.evaluate(() => heard)).toEqual([])
})

test('a page that is left is kept by the browser, and listens from where it was when it comes back', async ({
  site,
}) => {
  serve(site, () => 'id: 7\nevent: news\ndata: wolves\n\n')
  await using chromium = await startChromium()
  const tab = await chromium.open()
  await tab.go(site.url)
  await expect.poll(() => tab.read('heard.length')).toBeGreaterThan(0)
  await tab.read(`globalThis.kept = 'as it was'`)
  await tab.go(`${site.url}/page.js`)
  const count = streams(site).length
  await tab.back()
  await expect.poll(() => tab.read('globalThis.kept').catch(() => '')).toBe('as it was')
  await expect.poll(() => streams(site).length).toBeGreaterThan(count)
  expect(streams(site)[count]?.fields.get('since')).toBe('7')
})

declare const heard: unknown[]
