import { startChromium } from '../kit/engines/engine.ts'
import type { Tab } from '../kit/engines/tab.ts'
import type { Game } from '../services/game.ts'
import { layLine } from '../services/line.ts'
import { expect, test } from './play.ts'

/** Opens a place, and waits until all has started that is to be kept with it: the worker, the live stream, the outbox. */
async function settle(tab: Tab, url: string, game: Game): Promise<void> {
  const before = streams(game)
  await tab.go(url)
  await expect
    .poll(() => tab.read(`navigator.serviceWorker.controller !== null && document.querySelector('.away') !== null`))
    .toBe(true)
  await expect.poll(() => streams(game)).toBe(before + 1)
}

/** As only a page that was kept still has it. */
const mark = (tab: Tab) => tab.read(`globalThis.kept = 'as it was'`)

/** The browser's way back, to a page that it has kept: no load, no script started. */
async function back(tab: Tab): Promise<void> {
  await tab.back()
  const kept = "globalThis.kept ?? JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
  await expect.poll(() => tab.read(kept).catch(() => '')).toBe('as it was')
}

const lines = (game: Game, what: string) =>
  game
    .output()
    .split('\n')
    .filter((line) => line.includes(what)).length
const streams = (game: Game) => lines(game, 'GET /live')
const beacons = (game: Game) => lines(game, 'POST /track/beacon')
const energy = (tab: Tab) => tab.read<string>(`document.querySelector('[data-hud=energy]').textContent`)
const owner = (tab: Tab) => tab.read<string>(`document.querySelector('#hud').dataset.owner`)
/** The same server as another site. */
const elsewhere = (url: string) => url.replace('localhost', '127.0.0.1')
const MISSION = 'form:has(input[value="gather-kindling"]) button'

for (const [where, away] of [
  ['another site', ({ url }: Game) => `${elsewhere(url)}/robots.txt`],
  ['another document of this one', ({ url }: Game) => `${url}/robots.txt`],
] as const)
  test(`who went to ${where} and comes back finds the page kept, live, and measured as another visit`, async ({
    game,
    request,
  }) => {
    await using chromium = await startChromium()
    const tab = await chromium.open()
    await settle(tab, `${game.url}/missions`, game)
    await mark(tab)
    const [told, listened] = [beacons(game), streams(game)]
    await tab.go(away(game))
    await expect.poll(() => beacons(game)).toBe(told + 1)
    await back(tab)
    await expect.poll(() => streams(game)).toBe(listened + 1)
    await request.get('/battle')
    const form = { action: 'attack', rival: await owner(tab), key: crypto.randomUUID() }
    const attack = await request.post('/battle', { form, headers: { origin: game.url }, maxRedirects: 0 })
    expect(attack.status()).toBe(303)
    await expect.poll(() => tab.read(`document.querySelector('.badge').textContent`)).toBe('1')
    await tab.click(MISSION)
    await expect.poll(() => energy(tab)).toBe('28')
    await tab.go('about:blank')
    await expect.poll(() => beacons(game)).toBe(told + 2)
  })

test('a page that comes back shows what was done elsewhere meanwhile', async ({ game }) => {
  await using chromium = await startChromium()
  const tab = await chromium.open()
  await settle(tab, `${game.url}/missions`, game)
  await mark(tab)
  await tab.go(`${game.url}/hero`)
  const fields = { action: 'mission', mission: 'gather-kindling', key: crypto.randomUUID() }
  const act = `fetch('/missions', { method: 'POST', body: new URLSearchParams(${JSON.stringify(fields)}) })`
  expect(await tab.read(`${act}.then(({ status }) => status)`)).toBe(200)
  await back(tab)
  await expect.poll(() => energy(tab)).toBe('28')
})

test('an action that waits for the line is sent when the page that kept it comes back', async ({ game }) => {
  await using line = await layLine(game.url)
  await using chromium = await startChromium()
  const tab = await chromium.open()
  await settle(tab, `${line.url}/missions`, game)
  await mark(tab)
  line.cut()
  await tab.click(MISSION)
  await expect.poll(() => tab.read(`document.querySelector('.away').textContent`)).toContain('1 action waits')
  await tab.go(`${elsewhere(game.url)}/hero`)
  line.mend()
  await back(tab)
  await expect.poll(() => tab.read(`document.querySelector('.away').hidden`)).toBe(true)
  expect(
    await tab.read(`fetch('/').then((it) => it.text()).then((it) => /data-hud="energy">(\\d+)/.exec(it)[1])`),
  ).toBe('28')
})
