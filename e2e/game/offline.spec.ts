import type { Page } from '@playwright/test'
import { layLine, type Line } from '../services/line.ts'
import { DESKTOP, expect, numberOnServer, Player, test as base } from './play.ts'

/** The game by way of a line that can be cut, which the service worker feels too. */
const test = base.extend<{ line: Line }>({
  line: async ({ game }, use) => {
    await using line = await layLine(game.url)
    await use(line)
  },
  baseURL: ({ line }, use) => use(line.url),
})

const panel = (page: Page) => page.getByRole('complementary', { name: 'Without a connection' })

/** Opens the place and waits until all is there that is loaded when the page is quiet, the worker included. */
async function settle(player: Player, path: string): Promise<void> {
  await player.open(path)
  await player.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await player.page.locator('.away').waitFor({ state: 'attached' })
  await expect
    .poll(() => player.page.evaluate(async () => (await (await caches.open('firstframe-places')).keys()).length))
    .toBeGreaterThan(0)
}

/** Acts without waiting for an answer. */
const tap = (player: Player, action: string, thing: string) => player.deed(action, thing).click()

/** Copies are from so many minutes before now. */
const makeOld = (page: Page, minutes: number) =>
  page.evaluate(async (earlier) => {
    for (const name of ['firstframe-places', 'firstframe-fragments']) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const copy = await cache.match(request, { ignoreVary: true })
        const headers = new Headers(copy?.headers)
        headers.set('Firstframe-Stored', String(Number(headers.get('Firstframe-Stored')) - earlier))
        await cache.put(request, new Response(await copy?.text(), { headers }))
      }
    }
  }, minutes * 60_000)

for (const [name, options] of [
  ['phone', {}],
  ['desktop', DESKTOP],
] as const)
  test.describe(`on a ${name}`, () => {
    test.use(options)

    test('what is done without a line is shown where it was pressed and in a list, and is applied once when it is back', async ({
      page,
      line,
    }) => {
      const player = new Player(page)
      await settle(player, '/missions')
      const energy = await player.number('energy')
      line.cut()
      await tap(player, 'mission', 'gather-kindling')
      await expect(panel(page)).toContainText('1 action waits')
      await tap(player, 'mission', 'gather-kindling')
      await expect(panel(page)).toContainText('2 actions wait')
      const button = player.deed('mission', 'gather-kindling')
      await expect(button).toHaveAttribute('data-waiting')
      await expect(button).toHaveAccessibleDescription(/2 actions wait/)
      expect(await player.number('energy')).toBe(energy - 4)
      await page.getByText('2 actions wait').click()
      await expect(panel(page).getByRole('listitem')).toHaveCount(2)

      line.mend()
      await page.evaluate(() => dispatchEvent(new Event('online')))
      await expect(panel(page)).toBeHidden()
      await expect(button).not.toHaveAttribute('data-waiting')
      expect(await numberOnServer(page, 'energy')).toBe(energy - 4)
      expect(await player.number('energy')).toBe(energy - 4)
    })

    test('a place opened without a line says how old it is until it is had anew', async ({ page, line }) => {
      const player = new Player(page)
      await settle(player, '/missions')
      await makeOld(page, 5)
      line.cut()
      await player.open('/missions')
      await expect(panel(page)).toHaveText(/As of 5 minutes ago/)
      line.mend()
      await page.evaluate(() => dispatchEvent(new Event('online')))
      await expect(panel(page)).toBeHidden()
    })
  })

test('what waits is sent by the next tab, and what the rules refuse then is said with its reason', async ({
  page,
  line,
  game,
  context,
}) => {
  const player = new Player(page)
  await settle(player, '/')
  const coins = await player.number('coins')
  line.cut()
  await tap(player, 'build', 'hearth')
  await expect(panel(page)).toContainText('1 action waits')
  await page.close()
  // Done meanwhile on another device of the player's.
  const form = { action: 'build', building: 'hearth', level: '0', key: 'another-device' }
  expect((await context.request.post(game.url, { form })).ok()).toBe(true)
  line.mend()

  const next = new Player(await context.newPage())
  await next.open('/')
  await expect(next.page.locator('#notice')).toContainText(/stands|already|level/i)
  await expect(panel(next.page)).toBeHidden()
  await expect(next.page.locator('.house.hearth')).toContainText(/Hearth.*, level 1/)
  expect(await numberOnServer(next.page, 'coins')).toBe(await next.number('coins'))
  expect(await next.number('coins')).toBeLessThan(coins)
})

test('what one player did is not sent as another', async ({ page, line, context }) => {
  const player = new Player(page)
  await settle(player, '/missions')
  line.cut()
  await tap(player, 'mission', 'gather-kindling')
  await expect(panel(page)).toContainText('1 action waits')
  await page.close()
  const mine = await context.cookies()
  await context.clearCookies()
  line.mend()
  const other = new Player(await context.newPage())
  await other.open('/missions')
  await other.page.locator('.away').waitFor({ state: 'attached' })
  await expect(panel(other.page)).toBeHidden()
  expect(await numberOnServer(other.page, 'energy')).toBe(30)
  await context.addCookies(mine)
  await other.page.reload()
  await expect.poll(() => numberOnServer(other.page, 'energy')).toBe(28)
})
