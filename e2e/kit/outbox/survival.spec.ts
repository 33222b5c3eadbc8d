import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, expect, type Page } from '@playwright/test'
import { CHROMIUM_FLAGS } from '../../services/provision.ts'
import { type Site, test } from '../kit.ts'
import { open, readOutbox, serve, stored, waiting } from './host.ts'

/** Ends the tab's process as a phone short of memory does: nothing in it runs any more. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // It has nobody left to answer it.
  session.send('Page.crash').catch(() => {})
  await crashed
}

for (const when of ['before', 'after'] as const)
  test(`an action whose tab is killed ${when} the server has applied it is applied once, by the next tab`, async ({
    page,
    site,
    context,
  }) => {
    const { ledger, hold } = await serve(site)
    await open(page, site)
    hold(when)
    await page.click('text=Go a')
    await page.click('text=Go b')
    await stored(page, 2)
    await kill(page)
    hold(undefined)
    const next = await context.newPage()
    await open(next, site)
    await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b'])
    await expect.poll(() => next.evaluate(readOutbox)).toEqual([])
    expect(new Set(site.requests.flatMap(({ body }) => body.get('key') ?? [])).size).toBe(2)
  })

test('what a living tab awaits the answer of is not sent by another', async ({ page, site, context }) => {
  const { ledger, hold } = await serve(site)
  await open(page, site)
  hold('before')
  await page.click('text=Go a')
  await stored(page, 1)
  const other = await context.newPage()
  await open(other, site)
  await other.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => other.evaluate(() => states.length)).toBeGreaterThan(1)
  expect(await other.evaluate(() => states.at(-1)?.actions)).toEqual([])
  hold(undefined)
  await expect.poll(() => page.evaluate(readOutbox)).toEqual([])
  expect(site.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
  expect(ledger.size).toBe(1)
})

/** A browser with a profile on the disk, as a player's is. */
const start = (profile: string) =>
  chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM_PATH'] ?? '',
    args: CHROMIUM_FLAGS,
  })

test('a browser that is killed and started again sends what was kept', async ({ site }) => {
  const profile = await mkdtemp(path.join(tmpdir(), 'firstframe-outbox-'))
  const { ledger } = await serve(site)
  const first = await start(profile)
  const page = await first.newPage()
  await open(page, site)
  await site.close()
  for (const name of ['a', 'b', 'a']) await page.click(`text=Go ${name}`)
  await waiting(page, 3)
  const browser = await first.browser()?.newBrowserCDPSession()
  const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] }
  const gone = new Promise((resolve) => first.once('close', resolve))
  process.kill(processInfo.find(({ type }) => type === 'browser')?.id ?? Number.NaN, 'SIGKILL')
  await gone
  expect(ledger.size).toBe(0)

  await site.open()
  const second = await start(profile)
  await open(await second.newPage(), site)
  await expect.poll(() => [...ledger.values()]).toEqual(['a', 'b', 'a'])
  await second.close()
  await rm(profile, { recursive: true, force: true })
})

/** Has the browser tell the worker that there is a line, from a page that is not the game's. */
async function dispatchSync(page: Page, site: Site): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const found = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL.startsWith(site.url))
      if (ours) resolve(ours.registrationId)
    }),
  )
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.dispatchSyncEvent', {
    origin: site.url,
    registrationId: await found,
    tag: 'firstframe-outbox',
    lastChance: false,
  })
}

test('the worker sends in order while no page is open; what was refused is said by the next page', async ({
  page,
  site,
  context,
}) => {
  const refuse = () => (ledger.size === 1 ? 'The goat is safe already.' : undefined)
  const { ledger } = await serve(site, {
    worker: true,
    says: true,
    refuse: ({ body }) => (body.get('action') === 'b' ? refuse() : undefined),
  })
  await open(page, site)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await site.close()
  for (const name of ['a', 'b', 'a']) await page.click(`text=Go ${name}`)
  await waiting(page, 3)
  await page.close()
  await site.open()
  const elsewhere = await context.newPage()
  await dispatchSync(elsewhere, site)
  await expect.poll(() => [...ledger.values()]).toEqual(['ann a', 'ann a'])
  await open(elsewhere, site)
  await expect(elsewhere.locator('#notice')).toHaveText('The goat is safe already.')
  expect(await elsewhere.evaluate(readOutbox)).toEqual([])
})

test('a page that is open hears what the worker has sent', async ({ page, site, context }) => {
  const { ledger } = await serve(site, { worker: true })
  await open(page, site)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await site.close()
  await page.click('text=Go a')
  await waiting(page, 1)
  await site.open()
  await dispatchSync(await context.newPage(), site)
  await expect.poll(() => ledger.size).toBe(1)
  await expect(page.locator('#notice')).toHaveText('Your kept action has been sent.')
  await waiting(page, 0)
})
