import { expect } from '@playwright/test'
import { deploy, install } from '../anygame/host.ts'
import { test, workerScript } from '../kit.ts'

const build = (release: string) => ({
  release,
  main: 'globalThis.loads = Number(sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1)',
})

test('the kill switch takes effect at the next navigation into a game of static files, which is loaded again, once', async ({
  page,
  site,
}) => {
  const game = await deploy(site, build('r1'))
  await install(page, game)
  const loads = () => page.evaluate(() => Number(sessionStorage['loads'])).catch(() => 0)
  const before = await loads()
  await page.goto('about:blank')
  const worker = await workerScript({ release: 'off', shell: [] }, 'client/worker/off.ts')
  await deploy(site, { ...build('r2'), worker })
  await page.goto(game.url)
  await expect(page).toHaveTitle('r2', { timeout: 30_000 })
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([])
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
  expect(await loads()).toBe(before + 2)
})

test('a game of static files in use asks for a new release once a minute', async ({ page, site }) => {
  await page.clock.install()
  const game = await deploy(site, { ...build('r1'), registers: true })
  await page.goto(game.url)
  await page.clock.runFor(4000)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const looks = () => game.sent.filter(({ name }) => name === 'worker.js').length
  const before = looks()
  await page.clock.runFor(61_000)
  expect(looks()).toBe(before)
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Shift')
  await expect.poll(looks).toBe(before + 1)
  await deploy(site, { ...build('r2'), registers: true })
  await page.clock.runFor(61_000)
  await page.keyboard.press('Shift')
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state), {
      timeout: 30_000,
    })
    .toBe('installed')
})
