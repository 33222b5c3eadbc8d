import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { startGame } from '../services/game.ts'
import { complaints, expect, Player, test } from './play.ts'

const CLOCK = 'client/game/clock.ts'
/** Where the clock of energy asks for its bar, once a second. */
const LINE =
  readFileSync(join(import.meta.dirname, '../..', CLOCK), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes('.closest(')) + 1

/** Breaks the page, whose next tick then fails as any mistake would; resolves when the server has stored what the page tells of it. */
async function breakTheClock(page: Page): Promise<void> {
  const told = page.waitForResponse((response) => response.request().postData()?.includes('closest') === true)
  await page.evaluate(
    () => void Object.assign(document.querySelector('#hud [data-left]') ?? {}, { closest: undefined }),
  )
  expect((await told).status()).toBe(204)
}

test('who plays, brings friends and meets an error is read on the page of events, with the line that was written', async ({
  browser,
}) => {
  // One of its own: on another, others may have come as well.
  await using game = await startGame()
  const newcomer = () => browser.newContext({ baseURL: game.url })
  await using context = await newcomer()
  const page = await context.newPage()
  const host = new Player(page)
  const link = await host.inviteLink()
  await host.act('invite')
  await using friend = await newcomer()
  await friend.request.get(link)
  await host.open('/battle')
  await host.act('fight', 'rat')
  await host.open('/missions')
  // The clock runs while energy is wanting; a new level fills it up.
  do await host.act('mission', 'gather-kindling')
  while (!(await page.locator('#hud [data-left]').isVisible()))
  await breakTheClock(page)

  const events = await context.newPage()
  const heard = complaints(events)
  await events.goto(`${game.url}/__log__`)
  await events.getByRole('link', { name: 'Events' }).click()
  await expect(events.getByRole('heading', { name: 'Events' })).toBeVisible()
  const step = (name: string) => events.getByRole('row', { name }).locator('td').nth(1)
  for (const [name, players] of [
    ['came', '2'],
    ['went on a mission', '1'],
    ['fought', '1'],
    ['invited friends', '1'],
    ['had a friend come', '1'],
  ] as const)
    await expect(step(name).first()).toHaveText(players)
  await expect(events.locator('.figures li', { hasText: 'k, brought by each' })).toContainText('0.50')

  const fault = events.locator('.fault', { hasText: 'closest is not a function' }).first()
  await expect(fault).toContainText('1 player')
  await fault.locator('summary').click()
  await expect(fault.locator('.stack li').first()).toContainText(`${CLOCK}:${LINE}:`)
  await expect(fault.locator('.stack li').first()).toContainText(/assets\/main-[0-9a-f]{8}\.js:\d+:\d+/)

  for (const viewport of [
    { width: 360, height: 740 },
    { width: 1440, height: 900 },
  ]) {
    await events.setViewportSize(viewport)
    const cut = await events.evaluate(() =>
      [...document.querySelectorAll('html, article, .scroll')]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent?.slice(0, 60)),
    )
    expect(cut).toEqual([])
  }
  const { violations } = await new AxeBuilder({ page: events }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
  ).toEqual([])
  expect(heard).toEqual([])
})

test('the maps by which it knows the line are not to be had', async ({ request, game }) => {
  const manifest = (await (await request.get(`${game.url}/manifest.json`)).json()) as {
    release: string
    entries: Record<string, { file: string }>
  }
  const script = manifest.entries['game/main.ts']?.file ?? ''
  expect((await request.get(`${game.url}/${script}`)).ok()).toBe(true)
  for (const path of [
    `${script}.map`,
    `maps/${manifest.release}/${script}.map`,
    `../maps/${manifest.release}/${script}.map`,
  ])
    expect((await request.get(`${game.url}/${path}`)).status()).toBe(404)
  expect(JSON.stringify(manifest)).not.toContain('.js.map')
})
