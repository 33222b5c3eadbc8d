import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, type Page } from '@playwright/test'
import { createRandom, layFaultyLine } from '../../services/faults.ts'
import { startGame } from '../../services/game.ts'

const STEPS = 150
const PLACES = ['/', '/missions', '/market', '/hero', '/friends', '/feed', '/ladder']

/** Parts, actions and pictures suffer, the service worker's too. */
const isOurs = ({ headers, url = '', method }: IncomingMessage) =>
  !url.startsWith('/track') &&
  (headers['fragment'] !== undefined || method === 'POST' || headers['sec-fetch-dest'] === 'image')

interface Told {
  kind: string
  method: string
  key: string
  status: number
  words: string
}

/** Hears what the runtime tells, over all loads of the page. */
async function listen(page: Page): Promise<Told[]> {
  const told: Told[] = []
  await page.exposeFunction('told', (one: Told) => void told.push(one))
  await page.addInitScript(() => {
    const { told } = globalThis as unknown as { told: (one: object) => void }
    const tell = (event: Event) => {
      const detail = (event as CustomEvent<Partial<Told> | null>).detail ?? {}
      const { reason, message } = event as Partial<PromiseRejectionEvent & ErrorEvent>
      const { method = '', key = '', status = 0 } = detail
      told({ kind: event.type.replace('firstframe:', ''), method, key, status, words: message ?? String(reason ?? '') })
    }
    document.addEventListener('firstframe:outbox', (event) => {
      const { refused } = (event as CustomEvent<{ refused: { key: string; words: string }[] }>).detail
      for (const one of refused) told({ kind: 'refused', method: 'POST', status: 409, ...one })
    })
    for (const kind of ['before', 'applied', 'failed']) document.addEventListener(`firstframe:${kind}`, tell)
    for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, tell)
  })
  return told
}

const untilPlayable = (page: Page) =>
  page.waitForFunction(() => performance.getEntriesByName('playable').length > 0 && document.readyState !== 'loading')

/** One press of a hasty player's: a deed of this place, or a walk elsewhere. False where the page is being left. */
const press = (page: Page, step: { isDeed: boolean; chance: number; path: string; name: string }): Promise<boolean> =>
  page
    .evaluate(async ({ isDeed, chance, path, name }) => {
      if (performance.getEntriesByName('playable').length === 0) return false
      const field = document.querySelector<HTMLInputElement>('input[name="name"]')
      if (field) field.value = name
      const deeds = [...document.querySelectorAll<HTMLElement>('#main form[method="post"]:not(.copies) button')]
      const walk = document.querySelector<HTMLElement>(`#nav a[href="${path}"], a[href="${path}"]`)
      const deed = isDeed ? deeds[Math.floor(chance * deeds.length)] : undefined
      ;(deed ?? walk)?.click()
      for (let frame = 0; frame < 3; frame++)
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return true
    }, step)
    .catch(() => false)

// Three times what an idle machine takes.
test.setTimeout(120_000)

test('Emberwood over a line that fails: each deed is done once or said not to be, and the page is whole', async ({
  browser,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  const file = join(folder, 'game.db')
  await using game = await startGame({ env: { DATABASE_URL: `sqlite:${file}` } })
  await using line = await layFaultyLine(game.url, {
    seed: 11,
    touches: isOurs,
    patience: 300,
  })
  await using context = await browser.newContext({ baseURL: line.url, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const told = await listen(page)
  let loads = 0
  page.on('domcontentloaded', () => loads++)
  await page.goto('/missions/thornwood')
  await untilPlayable(page)

  using database = new DatabaseSync(file, { readOnly: true })
  const random = createRandom(11)
  for (let step = 0; step < STEPS; step++) {
    const next = {
      isDeed: random() < 0.6,
      chance: random(),
      path: PLACES[Math.floor(random() * PLACES.length)] ?? '/',
      name: `Walker ${step}`,
    }
    if (!(await press(page, next))) await untilPlayable(page)
  }
  line.mend()
  await untilPlayable(page)
  await page.evaluate(() => dispatchEvent(new Event('online')))

  const ledger = () =>
    (database.prepare('SELECT key, answer FROM ledger').all() as { key: string; answer: string }[]).map(
      ({ key, answer }) => ({ key, answer }),
    )
  const posts = (kind: string) => told.filter((one) => one.kind === kind && one.method === 'POST')
  const pressed = new Set(posts('before').map(({ key }) => key))
  // Said not to be, in words: by the rules, at once or when it was sent later, or by the page itself.
  const refused = () =>
    new Set(
      [...posts('applied').filter(({ status }) => status >= 400), ...posts('refused'), ...posts('failed')].map(
        ({ key }) => key,
      ),
    )
  const owed = () => {
    const done = new Set(ledger().map(({ key }) => key))
    const said = refused()
    return [...pressed].filter((key) => !done.has(key) && !said.has(key))
  }
  await expect.poll(owed, { timeout: 30_000 }).toEqual([])
  const done = ledger()
  expect(done.filter(({ key }) => !pressed.has(key))).toEqual([])
  expect(pressed.size).toBeGreaterThan(40)

  // What the ledger says was done is what the hero has done: no more, no less.
  const { mastery, fights, coins } = database
    .prepare('SELECT mastery, wins + losses AS fights, coins FROM player WHERE id = (SELECT owner FROM ledger)')
    .get() as unknown as { mastery: string; fights: number; coins: number }
  const deeds = done.map(
    ({ answer }) =>
      Object.fromEntries(JSON.parse((JSON.parse(answer) as { did: string }).did) as [string, string][]) as {
        kind: string
        mission?: string
      },
  )
  const missions: Record<string, number> = {}
  for (const { kind, mission } of deeds)
    if (kind === 'mission' && mission !== undefined) missions[mission] = (missions[mission] ?? 0) + 1
  expect(JSON.parse(mastery)).toEqual(missions)
  expect(fights).toBe(deeds.filter(({ kind }) => kind === 'fight' || kind === 'attack').length)
  expect(done.length).toBeGreaterThan(20)

  // Each load has its reason: an answer of another release, or none with our parts in it.
  const { skew, error } = line.happened
  expect(loads).toBeLessThanOrEqual(1 + skew + error)

  // And what the page shows, whole and at rest.
  await page.goto('/hero')
  await untilPlayable(page)
  await expect(page.locator('[data-hud="coins"]')).toHaveText(coins.toLocaleString('en'))
  await expect(page.locator('[data-busy], [aria-busy="true"], [data-pending], [data-broken]')).toHaveCount(0)
  const pictures = await page
    .locator('img')
    .evaluateAll((all) => (all as HTMLImageElement[]).filter((one) => one.complete && one.naturalWidth === 0).length)
  expect(pictures).toBe(0)
  expect(told.filter(({ kind }) => kind === 'error' || kind === 'unhandledrejection')).toEqual([])
  await rm(folder, { recursive: true, force: true })
})
