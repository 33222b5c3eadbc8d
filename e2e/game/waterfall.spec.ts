import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Page } from '@playwright/test'
import { startGame } from '../services/game.ts'
import { startBalancer } from '../services/haproxy.ts'
import { needed } from '../services/needed.ts'
import { DESKTOP, expect, Player, test } from './play.ts'

test.use(DESKTOP)

interface Site {
  /** Through the load balancer, as players come. */
  url: string
  /** The instance itself, for who looks at it. */
  inside: string
}

/** A game behind the real HAProxy, whose log it gets. */
async function balanced(work: (site: Site) => Promise<void>): Promise<void> {
  const log = `127.0.0.1:${await freeDatagramPort()}`
  await using game = await startGame({ env: { BALANCER_LOG: `udp://${log}`, TRUST_PROXY: 'loopback' } })
  const { host } = new URL(game.url)
  await using balancer = await startBalancer({
    path: await needed('haproxy'),
    instances: [host.replace('localhost', '127.0.0.1')],
    logs: [log],
  })
  await work({ url: balancer.url, inside: game.url })
}

async function freeDatagramPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

/** What is said against the page: the policy's complaints come here too. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', ({ message }) => void complaints.push(message))
  return complaints
}

/** A visit that goes to the market in place and is then left; resolves when its beacon has come. */
async function visit(page: Page, { url, inside }: Site): Promise<void> {
  const player = new Player(page)
  // What is asked for once the page measures.
  const live = page.waitForRequest(`${url}/live`)
  await player.open(`${url}/`)
  await live
  await page.getByRole('link', { name: 'Market' }).first().click()
  await expect(page).toHaveURL(`${url}/market`)
  await expect(page.locator('main h1')).toBeVisible()
  await page.waitForLoadState('networkidle')
  await page.goto('about:blank')
  const requests = () => page.request.get(`${inside}/__timing__/requests`).then((answer) => answer.text())
  await expect.poll(requests).toContain('/__timing__/visits/')
}

const LINE = ['balancer', 'receive', 'queue', 'connect', 'response', 'send', 'outer']

/** In this order, whatever stands between. */
async function expectLayers(page: Page, wanted: readonly string[]): Promise<void> {
  const rows = page.locator('.waterfall tbody th[scope=row]')
  await expect(rows.first()).toBeVisible()
  const names = await rows.evaluateAll((cells) => cells.map(({ firstChild }) => firstChild?.textContent ?? ''))
  let at = 0
  for (const name of names) if (name === wanted[at]) at++
  expect(wanted[at], `missing in ${names.join()}`).toBeUndefined()
}

test('one visit is read from the load balancer to the next paint', async ({ page }) => {
  await balanced(async ({ url, inside }) => {
    await visit(page, { url, inside })
    const complaints = complaintsOf(page)
    await page.goto(`${inside}/__timing__`)
    await page.getByRole('link', { name: 'Requests and visits, one by one' }).click()
    const visits = page.locator('article', { hasText: 'The latest visits' })
    await visits.getByRole('link', { name: '/', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Visit to /' })).toBeVisible()
    await expect(page.locator('.figures')).toContainText('LCP ms')
    await expect(page.getByRole('table', { name: 'Parts fetched' })).toContainText('/market')

    await page.getByRole('link', { name: 'village', exact: true }).click()
    const tail = ['render', 'encode', 'write', 'browser']
    await expectLayers(page, [
      ...LINE,
      'controller',
      'database',
      ...tail,
      'connect',
      'wait',
      'transfer',
      'parse',
      'paint',
    ])
    await page.getByRole('link', { name: 'The visit' }).click()
    await page.getByRole('link', { name: 'market', exact: true }).click()
    await expectLayers(page, [...LINE, 'session', 'controller', ...tail, 'wait', 'transfer', 'morph', 'paint'])
    await expect(page.getByRole('rowgroup')).toHaveCount(4)
    expect(complaints).toEqual([])
  })
})

test('a route’s table has the balancer’s layers, and a request has one id from there to the browser', async ({
  page,
}) => {
  await balanced(async ({ url, inside }) => {
    const answer = await page.request.get(`${url}/ladder`)
    const id = answer.headers()['x-request-id'] ?? ''
    await expect
      .poll(async () => {
        const { balancer } = (await (
          await page.request.get(`${inside}/__timing__/requests/${encodeURIComponent(id)}?format=json`)
        ).json()) as { balancer?: unknown }
        return balancer
      })
      .toMatchObject({ server: 'game1' })
    await page.goto(`${inside}/__timing__`)
    const ladder = page.locator('article', { has: page.getByRole('heading', { name: 'ladder' }) })
    await expect(ladder.getByRole('table', { name: 'Balancer' })).toContainText(
      /receive.*queue.*connect.*response.*send/s,
    )
  })
})

for (const viewport of [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
])
  test(`nothing of visit or waterfall stands out of a screen of ${viewport.width} pixels`, async ({ page }) => {
    await balanced(async ({ url, inside }) => {
      await visit(page, { url, inside })
      await page.setViewportSize(viewport)
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      await page.goto(`${inside}/__timing__`)
      await page.screenshot({ path: test.info().outputPath('timing.png'), fullPage: true })
      expect(await overflow()).toBe(0)
      await page.goto(`${inside}/__timing__/requests`)
      await page.screenshot({ path: test.info().outputPath('requests.png'), fullPage: true })
      expect(await overflow()).toBe(0)
      await page.locator('article', { hasText: 'The latest visits' }).getByRole('link').first().click()
      await page.screenshot({ path: test.info().outputPath('visit.png'), fullPage: true })
      expect(await overflow()).toBe(0)
      await page.getByRole('link', { name: 'market', exact: true }).click()
      await page.screenshot({ path: test.info().outputPath('request.png'), fullPage: true })
      expect(await overflow()).toBe(0)
    })
  })
