import { chromium, expect, type Page } from '@playwright/test'
import { chromiumPath, CHROMIUM_FLAGS } from '../../services/provision.ts'
import { startChromium } from '../engines/engine.ts'
import { test } from '../kit.ts'
import { open, serve, tell, type Told } from './host.ts'

const told = ({ table }: Told, name: string) =>
  [...table.values()].flatMap(({ event }) => (event.name === name ? event : []))

/** Runs in the page, where nobody catches it. */
const fail = (page: Page, ...messages: string[]) =>
  page.evaluate((messages) => {
    for (const message of messages)
      setTimeout(() => {
        const error = new Error(message)
        error.stack = `Error: ${message}\n    at dig (/page.js:1:1)`
        throw error
      })
  }, messages)

test('an error that nobody caught is told with its stack, place and release, the same one once', async ({
  page,
  site,
}) => {
  const server = serve(site)
  await open(page, site, '/village')
  await fail(page, 'the well is dry', 'the well is dry', 'the well is dry')
  await page.evaluate(() => void Promise.reject(new TypeError('no bucket')))
  await expect
    .poll(() => told(server, 'error').map(({ data }) => data))
    .toEqual([
      {
        message: expect.stringContaining('the well is dry'),
        stack: expect.stringContaining('at dig (/page.js:1:1)'),
        place: '/village',
        release: 'r1',
      },
      {
        message: 'TypeError: no bucket',
        stack: expect.stringMatching(/^TypeError: no bucket\n +at /),
        place: '/village',
        release: 'r1',
      },
    ])
})

test('five errors are told of a page, each as long as the server takes', async ({ page, site }) => {
  const server = serve(site)
  await open(page, site)
  await fail(page, ...['1', '2', '3', '4', '5', '6', '7'].map((number) => number.repeat(5000)))
  await page.evaluate(() => events.track('mission', { mission: 'the last' }))
  await expect.poll(server.names).toContain('the last')
  await expect.poll(() => told(server, 'error').length).toBe(5)
  for (const { data } of told(server, 'error') as { data?: { message?: string; stack?: string } }[]) {
    expect(data?.message?.length).toBe(300)
    expect(data?.stack?.length).toBe(1400)
  }
})

test('what is thrown need not be an error', async ({ page, site }) => {
  const server = serve(site)
  await open(page, site)
  await page.evaluate(() => {
    // oxlint-disable-next-line prefer-promise-reject-errors -- as other people's code does
    for (const reason of [undefined, 'no', Object.create(null), Symbol('s')]) void Promise.reject(reason)
  })
  await expect
    .poll(() => told(server, 'error').map(({ data }) => data && 'message' in data && data.message))
    .toEqual(['undefined', 'no', 'object', 'Symbol(s)'])
})

test('a session begins once and ends once, over full loads and looks elsewhere', async ({ site }) => {
  const server = serve(site)
  await using browser = await startChromium()
  const tab = await browser.open()
  const isReady = () => tab.read<boolean>(`document.documentElement.dataset.ready === ''`)
  await tab.go(`${site.url}/village`)
  await expect.poll(isReady).toBe(true)
  const over = await browser.open()
  await expect.poll(() => tab.read('document.visibilityState')).toBe('hidden')
  await expect.poll(() => told(server, 'session-start').map(({ data }) => data)).toEqual([{ place: '/village' }])
  await over.close()
  await tab.front()
  await expect.poll(() => tab.read('document.visibilityState')).toBe('visible')
  // Another page of the game, by a full load.
  await tab.read(`void (location.href = '/market')`)
  await expect.poll(() => tab.read(`location.pathname`).catch(() => '')).toBe('/market')
  await expect.poll(() => isReady().catch(() => false)).toBe(true)
  await tab.read(`events.track('mission', { mission: 'here' })`)
  await expect.poll(server.names).toEqual(['here'])
  expect(told(server, 'session-end')).toEqual([])
  await tab.close()
  await expect
    .poll(() => told(server, 'session-end').map(({ data }) => data))
    .toEqual([{ seconds: expect.any(Number) }])
  expect(told(server, 'session-start').length).toBe(1)
})

test('the session of a tab that is closed out of sight ends', async ({ site }) => {
  const server = serve(site)
  await using browser = await startChromium()
  const tab = await browser.open()
  await tab.go(`${site.url}/village`)
  await expect.poll(() => told(server, 'session-start').length).toBe(1)
  await browser.open()
  await expect.poll(() => tab.read('document.visibilityState')).toBe('hidden')
  await tab.close()
  await expect.poll(() => told(server, 'session-end').length).toBe(1)
})

test('a page that the browser kept goes on with its session when it is come back to from this site, and begins another from elsewhere', async ({
  site,
}) => {
  const server = serve(site)
  await using browser = await chromium.launch({
    executablePath: await chromiumPath(),
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  const page = await browser.newPage()
  await open(page, site, '/village')
  await expect.poll(() => told(server, 'session-start').length).toBe(1)
  await page.evaluate(() => Object.assign(globalThis, { kept: 'as it was' }))
  const goAndComeBack = async (url: string) => {
    await page.evaluate((url) => void (location.href = url), url)
    await expect.poll(() => page.url()).toBe(url)
    // Playwright's own way back waits for a load, and a page that was kept does not load again.
    await page.evaluate(() => void setTimeout(() => history.back()))
    await expect.poll(() => page.url()).toBe(`${site.url}/village`)
    expect(await page.evaluate(() => 'kept' in globalThis)).toBe(true)
  }
  const sessions = () => [told(server, 'session-start').length, told(server, 'session-end').length]
  await goAndComeBack(`${site.url.replace('localhost', '127.0.0.1')}/page.js`)
  await expect.poll(sessions).toEqual([2, 1])
  await goAndComeBack(`${site.url}/page.js`)
  await tell(page, 'a')
  await expect.poll(server.names).toEqual(['a'])
  expect(sessions()).toEqual([2, 1])
  await page.close({ runBeforeUnload: true })
  await expect.poll(sessions).toEqual([2, 2])
})

test('who comes back after half an hour begins another session, and the first ended when it was last seen', async ({
  page,
  site,
}) => {
  const server = serve(site)
  await open(page, site)
  await page.addInitScript(() => {
    const session = { seconds: 90.4, seenAt: Date.now() - 31 * 60_000 }
    sessionStorage.setItem('firstframe-session', JSON.stringify(session))
  })
  const now = Date.now()
  await page.evaluate(() => location.reload())
  await expect.poll(() => told(server, 'session-start').length).toBe(2)
  const [end] = told(server, 'session-end')
  expect(end?.data).toEqual({ seconds: 90 })
  expect(end?.at).toBeLessThan(now - 30 * 60_000)
})
