import type { Browser, Page } from '@playwright/test'
import { layLine } from '../services/line.ts'
import { expect, Player, test } from './play.ts'

/** Two players, each in a browser of their own; the friend came by the host's link. */
async function two(
  browser: Browser,
  hostURL: string,
  friendURL: string,
): Promise<{ host: Player; friend: Player; friendId: string }> {
  const host = new Player(await newPage(browser, hostURL))
  const link = await host.inviteLink()
  const friend = new Player(await newPage(browser, friendURL))
  await friend.open(link)
  return { host, friend, friendId: await friend.id() }
}

const newPage = async (browser: Browser, baseURL: string): Promise<Page> =>
  (await browser.newContext({ baseURL })).newPage()

const unread = ({ page }: Player) => page.getByRole('link', { name: /^News/ }).first().locator('.badge')

/** An attack as the battle page sends it, on one who need not be among the rivals it offers. */
async function attack(host: Player, rival: string): Promise<void> {
  const origin = new URL(host.page.url()).origin
  const form = { action: 'attack', rival, key: crypto.randomUUID() }
  const answer = await host.page.context().request.post('/battle', { form, headers: { origin }, maxRedirects: 0 })
  expect(answer.status()).toBe(303)
}

/** Opens a place, and waits until the live stream is there: it begins when the page is quiet. */
async function openAndListen(player: Player, path: string): Promise<void> {
  const streaming = player.page.waitForResponse((response) => new URL(response.url()).pathname === '/live')
  await player.open(path)
  await streaming
}

test('who is attacked sees it in the open page at once', async ({ game, browser }) => {
  const { host, friend, friendId } = await two(browser, game.url, game.url)
  await openAndListen(friend, '/hero')
  await expect(unread(friend)).toBeHidden()
  await attack(host, friendId)
  await expect(unread(friend)).toHaveText('1')
  await friend.page.getByRole('link', { name: /^News/ }).first().click()
  await expect(friend.page.locator('#main')).toContainText(/attack/i)
})

test('an attack between the making of the page and the start of its stream is not lost', async ({ game, browser }) => {
  const { host, friend, friendId } = await two(browser, game.url, game.url)
  await friend.open('/hero')
  await attack(host, friendId)
  await expect(unread(friend)).toHaveText('1')
})

test('what happened while the line was cut is told when it is back', async ({ game, browser }) => {
  await using line = await layLine(game.url)
  const { host, friend, friendId } = await two(browser, game.url, line.url)
  await openAndListen(friend, '/hero')
  line.cut()
  await attack(host, friendId)
  await expect(unread(friend)).toBeHidden()
  line.mend()
  await expect(unread(friend)).toHaveText('1', { timeout: 20_000 })
})
