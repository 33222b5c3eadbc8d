import { expect, type Page } from '@playwright/test'
import { fillDisk, WITHOUT_DISK } from '../disk.ts'
import { test } from '../kit.ts'
import { online, open, serve, stored, tell } from './host.ts'

/** Ends the tab's process as a phone short of memory does: nothing in it runs any more. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // It has nobody left to answer it.
  session.send('Page.crash').catch(() => {})
  await crashed
}

test('what a tab that is killed has told goes with the next one, each once', async ({ page, site, context }) => {
  const { batches, names, table, answer } = serve(site)
  await open(page, site)
  await expect.poll(() => table.size).toBe(1)
  // Stored, and nobody is left to hear of it.
  const held = Promise.withResolvers<undefined>()
  answer(async (batch) => {
    for (const event of batch) table.set(event.id ?? '', { owner: 'ann', event })
    return held.promise
  })
  await tell(page, 'a', 'b')
  await expect.poll(() => batches.length).toBe(2)
  await tell(page, 'c')
  await stored(page, 'a', 'b', 'c')
  await kill(page)
  answer(() => undefined)
  held.resolve(undefined)
  const next = await context.newPage()
  await open(next, site)
  await expect.poll(names).toEqual(['a', 'b', 'c'])
  await stored(next)
  const ids = batches.flat().flatMap(({ name, id }) => (name === 'mission' ? id : []))
  expect(ids.length).toBe(5)
  expect(new Set(ids).size).toBe(3)
})

test('of two pages one sends at a time, and for both', async ({ page, site, context }) => {
  const { batches, names, table, answer } = serve(site)
  await page.clock.install()
  await open(page, site)
  const other = await context.newPage()
  await other.clock.install()
  await open(other, site)
  for (const one of [page, other]) await one.clock.runFor(3000)
  await expect.poll(() => table.size).toBe(2)
  await stored(page)
  const before = batches.length
  const held = Promise.withResolvers<undefined>()
  answer(() => held.promise)
  await tell(page, 'a')
  await page.clock.runFor(1000)
  await expect.poll(() => batches.length).toBe(before + 1)
  await tell(other, 'b')
  await stored(other, 'a', 'b')
  await other.clock.runFor(5000)
  // Its turn has come and gone.
  await other.evaluate(() => navigator.locks.query())
  expect(batches.length).toBe(before + 1)
  held.resolve(undefined)
  await stored(other, 'b')
  await other.clock.runFor(2000)
  await expect.poll(names).toEqual(['a', 'b'])
  expect(batches.length).toBe(before + 2)
})

test('a full disk: what is told is kept while the page is open', async ({ page, site, context }) => {
  const { names } = serve(site)
  const session = await context.newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1_000_000 })
  await open(page, site)
  expect(await page.evaluate(fillDisk)).toBe('QuotaExceededError')
  await context.setOffline(true)
  await tell(page, 'a', 'b')
  await stored(page)
  await context.setOffline(false)
  await expect.poll(names).toEqual(['a', 'b'])
})

for (const [name, forbid] of WITHOUT_DISK)
  test(`a browser ${name} tells events all the same, each once`, async ({ page, site, context }) => {
    const { batches, names, table } = serve(site)
    await page.addInitScript(forbid)
    await open(page, site)
    await context.setOffline(true)
    await tell(page, 'a')
    await context.setOffline(false)
    await online(page)
    await expect.poll(names).toEqual(['a'])
    await tell(page, 'b')
    await expect.poll(names).toEqual(['a', 'b'])
    expect(batches.flat().length).toBe(table.size)
  })
