import { expect, type Page } from '@playwright/test'
import { test, workerScript } from '../kit.ts'
import {
  controlled,
  deploy,
  forget,
  type Game,
  get,
  install,
  picture,
  releaseOf,
  show,
  stored,
  stopWorkers,
  update,
} from './host.ts'

const asked = ({ sent }: Game) => sent.map(({ name }) => name)
const waiting = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)
const shells = (page: Page) =>
  page.evaluate(async () => (await caches.keys()).filter((name) => name.includes(' shell ')))

const build = (release: string) => ({
  release,
  files: {
    'art/hero.png': {
      body: picture('png', release),
      instead: { avif: picture('avif', release) },
    },
    'data/level.json': { body: `{"level": "${release}"}` },
    'same.json': { body: '{}' },
  },
  built: { 'late.js': `export default '${release}'`, 'same.js': '' },
  main: 'globalThis.loads = Number(sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1)',
})

test('five releases in a row each come whole with the next reload, and the page never reloads itself', async ({
  page,
  site,
}) => {
  await page.goto((await deploy(site, { ...build('r1'), registers: true })).url)
  await controlled(page)
  for (let n = 2; n <= 6; n++) {
    const game = await deploy(site, { ...build(`r${n}`), registers: true })
    await update(page)
    expect(await releaseOf(page)).toBe(`r${n - 1}`)
    expect((await get(page, 'same.json')).text).toBe('{}')
    game.sent.length = 0
    await page.reload()
    expect(await releaseOf(page)).toBe(`r${n}`)
    expect((await get(page, 'data/level.json?v=1')).text).toContain(`r${n}`)
    expect(await show(page, 'art/hero.png')).toBe(2)
    expect(asked(game)).not.toContain(game.named['main.js'])
    expect(await page.evaluate(() => Reflect.get(globalThis, 'loads') as number)).toBe(n)
    await expect.poll(async () => (await shells(page)).length).toBeLessThanOrEqual(2)
  }
})

test('a worker that the browser stops goes on with the release that it had gone over to', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  await get(page, 'data/level.json')
  await expect.poll(() => stored(page)).toHaveLength(1)
  await deploy(site, build('r2'))
  await update(page)
  await page.reload()
  expect(await releaseOf(page)).toBe('r2')
  await stopWorkers(page)
  expect((await get(page, 'data/level.json')).text).toContain('r2')
  await page.reload()
  expect(await releaseOf(page)).toBe('r2')
})

test('a picture that the page has in its memory is asked for again after a release', async ({ page, site }) => {
  const game = await deploy(site, build('r1'))
  await install(page, game)
  for (let time = 0; time < 2; time++) {
    await page.goto(game.url)
    await show(page, 'art/hero.png')
    await expect.poll(() => stored(page)).toHaveLength(1)
  }
  const next = await deploy(site, build('r2'))
  await update(page)
  await page.reload()
  expect(await releaseOf(page)).toBe('r2')
  await show(page, 'art/hero.png')
  await expect.poll(() => asked(next).filter((name) => name.includes('hero'))).toHaveLength(1)
})

test('a step to another document of the game brings the new release, where there is no other tab', async ({
  page,
  site,
}) => {
  const two = (release: string) => ({ ...build(release), registers: true, pages: ['two.html'] })
  const old = await deploy(site, two('r1'))
  await page.goto(old.url)
  await controlled(page)
  await deploy(site, two('r2'))
  // At rest once more, the page has seen the new worker.
  await update(page)
  await page.waitForTimeout(4000)
  await page.evaluate(() => location.assign('two.html'))
  await page.waitForURL('**/two.html')
  await expect.poll(() => releaseOf(page)).toBe('r2')
  expect((await get(page, 'data/level.json')).text).toContain('r2')
})

test('another tab holds a new release back, and goes on with the files of its own', async ({ page, site, context }) => {
  const old = await deploy(site, build('r1'))
  await install(page, old)
  const other = await context.newPage()
  await other.goto(old.url)
  expect((await get(other, 'data/level.json')).text).toContain('r1')
  await expect.poll(() => stored(other)).toContainEqual(expect.stringMatching(/^data/))
  await deploy(site, build('r2'))
  await update(page)
  await page.reload()
  expect(await releaseOf(page)).toBe('r1')
  expect((await get(other, 'data/level.json')).text).toContain('r1')
  expect((await get(other, old.named['late.js'] ?? '')).text).toContain('r1')
  expect(await waiting(page)).toBe('installed')
  await other.close()
  await page.goto('about:blank')
  await expect
    .poll(async () => {
      await page.goto(old.url)
      const release = await releaseOf(page)
      await page.goto('about:blank')
      return release
    })
    .toBe('r2')
})

test('the answer that the browser asked for meanwhile tells of a new release', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  // The browser itself looks no sooner than it has been told to: the worker's script is asked for once, because of the document.
  const game = await deploy(site, build('r2'))
  await page.goto(game.url)
  expect(await releaseOf(page)).toBe('r1')
  await expect.poll(() => waiting(page), { timeout: 30_000 }).toBe('installed')
  expect(game.sent.filter(({ name, status }) => name === 'index.html' && status === 200).length).toBeGreaterThan(0)
})

test('a new release fetches only what has changed', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  await forget(page)
  const game = await deploy(site, build('r2'))
  await update(page)
  expect(asked(game)).toContain(game.named['late.js'])
  expect(asked(game)).not.toContain(game.named['same.js'])
})

test('a picture that changed under its name is fetched anew; one that did not is not', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  await show(page, 'art/hero.png')
  await get(page, 'same.json')
  await expect.poll(() => stored(page)).toHaveLength(2)
  await deploy(site, build('r2'))
  await update(page)
  await page.goto('about:blank')
  await page.waitForTimeout(500)
  const game = await deploy(site, build('r2'))
  await page.goto(game.url)
  expect(await releaseOf(page)).toBe('r2')
  game.sent.length = 0
  await show(page, 'art/hero.png')
  await get(page, 'same.json')
  expect(asked(game).filter((name) => /hero|same/.test(name))).toEqual([
    expect.stringMatching(/^assets\/art\/hero-\w{8}\.avif$/),
  ])
  await expect.poll(() => stored(page)).toHaveLength(3)
})

test('a built file of an older release comes from its shell; one that is nowhere is missing', async ({
  page,
  site,
}) => {
  const old = await deploy(site, build('r1'))
  await install(page, old)
  await deploy(site, build('r2'))
  await update(page)
  await page.goto('about:blank')
  await page.waitForTimeout(500)
  await page.goto(old.url)
  expect(await releaseOf(page)).toBe('r2')
  await forget(page)
  expect((await get(page, old.named['late.js'] ?? '')).text).toContain('r1')
  expect((await get(page, 'assets/gone-12345678.js')).status).toBe(404)
})

test('a font is stored once the page is at rest; one that fails is met later', async ({ page, site }) => {
  const source = { ...build('r1'), built: { 'title.woff2': 'a font', 'text.woff2': 'another' } }
  const game = await deploy(site, source, (_asked, name) => (name.includes('title') ? { status: 503 } : undefined))
  await install(page, game)
  await page.reload()
  const inShell = () =>
    page.evaluate(async () => {
      const keys = await (await caches.open('firstframe / shell r1')).keys()
      return keys.map(({ url }) => new URL(url).pathname.slice(1))
    })
  await expect.poll(inShell).toContain(game.named['text.woff2'])
  expect(await inShell()).not.toContain(game.named['title.woff2'])
  const mended = await deploy(site, source)
  expect((await get(page, mended.named['title.woff2'] ?? '')).text).toBe('a font')
  await expect.poll(() => stored(page)).toContain(mended.named['title.woff2'])
})

test('a script that fails at install leaves the old worker in place', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  for (const broken of [{ status: 503 }, { cut: true }, { body: 'not what was built' }]) {
    const game = await deploy(site, build('r2'), (_asked, name) => (name.includes('/late-') ? broken : undefined))
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update()).catch(() => {})
    await expect.poll(() => asked(game).some((name) => name.includes('/late-')), { timeout: 20_000 }).toBe(true)
    await expect
      .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.installing ?? null), {
        timeout: 20_000,
      })
      .toBeNull()
    expect(await waiting(page)).toBeUndefined()
    expect(await shells(page)).toEqual([expect.stringContaining('r1')])
  }
  await page.reload()
  expect(await releaseOf(page)).toBe('r1')
})

test('headers that the host has changed come with the document after next', async ({ page, site }) => {
  let marks = 'one'
  const game = await deploy(site, build('r1'), (_asked, name) =>
    name === 'index.html' ? { body: game.files.get(name) ?? '', headers: { 'Server-Timing': marks } } : undefined,
  )
  await install(page, game)
  const timing = () =>
    page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
      return navigation?.serverTiming.map(({ name }) => name)
    })
  marks = 'two'
  await page.reload()
  expect(await timing()).toEqual(['one'])
  await expect
    .poll(async () => {
      await page.reload()
      return timing()
    })
    .toEqual(['two'])
})

test('a document that the host changes on its way is asked of the host each time', async ({ page, site }) => {
  let visits = 0
  const game = await deploy(site, build('r1'), (_asked, name) =>
    name === 'index.html' ? { body: `<!doctype html><title>${++visits}</title><h1>${visits}</h1>` } : undefined,
  )
  await install(page, game)
  for (let time = 0; time < 2; time++) {
    const before = visits
    await page.goto(game.url)
    await expect(page.locator('h1')).toHaveText(String(before + 1))
  }
  await expect.poll(() => stored(page)).toContain('')
  await site.close()
  await page.goto(game.url)
  await expect(page.locator('h1')).toHaveText(String(visits))
  await site.open()
})

test('a release waits with its install until the scene before it asks for nothing', async ({ page, site }) => {
  await install(page, await deploy(site, build('r1')))
  const game = await deploy(site, build('r2'))
  await page.evaluate(() => {
    const timer = setInterval(() => void fetch('same.json?busy'), 500)
    Reflect.set(globalThis, 'timer', timer)
    return navigator.serviceWorker.getRegistration().then((found) => found?.update())
  })
  await page.waitForTimeout(6000)
  expect(asked(game)).not.toContain(game.named['table.json'])
  await page.evaluate(() => clearInterval(Reflect.get(globalThis, 'timer') as number))
  await expect.poll(() => waiting(page), { timeout: 20_000 }).toBe('installed')
})

test('the kill switch takes the worker and what this game has stored, and nothing else', async ({ page, site }) => {
  const game = await deploy(site, build('r1'))
  await install(page, game)
  await show(page, 'art/hero.png')
  await expect.poll(() => stored(page)).toHaveLength(1)
  await page.evaluate(async () => {
    await caches.open('the game’s own')
    await caches.open('firstframe /games/other/ met')
  })
  const worker = await workerScript({ release: 'off', shell: [] }, 'client/worker/off.ts')
  await deploy(site, { ...build('r1'), worker })
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  await expect
    .poll(() => page.evaluate(async () => (await caches.keys()).toSorted()))
    .toEqual(['firstframe /games/other/ met', 'the game’s own'])
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  expect(await show(page, 'art/hero.png')).toBe(2)
})
