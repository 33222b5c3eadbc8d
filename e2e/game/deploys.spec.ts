import type { Page } from '@playwright/test'
import { BUILT } from '../services/game.ts'
import { buildReleases, KILL_SWITCH, openAddress, type Release } from '../services/releases.ts'
import { complaints, DESKTOP, expect, Player, test as base } from './play.ts'

const NAMES = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']

const test = base.extend<object, { releases: Release[] }>({
  releases: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures asked for out of the braces.
    async ({}, use) => {
      await using releases = await buildReleases(NAMES)
      await use(releases)
    },
    { scope: 'worker' },
  ],
})
test.use(DESKTOP)

/** All that fails, in the page and in its worker, and how often the page was loaded. */
function watch(page: Page) {
  const seen = { failures: complaints(page), loads: 0 }
  page.context().on('response', (response) => {
    if (response.status() >= 400) seen.failures.push(`${response.url()} ${response.status()}`)
  })
  page.on('request', (request) => request.isNavigationRequest() && seen.loads++)
  return seen
}

/** The scripts that run in the page, each with its release. */
const parts = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'parts') as string[])
/** The releases that they are of. */
const running = async (page: Page) => [...new Set((await parts(page)).map((part) => part.split(' ')[0]))]

/** The browser's own: what it still has of older releases proves nothing. */
async function emptyCache(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page)
  await client.send('Network.clearBrowserCache')
  await client.detach()
}

/** Until the worker of the release that answers has been installed, after a look for it such as the page has once a minute. */
async function installed(page: Page, { look = false } = {}): Promise<void> {
  if (look) await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const newest = await caches.match('/?newest', { cacheName: 'firstframe-state' })
        const served = await fetch('/manifest.json', { cache: 'no-store' })
        return (await newest?.text()) === ((await served.json()) as { release: string }).release
      }),
    )
    .toBe(true)
}

test('five deploys behind one address pass under an open tab that goes everywhere: nothing fails, one load each, nothing typed is lost', async ({
  page,
  releases,
}) => {
  // On a busy machine it takes a minute.
  test.slow()
  const [first, ...rest] = releases
  if (!first) throw new Error('no release')
  await using address = await openAddress(first)
  const player = new Player(page)
  const seen = watch(page)
  const name = page.getByLabel('Name', { exact: true })
  const title = (release: string) => expect(page).toHaveTitle(new RegExp(`· Emberwood ${release}$`))

  await player.open(`${address.url}/hero`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await installed(page)
  expect(await running(page)).toEqual(['r1'])

  let typed = ''
  for (const [at, release] of rest.entries()) {
    const before = NAMES[at] ?? ''
    typed = `Wren of ${release.name}`
    await name.fill('')
    await Promise.all([address.deploy(release), name.pressSequentially(typed, { delay: 50 })])
    await expect(name).toHaveValue(typed)
    expect(seen).toEqual({ failures: [], loads: at + 1 })

    if (at % 2 === 0) {
      // The old page goes on with answers of the new server, and has its own parts although the worker alone still has them.
      await player.go('Battle')
      await title(release.name)
      await installed(page)
      await emptyCache(page)
      await player.deed('fight', 'rat').click()
      await page.getByRole('button', { name: 'Skip' }).click()
      await expect(page.locator('.stage.revealed')).toBeVisible()
      expect(await parts(page)).toContain(`${before} game/playback.ts`)
      expect(await running(page)).toEqual([before])
      await player.go('Missions')
      expect(seen.loads).toBe(at + 2)
    } else {
      await installed(page, { look: true })
      await expect(name).toHaveValue(typed)
      // The same place again is a full load now, with what was typed.
      await player.go('Hero')
      await page.waitForFunction(
        (name) => JSON.stringify(Reflect.get(globalThis, 'parts'))?.includes(name),
        release.name,
      )
      await expect(name).toHaveValue(typed)
    }
    await title(release.name)
    // Without transitions between places it is soon done.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const place of ['Village', 'Battle', 'Market', 'Missions', 'Friends', 'Ladder']) await player.go(place)
    await page.getByRole('link', { name: /^News/ }).first().click()
    await expect(page).toHaveURL(/\/feed$/)
    await player.go('Hero')
    await page.emulateMedia({ reducedMotion: null })
    await page.locator('.away').waitFor({ state: 'attached' })
    expect(await running(page)).toEqual([release.name])
    expect(seen).toEqual({ failures: [], loads: at + 2 })
  }
  await name.fill(typed)
  await page.getByRole('button', { name: 'Be this one' }).click()
  await expect(page.locator('.crest')).toHaveAccessibleName(new RegExp(typed))
})

test('the kill switch takes effect at the next navigation: the worker and what it stored are gone, and the game plays on', async ({
  page,
}) => {
  await using releases = await buildReleases([KILL_SWITCH])
  const [off] = releases
  if (!off) throw new Error('no release')
  await using address = await openAddress({ entry: BUILT })
  const player = new Player(page)
  const seen = watch(page)
  await player.open(`${address.url}/missions`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await installed(page)
  await address.deploy(off)

  // What the old worker answers is loaded again, once.
  await player.open(`${address.url}/hero`).catch(() => {})
  await expect.poll(() => seen.loads).toBe(3)
  await expect.poll(() => page.evaluate(() => caches.keys()).catch(() => null)).toEqual([])
  await expect(page).toHaveTitle(new RegExp(`· Emberwood ${KILL_SWITCH}$`))
  const workerStart = () =>
    page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().workerStart as number)
  expect(await workerStart()).toBe(0)

  await player.go('Missions')
  await player.act('mission', 'gather-kindling')
  await player.open(`${address.url}/missions`)
  expect(await workerStart()).toBe(0)
  expect(await player.number('energy')).toBe(28)
  expect(await page.evaluate(() => caches.keys())).toEqual([])
  expect(seen).toEqual({ failures: [], loads: 4 })
})
