import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startGame } from '../services/game.ts'
import { layLine } from '../services/line.ts'
import { expect, Player, test } from './play.ts'

const root = join(import.meta.dirname, '../..')
const CLI = join(root, 'build/cli.ts')

/** What the page complains of from now on. */
function complaints(page: Page): string[] {
  const heard: string[] = []
  page.on('console', (message) => message.type() === 'error' && heard.push(message.text()))
  page.on('pageerror', (error) => heard.push(error.message))
  return heard
}

test('with ASSET_BASE every asset comes from the CDN, and the worker keeps them for a line that is cut', async ({
  browser,
}) => {
  await using cdn = await startGame({ entry: CLI, args: ['serve', 'dist/client', '--port', '0'], cwd: root })
  const base = new URL(cdn.url).origin
  await using game = await startGame({ env: { ASSET_BASE: base } })
  await using line = await layLine(game.url)
  await using context = await browser.newContext({ baseURL: line.url })
  const page = await context.newPage()
  const heard = complaints(page)
  const fromPage: string[] = []
  page.on('response', (response) => {
    const url = new URL(response.url())
    if (url.origin !== base) fromPage.push(url.pathname)
  })
  const player = new Player(page)
  await player.open('/')
  await page.waitForLoadState('networkidle')
  expect(fromPage.filter((path) => path.startsWith('/assets/'))).toEqual([])
  expect(await page.locator('.layer.sky').evaluate((image: HTMLImageElement) => image.currentSrc)).toContain(base)

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  for (const place of ['Missions', 'Village']) await player.go(place)
  await page.waitForLoadState('networkidle')
  line.cut()
  expect(await cdn.stop()).toBe(0)
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect
    .poll(() => page.locator('.layer.sky').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0)
  // Offline the browser itself reports what it could not reach; anything else is ours.
  expect(heard.filter((text) => !text.includes('net::ERR_'))).toEqual([])
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures asked for out of the braces.
  test(`npm start passes ${signal} on: it ends with 0 and leaves nothing running`, async ({}, testInfo) => {
    // A group of its own, as a terminal's: Ctrl-C goes to all in it.
    const env = { ...process.env, PORT: '0', DATABASE_URL: `sqlite:${testInfo.outputPath('game.db')}` }
    const npm = spawn('npm', ['start'], { cwd: root, detached: true, env })
    let output = ''
    const ended = new Promise<number | null>((resolve) => npm.once('close', resolve))
    npm.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    npm.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    const address = () => /^ready (http:\S+)$/m.exec(output)?.[1]
    await expect.poll(address, { timeout: 30_000 }).toBeDefined()
    expect(output).toContain('nothing built')
    const group = -(npm.pid ?? 0)
    process.kill(signal === 'SIGINT' ? group : -group, signal)
    expect(await ended).toBe(0)
    await expect(fetch(address() ?? '')).rejects.toThrow()
    expect(() => process.kill(group, 0)).toThrow('ESRCH')
  })
