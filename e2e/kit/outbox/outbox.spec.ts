import { type BrowserContext, expect, type Page } from '@playwright/test'
import { type Asked, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { startOutbox } from 'client/runtime/outbox.ts'
  globalThis.states = []
  globalThis.seen = []
  document.addEventListener('firstframe:outbox', ({ detail }) => states.push(detail))
  document.addEventListener('firstframe:optimistic', ({ detail }) => {
    const coins = document.querySelector('#coins')
    const before = coins.textContent
    coins.textContent = String(Number(before) - 5)
    detail.undo(() => (coins.textContent = before))
  })
  const fragments = startFragments()
  fragments.outbox = await startOutbox(fragments)
  document.documentElement.dataset.ready = ''
`)

/** A server with a ledger, as the game's: what is applied, by key, and how often each was asked. */
function serve(site: Site, refuse: (asked: Asked) => string | undefined = () => undefined) {
  const ledger = new Map<string, string>()
  let lose = false
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    const coins = () => `<b id="coins">${100 - 5 * ledger.size}</b>`
    const main =
      '<form method="post"><input type="hidden" name="key" value="k"><button name="action" value="a">Go a</button><button name="action" value="b">Go b</button></form>'
    if (asked.method !== 'POST') return pageOf(asked, { hud: coins(), main })
    const reason = refuse(asked)
    if (reason) return pageOf(asked, { hud: coins(), main, notice: reason }, { status: 409 })
    ledger.set(asked.body.get('key') ?? '', asked.body.get('action') ?? '')
    return lose ? { cut: true } : pageOf(asked, { hud: coins(), main, notice: 'Done.' })
  })
  return { ledger, loseAnswers: (yes: boolean) => (lose = yes) }
}

async function open(page: Page, site: Site) {
  await page.goto(site.url)
  await page.locator('html[data-ready]').waitFor()
}
const offline = (context: BrowserContext, yes: boolean) => context.setOffline(yes)

test('actions without a line are kept, shown, and sent in order when it is back', async ({ page, site, context }) => {
  const { ledger } = serve(site)
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  await page.click('text=Go b')
  // What the player expects stands while it waits.
  await expect(page.locator('#coins')).toHaveText('90')
  await expect.poll(() => page.evaluate(() => states.at(-1)?.actions.length)).toBe(2)
  expect(ledger.size).toBe(0)
  await offline(context, false)
  await expect(page.locator('#notice')).toContainText('have been sent')
  expect([...ledger.values()]).toEqual(['a', 'b'])
  await expect(page.locator('#coins')).toHaveText('90')
  expect(await page.evaluate(() => states.at(-1)?.actions.length)).toBe(0)
})

test('what is expected of a kept action stands until an answer shows it', async ({ page, site, context }) => {
  serve(site)
  await open(page, site)
  await page.evaluate(() => {
    const coins = document.querySelector('#coins')
    // Records only run after the task: what is put back and on again within one is never painted.
    new MutationObserver(() => seen.push(coins?.textContent ?? '')).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
  await offline(context, true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  await offline(context, false)
  await expect(page.locator('#notice')).toContainText('has been sent')
  expect(new Set(await page.evaluate(() => seen))).toEqual(new Set(['95']))
})

test('a closed tab loses nothing: the next one sends', async ({ page, site, context }) => {
  const { ledger } = serve(site)
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  await page.close()
  await offline(context, false)
  const next = await context.newPage()
  await open(next, site)
  await expect.poll(() => [...ledger.values()]).toEqual(['a'])
  await expect(next.locator('#coins')).toHaveText('95')
})

test('an action whose answer is lost is sent again with its key, and applied once', async ({ page, site }) => {
  const { ledger, loseAnswers } = serve(site)
  await open(page, site)
  loseAnswers(true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  loseAnswers(false)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.locator('#notice')).toContainText('has been sent')
  const posts = site.requests.filter(({ method }) => method === 'POST')
  expect(posts.length).toBeGreaterThan(1)
  expect(new Set(posts.map(({ body }) => body.get('key'))).size).toBe(1)
  expect(ledger.size).toBe(1)
  await expect(page.locator('#coins')).toHaveText('95')
})

test('while any waits, new actions go behind it', async ({ page, site }) => {
  const { ledger, loseAnswers } = serve(site)
  await open(page, site)
  loseAnswers(true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  loseAnswers(false)
  await page.click('text=Go b')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b'])
})

test('what the server refuses is said with its reason and taken back', async ({ page, site, context }) => {
  serve(site, ({ body }) => (body.get('action') === 'a' ? 'The goat is safe already.' : undefined))
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await expect(page.locator('#coins')).toHaveText('95')
  await offline(context, false)
  await expect(page.locator('#notice')).toHaveText('The goat is safe already.')
  await expect(page.locator('#coins')).toHaveText('100')
  expect(await page.evaluate(() => states.flatMap(({ refused }) => refused.map(({ words }) => words)))).toEqual([
    'The goat is safe already.',
  ])
})

test('two tabs send one after the other, never both', async ({ page, site, context }) => {
  const { ledger } = serve(site)
  await open(page, site)
  const other = await context.newPage()
  await open(other, site)
  await offline(context, true)
  await page.bringToFront()
  for (const name of ['a', 'b', 'a', 'b']) await page.click(`text=Go ${name}`)
  await expect.poll(() => page.evaluate(() => states.at(-1)?.actions.length)).toBe(4)
  await offline(context, false)
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b', 'a', 'b'])
  expect(site.requests.filter(({ method }) => method === 'POST')).toHaveLength(4)
})

declare const seen: string[]
declare const states: { actions: { label: string }[]; refused: { words: string }[] }[]
