import { expect } from '@playwright/test'
import type { Beacon } from '../../../server/wire/beacon.ts'
import { pageOf, pageScript, script, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { startVitals } from 'client/runtime/vitals.ts'
  startVitals()
  startFragments()
  loadImages()
`)
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60"/></svg>'

test('a page that is left says in one beacon what it measured', async ({ page, site }) => {
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path === '/picture.svg') return { type: 'image/svg+xml', body: picture }
    const main = `<h1>At ${asked.path}</h1><a href="/market">Walk</a><img alt="" width="80" height="60" src="/picture.svg">`
    return pageOf(asked, { main }, { headers: { 'X-Request-Id': 'q1', 'Server-Timing': 'request;desc="q1"' } })
  })
  await page.goto(`${site.url}/village`)
  await expect(page.locator('img')).toHaveAttribute('data-shown')
  await page.click('text=Walk')
  await expect(page.locator('h1')).toHaveText('At /market')
  // The time to paint is known a frame later.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))))
  await page.goto('about:blank')
  const beacons = () => site.requests.filter(({ path }) => path === '/track/beacon')
  await expect.poll(() => beacons().length).toBe(1)
  const [sent] = beacons()
  expect(sent?.headers['content-type']).toBe('application/json')
  expect(Buffer.byteLength(sent?.text ?? '')).toBeLessThanOrEqual(2048)
  const beacon = JSON.parse(sent?.text ?? 'null') as Beacon
  expect(beacon).toMatchObject({ release: 'r1', path: '/village', request: 'q1', pictures: { count: 1 } })
  expect(Object.keys(beacon.vitals)).toEqual(expect.arrayContaining(['FCP', 'TTFB', 'LCP', 'CLS']))
  expect(beacon.fragments).toMatchObject([{ path: '/market', request: 'q1' }])
})
