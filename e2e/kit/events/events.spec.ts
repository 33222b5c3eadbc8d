import { expect } from '@playwright/test'
import { test } from '../kit.ts'
import { online, open, readStored, sent, serve, start, stored, tell } from './host.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)

test('the schema stays on the server', () => {
  expect(start).toContain('record_event')
  expect(start).not.toContain('invite-accepted')
})

test('events are told in batches, one request a second, in the order that they happened', async ({ page, site }) => {
  const { batches, names } = serve(site)
  await page.clock.install()
  await open(page, site)
  await page.clock.pauseAt(Date.now() + 60_000)
  await expect.poll(() => batches.length).toBe(1)
  await tell(page, ...numbers(120))
  for (const [index, sizes] of [[50], [50, 50], [50, 50, 20]].entries()) {
    await page.clock.runFor(999)
    await sent(page)
    expect(batches.length).toBe(index + 1)
    await page.clock.runFor(1)
    await sent(page)
    expect(batches.slice(1).map(({ length }) => length)).toEqual(sizes)
  }
  expect(names()).toEqual(numbers(120))
  await page.clock.runFor(10_000)
  expect(batches.length).toBe(4)
  const ids = batches.flat().map(({ id }) => id)
  expect(new Set(ids.map((id) => id?.split('.')[0])).size).toBe(1)
  expect(ids.map((id) => Number(id?.split('.')[1]))).toEqual(ids.map((_, index) => index))
})

test('a batch is no longer than the server takes', async ({ page, site }) => {
  const { batches, names } = serve(site)
  await open(page, site)
  // As long as may be, and each letter two bytes.
  await page.evaluate(() => {
    for (let number = 0; number < 20; number++)
      events.track('error', { message: 'ä'.repeat(300), stack: 'ö'.repeat(1400) })
  })
  await expect.poll(() => names().length).toBe(20)
  expect(batches.length).toBeGreaterThan(3)
})

test('what was told right before the page is left arrives', async ({ page, site }) => {
  const { batches, names } = serve(site)
  await open(page, site)
  await page.evaluate(() => {
    events.track('mission', { mission: 'last' })
    location.href = 'about:blank'
  })
  await expect.poll(names).toEqual(['last'])
  expect(batches.length).toBe(1)
})

test('a server that cannot store them is asked again when it said, with the same ids', async ({ page, site }) => {
  const { batches, names, answer } = serve(site)
  await page.clock.install()
  await open(page, site)
  await page.clock.pauseAt(Date.now() + 60_000)
  await expect.poll(() => batches.length).toBe(1)
  answer(() => ({ status: 503, headers: { 'Retry-After': '7' } }))
  await tell(page, 'a', 'b')
  await page.clock.runFor(1000)
  await sent(page)
  expect(batches.length).toBe(2)
  answer(() => undefined)
  await tell(page, 'c')
  await page.clock.runFor(6999)
  await sent(page)
  expect(batches.length).toBe(2)
  await page.clock.runFor(1)
  await expect.poll(names).toEqual(['a', 'b', 'c'])
  await stored(page)
  expect(batches[2]?.slice(0, 2)).toEqual(batches[1])
})

test('without a line it is tried again ever more seldom', async ({ page, site }) => {
  const { names } = serve(site)
  await page.clock.install()
  await open(page, site)
  await page.clock.pauseAt(Date.now() + 60_000)
  await sent(page)
  await site.close()
  let tries = 0
  page.on('requestfailed', () => tries++)
  await tell(page, 'a')
  await page.clock.runFor(1000)
  for (const [index, least] of [1500, 3000, 6000].entries()) {
    await expect.poll(() => tries).toBe(index + 1)
    await sent(page)
    await page.clock.runFor(least - 1)
    await sent(page)
    expect(tries).toBe(index + 1)
    // It waits between half and one and a half of what it means to.
    await page.clock.runFor(2 * least + 1)
  }
  await site.open()
  await page.clock.runFor(60_000)
  await expect.poll(names).toEqual(['a'])
})

test('what is told without a line goes when there is one', async ({ page, site, context }) => {
  const { names } = serve(site)
  await open(page, site)
  await context.setOffline(true)
  await tell(page, 'a', 'b')
  await stored(page, 'a', 'b')
  await context.setOffline(false)
  await expect.poll(names).toEqual(['a', 'b'])
  await stored(page)
})

test('a hotel’s page for all that is asked for is no answer', async ({ page, site }) => {
  const { names, answer } = serve(site)
  answer(() => ({ status: 200, body: 'Welcome! Accept our terms.' }))
  await open(page, site)
  const answered = page.waitForResponse(/record_event/)
  await tell(page, 'a')
  await answered
  await stored(page, 'a')
  answer(() => undefined)
  await online(page)
  await expect.poll(names).toEqual(['a'])
})

test('what the server will never take is dropped with one warning, and holds up nothing', async ({ page, site }) => {
  const { batches, names, answer } = serve(site)
  answer((batch) => {
    const index = batch.findIndex(({ data }) => data && 'mission' in data && data.mission === 'bad')
    return index === -1
      ? undefined
      : { status: 400, body: JSON.stringify({ words: `events[${index}]: no such mission` }) }
  })
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await open(page, site)
  await tell(page, 'a', 'bad', 'b')
  await expect.poll(names).toEqual(['a', 'b'])
  await stored(page)
  expect(batches.length).toBe(2)
  expect(warnings).toEqual([expect.stringContaining('no such mission')])
})

test('a batch that is refused without a name in it is dropped whole', async ({ page, site }) => {
  const { batches, answer } = serve(site)
  answer(() => ({ status: 400, body: 'No.' }))
  const warned = page.waitForEvent('console', (message) => message.type() === 'warning')
  await open(page, site)
  await tell(page, 'a', 'b')
  await warned
  await stored(page)
  expect(batches.length).toBe(1)
})

test('what one player did waits while another is signed in, and goes when they are back', async ({ page, site }) => {
  const { names, table, signIn } = serve(site)
  await open(page, site)
  await expect.poll(() => table.size).toBe(1)
  await sent(page)
  // In another tab; this page does not know.
  signIn('bob')
  const refused = page.waitForResponse(/record_event/)
  await tell(page, 'ann’s')
  expect((await refused).status()).toBe(409)
  await open(page, site)
  await tell(page, 'bob’s')
  await expect.poll(names).toEqual(['bob’s'])
  await stored(page, 'ann’s')
  signIn('ann')
  await open(page, site)
  await expect.poll(names).toEqual(['bob’s', 'ann’s'])
  expect([...table.values()].flatMap(({ owner, event }) => (event.name === 'mission' ? owner : []))).toEqual([
    'bob',
    'ann',
  ])
})

test('of more than a thousand the oldest are dropped, and counted', async ({ page, site }) => {
  serve(site)
  await page.clock.install()
  await open(page, site)
  await page.clock.runFor(1000)
  await stored(page)
  await site.close()
  await tell(page, ...numbers(1003))
  await page.clock.runFor(1000)
  await expect.poll(() => page.evaluate(() => events.dropped)).toBe(3)
  expect((await page.evaluate(readStored)).length).toBe(1000)
  await site.open()
})
