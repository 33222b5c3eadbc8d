import { expect, type Page } from '@playwright/test'
import { fillDisk, WITHOUT_DISK } from '../disk.ts'
import { test } from '../kit.ts'
import { offline, open, readOutbox, serve, waiting } from './host.ts'

const DAY = 24 * 60 * 60_000

test('what one player did waits while another is signed in, and goes when they are back', async ({ page, site }) => {
  const { ledger, signIn } = await serve(site, { says: true })
  await open(page, site)
  await site.close()
  await page.click('text=Go a')
  await waiting(page, 1)
  signIn('bob')
  await site.open()
  await open(page, site)
  expect(await page.evaluate(() => states.at(-1)?.actions)).toEqual([])
  await page.click('text=Go b')
  await expect.poll(() => [...ledger.values()]).toEqual(['bob b'])
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => page.evaluate(() => states.length)).toBeGreaterThan(1)
  expect(await page.evaluate(readOutbox)).toHaveLength(1)
  signIn('ann')
  await open(page, site)
  await expect.poll(() => [...ledger.values()]).toEqual(['bob b', 'ann a'])
})

test('a page that does not know yet that another has signed in sends nothing as theirs', async ({ page, site }) => {
  const { ledger, signIn } = await serve(site, { says: true })
  await open(page, site)
  await site.close()
  await page.click('text=Go a')
  await page.click('text=Go b')
  await waiting(page, 2)
  signIn('bob')
  await site.open()
  const before = site.requests.length
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => site.requests.slice(before).map(({ headers }) => headers['fragment'])).toEqual(['coins'])
  await expect.poll(() => page.evaluate(readOutbox)).toHaveLength(2)
  expect(ledger.size).toBe(0)
})

test('a full disk: what is done is kept while the page is open, in order, and the page can say so', async ({
  page,
  site,
  context,
}) => {
  const { ledger } = await serve(site)
  const session = await context.newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1_000_000 })
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await waiting(page, 1)
  expect(await page.evaluate(fillDisk)).toBe('QuotaExceededError')
  await page.click('text=Go b')
  await waiting(page, 2)
  expect(await page.evaluate(() => states.at(-1)?.isStored)).toBe(false)
  await page.click('text=Go a')
  await waiting(page, 3)
  await offline(context, false)
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b', 'a'])
  await waiting(page, 0)
})

for (const [name, forbid] of WITHOUT_DISK)
  test(`a browser ${name} keeps what is done while the page is open`, async ({ page, site, context }) => {
    await page.addInitScript(forbid)
    const { ledger } = await serve(site)
    await open(page, site)
    await page.click('text=Go a')
    await expect.poll(() => [...ledger.values()]).toEqual(['a'])
    await offline(context, true)
    await page.click('text=Go b')
    await waiting(page, 1)
    expect(await page.evaluate(() => states.at(-1)?.isStored)).toBe(false)
    await offline(context, false)
    await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b'])
    await waiting(page, 0)
  })

/** Writes records as they are, or changes those that are there. */
const tamper = (page: Page, records: object[], change: object = {}) =>
  page.evaluate(
    ([records, change]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('firstframe', 1)
        opening.addEventListener('success', () => {
          const transaction = opening.result.transaction('outbox', 'readwrite')
          const store = transaction.objectStore('outbox')
          const all = store.getAll()
          all.addEventListener('success', () => {
            for (const record of all.result as object[]) store.put({ ...record, ...change })
            for (const record of records) store.add(record)
          })
          transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('aborted')))
          transaction.addEventListener('complete', () => {
            opening.result.close()
            resolve()
          })
        })
      }),
    [records, change] as const,
  )

test('records that are no actions are dropped, and hold up nothing', async ({ page, site }) => {
  const { ledger } = await serve(site)
  await open(page, site)
  await tamper(page, [{}, { url: 'https://elsewhere.example/', method: 'POST' }, { url: 5, body: null }])
  await site.close()
  await page.click('text=Go a')
  await waiting(page, 1)
  await tamper(page, [{ key: 'last' }])
  await site.open()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => [...ledger.values()]).toEqual(['a'])
  await expect.poll(() => page.evaluate(readOutbox)).toEqual([])
})

test('an action that may have been applied longer ago than servers remember is not sent again, and said', async ({
  page,
  site,
}) => {
  const { ledger } = await serve(site)
  await open(page, site)
  await site.close()
  await page.click('text=Go a')
  await waiting(page, 1)
  await tamper(page, [], { triedAt: Date.now() - 7 * DAY })
  await page.click('text=Go b')
  await waiting(page, 2)
  await site.open()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.locator('#notice')).toHaveText('A kept action was too old to be sent again.')
  expect([...ledger.values()]).toEqual(['b'])
})

test('one that was never sent may be as old as it likes; a clock that was set back keeps nothing from being sent', async ({
  page,
  site,
}) => {
  const { ledger } = await serve(site)
  await open(page, site)
  await site.close()
  await page.click('text=Go a')
  await waiting(page, 1)
  await page.click('text=Go b')
  await waiting(page, 2)
  await tamper(page, [], { at: Date.now() - 70 * DAY, triedAt: 0 })
  await page.click('text=Go a')
  await waiting(page, 3)
  await page.clock.setSystemTime(Date.now() - 300 * DAY)
  await site.open()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b', 'a'])
})

test('a server that asks for patience is asked again when it said', async ({ page, site, context }) => {
  let refusals = 2
  const { ledger } = await serve(site, {})
  await open(page, site)
  await offline(context, true)
  await page.click('text=Go a')
  await page.click('text=Go b')
  await waiting(page, 2)
  await page.route('**/', (route) =>
    route.request().method() === 'POST' && refusals-- > 0
      ? route.fulfill({ status: 429, headers: { 'Retry-After': '1' }, body: 'Too fast' })
      : route.continue(),
  )
  await offline(context, false)
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b'])
})
