import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { createWalker, play } from '../services/crowd.ts'
import { SOURCE, startGame } from '../services/game.ts'
import { DESKTOP, expect, test } from './play.ts'

const preload = join(import.meta.dirname, '../services/faulty.ts')

/** Has a game with four things wrong, see `services/faulty.ts`, which others play all the while. */
async function spoiled(work: (url: string) => Promise<void>): Promise<void> {
  await using game = await startGame({ entry: SOURCE, env: { NODE_OPTIONS: `--import=${preload}` } })
  const over = new AbortController()
  const others = Array.from({ length: 2 }, async (_, number) => {
    const walker = createWalker(game.url, number + 1)
    for (let turn = 0; !over.signal.aborted; turn++) await play(walker, turn)
  })
  try {
    await work(game.url)
  } finally {
    over.abort()
    await Promise.all(others)
  }
}

test.use(DESKTOP)

/** Of a row of a table, the last cell as a number. */
const milliseconds = async (row: Locator) => Number(await row.locator('td').last().textContent())

/** The slowest request of a route, as a person finds it from the timing page. */
async function openSlowest(page: Page, url: string, route: string): Promise<void> {
  await page.goto(`${url}/__timing__`)
  await page.getByRole('link', { name: 'Requests and visits, one by one' }).click()
  const slowest = page.locator('article', { hasText: 'The slowest of the hour' })
  await slowest.getByRole('link', { name: route, exact: true }).first().click()
  await expect(page.getByRole('heading', { name: route })).toBeVisible()
}

test('a slow statement is found in the waterfall of its request', async ({ page }) => {
  await spoiled(async (url) => {
    await page.goto(`${url}/market`)
    await openSlowest(page, url, 'market')
    const statement = page.getByRole('row', { name: /database.*snails.*1 row/s })
    const whole = await milliseconds(page.getByRole('row', { name: /outer/ }))
    // On a busy machine all else takes longer too.
    expect(await milliseconds(statement)).toBeGreaterThan(whole / 4)
  })
})

test('a slow render is found in the waterfall of its request', async ({ page }) => {
  await spoiled(async (url) => {
    await page.goto(`${url}/friends`)
    await openSlowest(page, url, 'friends')
    const renders = page.locator('tr', { has: page.locator('th', { hasText: /^render/ }) })
    const took = await Promise.all((await renders.all()).map(milliseconds))
    expect(Math.max(...took)).toBeGreaterThanOrEqual(60)
  })
})

test('a leak is found by what grew, and by who holds it', async ({ page }) => {
  await spoiled(async (url) => {
    const look = async () => {
      await page.goto(`${url}/__memory__`)
      await page.getByRole('button', { name: 'Look into it' }).click()
    }
    // Asked for without a page, whose script would prefetch, and so visit, more of them.
    const feed = () => page.request.get(`${url}/feed`)
    await feed()
    await look()
    for (let visit = 0; visit < 3; visit++) await feed()
    await look()
    const row = page.getByRole('row', { name: /^LostLetter/ })
    await expect(row).toContainText('+3000')
    await row.getByRole('button', { name: 'Held by' }).click()
    await expect(page.locator('#held')).toContainText('letters in')
  })
})

test('a hot function is found at the top of the profile, with its file', async ({ page }) => {
  await spoiled(async (url) => {
    await page.goto(`${url}/__profile__`)
    await page.getByRole('button', { name: 'Start' }).click()
    await expect(page.getByText('Running')).toBeVisible()
    for (let visit = 0; visit < 10; visit++) await page.request.get(`${url}/hero`)
    await page.getByRole('link', { name: 'Refresh' }).click()
    const rows = page.locator('.functions tbody th')
    await expect(rows.filter({ hasText: 'simmer' })).toContainText('server/game/places/hero.ts')
    // Above them may stand what V8 and Node did themselves.
    const ours = (await rows.allTextContents()).find((name) => name.includes('server/'))
    expect(ours).toMatch(/^simmer/)
  })
})

test('the log follows the game live, and tells one player’s statements once it listens', async ({ page, game }) => {
  const complaints: string[] = []
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', ({ message }) => void complaints.push(message))
  await page.goto(`${game.url}/`)
  await page.goto(`${game.url}/__log__`)
  await expect(page.getByRole('status')).toHaveText('following')
  const lines = page.locator('.log li')
  await page.request.get(`${game.url}/ladder`)
  await expect(lines.first()).toContainText('GET /ladder')
  await expect(page.locator('.log .database')).toHaveCount(0)

  await page.getByText('Statements and cache traffic of one player').click()
  await page.getByRole('button', { name: 'Echo' }).click()
  await expect(page.getByText('Listening')).toBeVisible()
  await expect(page.getByRole('status')).toHaveText('following')
  await page.request.get(`${game.url}/battle`)
  await expect(page.locator('.log .database').first()).toContainText('select')
  await expect(page.locator('.log .cache', { hasText: /get e:player:.* (?:hit|miss)/ }).first()).toBeVisible()

  await page.getByRole('button', { name: 'Live' }).click()
  const before = await lines.count()
  await page.request.get(`${game.url}/hero`)
  await page.getByRole('button', { name: 'Paused' }).click()
  await expect(page.locator('.log li', { hasText: 'GET /hero' })).toHaveCount(1)
  expect(await lines.count()).toBeGreaterThan(before)
  expect(complaints).toEqual([])
})

for (const viewport of [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
])
  test(`nothing of the log stands out of a screen of ${viewport.width} pixels`, async ({ page, game }) => {
    await page.setViewportSize(viewport)
    await page.request.get(`${game.url}/${'long'.repeat(60)}?token=hunter2`)
    await page.goto(`${game.url}/__log__`)
    await expect(page.locator('.log li').first()).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(await page.content()).not.toContain('hunter2')
  })
