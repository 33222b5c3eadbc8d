import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import type { Game } from '../services/game.ts'
import { complaints, DESKTOP, expect, Player, test } from './play.ts'

test.use(DESKTOP)

/** How often the server's log names this path in a GET. */
const asked = (game: Game, path: string, since: number) =>
  game
    .output()
    .slice(since)
    .split('\n')
    .filter((line) => line.includes(`GET ${path} `)).length

const rulesOf = (page: Page) => page.waitForResponse((response) => response.url().includes('/speculation-'))
const way = (page: Page, name: string) => page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name })

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('the place that a pointer rests on is there before it is pressed, and is the player’s own', async ({
    page,
    game,
  }) => {
    const heard = complaints(page)
    const player = new Player(page, { scripts: false })
    const rules = rulesOf(page)
    await player.open('/missions')
    await rules
    await player.act('mission', 'gather-kindling')
    const energy = await player.number('energy')
    const since = game.output().length
    await way(page, 'Market').hover()
    await expect.poll(() => asked(game, '/market', since)).toBe(1)
    await way(page, 'Market').click()
    await expect(page).toHaveURL(/\/market$/)
    expect(await player.number('energy')).toBe(energy)
    expect(asked(game, '/market', since)).toBe(1)
    expect(heard.filter((line) => line.includes('speculation'))).toEqual([])
  })
})

test('in the game the place that is pressed is asked for once, in parts', async ({ page, game }) => {
  const heard = complaints(page)
  const player = new Player(page)
  const rules = rulesOf(page)
  await player.open('/missions')
  await rules
  await page.locator('html[data-prefetch]').waitFor()
  const since = game.output().length
  await way(page, 'Market').hover()
  await expect.poll(() => asked(game, '/market', since)).toBe(1)
  await page.mouse.down()
  await page.mouse.up()
  await expect(way(page, 'Market')).toHaveAttribute('aria-current', 'page')
  await player.go('Hero')
  expect(asked(game, '/market', since)).toBe(1)
  expect(heard).toEqual([])
})

test('a newcomer whose first page another site had fetched ahead is nobody until they come, and then plays', async ({
  page,
  game,
}) => {
  const rules = JSON.stringify({ prefetch: [{ urls: [`${game.url}/missions`], eagerness: 'immediate' }] })
  const elsewhere = createServer((_req, res) =>
    res
      .setHeader('Content-Type', 'text/html')
      .end(`<script type="speculationrules">${rules}</script><a href="${game.url}/missions">Play</a>`),
  ).listen(0, '127.0.0.1')
  try {
    const player = new Player(page)
    const since = game.output().length
    await expect.poll(() => elsewhere.listening).toBe(true)
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}`)
    await expect.poll(() => asked(game, '/missions', since)).toBe(1)
    expect(await page.context().cookies()).toEqual([])
    await page.getByText('Play').click()
    await page.waitForFunction(() => performance.getEntriesByName('playable').length > 0)
    expect(asked(game, '/missions', since)).toBe(1)
    expect(await player.id()).toBe('')
    const energy = await player.number('energy')
    await player.act('mission', 'gather-kindling')
    expect(await player.number('energy')).toBe(energy - 2)
    expect(await player.id()).toBe(await page.locator('#hud').getAttribute('data-owner'))
  } finally {
    elsewhere.close()
  }
})
