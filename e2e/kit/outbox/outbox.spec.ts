import { expect } from '@playwright/test'
import { test } from '../kit.ts'
import { offline, open, serve, waiting } from './host.ts'

test('actions without a line are kept, shown, and sent in order when it is back', async ({ page, site, context }) => {
  const { ledger } = await serve(site)
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('kept until')
  await page.click('text=Go b')
  // What the player expects stands while it waits.
  await expect(page.locator('#coins')).toHaveText('90')
  await waiting(page, 2)
  expect(ledger.size).toBe(0)
  await offline(context, false)
  await expect(page.locator('#notice')).toContainText('have been sent')
  expect([...ledger.values()]).toEqual(['a', 'b'])
  await expect(page.locator('#coins')).toHaveText('90')
  expect(await page.evaluate(() => states.at(-1)?.actions.length)).toBe(0)
})

test('what is expected of a kept action stands until an answer shows it', async ({ page, site, context }) => {
  await serve(site)
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
  const { ledger } = await serve(site)
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
  const { ledger, loseAnswers } = await serve(site)
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

test('an action that a gateway could not pass on is kept, and applied once', async ({ page, site }) => {
  const { ledger } = await serve(site)
  await open(page, site)
  let isDown = true
  await page.route('**', (route, request) =>
    isDown && request.method() === 'POST'
      ? route.fulfill({ status: 502, contentType: 'text/html', body: '<main id="main">Bad gateway</main>' })
      : route.continue(),
  )
  await page.click('text=Go a')
  await expect(page.locator('#notice')).toContainText('could not answer')
  await expect(page.locator('#coins')).toHaveText('95')
  await waiting(page, 1)
  isDown = false
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.locator('#notice')).toContainText('has been sent')
  expect([...ledger.values()]).toEqual(['a'])
  await expect(page.locator('#coins')).toHaveText('95')
})

test('while any waits, new actions go behind it', async ({ page, site }) => {
  const { ledger, loseAnswers } = await serve(site)
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
  await serve(site, { refuse: ({ body }) => (body.get('action') === 'a' ? 'The goat is safe already.' : undefined) })
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
  const { ledger } = await serve(site)
  await open(page, site)
  const other = await context.newPage()
  await open(other, site)
  await offline(context, true)
  await page.bringToFront()
  for (const name of ['a', 'b', 'a', 'b']) await page.click(`text=Go ${name}`)
  await waiting(page, 4)
  await offline(context, false)
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b', 'a', 'b'])
  expect(site.requests.filter(({ method }) => method === 'POST')).toHaveLength(4)
})
