import { layLine } from '../services/line.ts'
import { expect, numberOnServer, Player, test } from './play.ts'

test('the places that were met are readable without a line, and played on when it is back', async ({
  game,
  browser,
}) => {
  await using line = await layLine(game.url)
  await using context = await browser.newContext({ baseURL: line.url })
  const page = await context.newPage()
  const player = new Player(page)
  await player.open('/')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  for (const place of ['Missions', 'Hero', 'Village']) await player.go(place)
  await page.waitForLoadState('networkidle')
  line.cut()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await player.number('energy')).toBe(30)
  await player.go('Missions')
  await expect(page.locator('#main')).toContainText('Gather kindling')
  expect(
    await page.locator('img').evaluateAll((all) => (all as HTMLImageElement[]).some((image) => image.naturalWidth > 0)),
  ).toBe(true)
  await page.reload()
  await expect(page.locator('#main')).toContainText('Gather kindling')
  line.mend()
  await player.open('/missions')
  expect(await player.act('mission', 'gather-kindling')).not.toBe('')
  expect(await player.number('energy')).toBe(28)
})

test('an action without a line is kept, shown as waiting, and done exactly once when the line is back', async ({
  game,
  browser,
}) => {
  await using line = await layLine(game.url)
  await using context = await browser.newContext({ baseURL: line.url })
  const page = await context.newPage()
  const player = new Player(page)
  await player.open('/missions')
  await page.waitForLoadState('networkidle')
  line.cut()
  await player.deed('mission', 'gather-kindling').click()
  await expect(page.locator('#notice')).toContainText(/kept|connection/i)
  await expect(page.locator('[data-hud="energy"]')).toHaveText('28')
  line.mend()
  await expect(page.locator('#notice')).toContainText(/sent/i, { timeout: 20_000 })
  await expect.poll(() => numberOnServer(page, 'energy')).toBe(28)
  expect(await player.number('energy')).toBe(28)
})

test.describe('past the service worker', () => {
  // What it fetches cannot be broken from a test.
  test.use({ serviceWorkers: 'block' })

  test('a broken picture moves nothing, leaves its words, and play goes on', async ({ page }) => {
    let broken = 0
    await page.route(/\.(?:avif|webp|png|jpe?g)$/, (route) => {
      broken++
      return route.abort()
    })
    const player = new Player(page)
    await player.open('/')
    await player.go('Missions')
    await expect(page.locator('#main')).toContainText('Gather kindling')
    expect(await player.act('mission', 'gather-kindling')).not.toBe('')
    expect(broken).toBeGreaterThan(5)
    const shift = await page.evaluate(async () => {
      const { promise, resolve } = Promise.withResolvers<number>()
      let sum = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
          if (!entry.hadRecentInput) sum += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
      setTimeout(() => resolve(sum), 500)
      return promise
    })
    expect(shift).toBeLessThanOrEqual(0.01)
  })

  test('a server error in mid-action is rolled back, said in words, and the next try works', async ({ page }) => {
    const player = new Player(page)
    await player.open('/missions')
    let errors = 0
    const { promise: seen, resolve: go } = Promise.withResolvers<void>()
    await page.route('**/missions**', async (route) => {
      if (route.request().method() !== 'POST' || errors++ > 0) return route.continue()
      await seen
      await route.fulfill({ status: 500, contentType: 'text/plain', body: 'the server has lost its thread' })
    })
    await player.deed('mission', 'gather-kindling').click()
    // What the tap will cost shows before the server has said anything.
    await expect(page.locator('[data-hud="energy"]')).toHaveText('28')
    go()
    await expect(page.locator('[data-hud="energy"]')).toHaveText('30')
    await expect(page.locator('#notice')).toContainText(/\w+ \w+/)
    await expect(page.locator('#notice')).not.toContainText('lost its thread')
    expect(await player.act('mission', 'gather-kindling')).not.toBe('')
    expect(await player.number('energy')).toBe(28)
  })

  test('a tap is answered on the screen before the server answers, and says that it is busy', async ({ page }) => {
    const player = new Player(page)
    await player.open('/missions')
    const { promise: seen, resolve: go } = Promise.withResolvers<void>()
    await page.route('**/missions**', async (route) => {
      if (route.request().method() === 'POST') await seen
      await route.continue()
    })
    await player.deed('mission', 'gather-kindling').click()
    await expect(page.locator('[data-hud="energy"]')).toHaveText('28')
    await expect(page.locator('[aria-busy="true"]').first()).toBeAttached()
    go()
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    await expect(page.locator('#notice')).not.toBeEmpty()
  })
})
