import { expect, type Page } from '@playwright/test'
import { test } from '../kit.ts'
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
} from './host.ts'

const hero = (marks = '') => ({
  body: picture('png', `a png ${marks}`),
  instead: { avif: picture('avif', marks), webp: picture('webp', marks) },
})
const asked = ({ sent }: Game) => sent.map(({ name }) => name)
/** What a browser does at its own times. */
const isLook = (name: string) => name === 'worker.js' || name === 'index.html'

/** Until nothing has been asked of the host for a while, the browser's look for a new worker included. */
async function quiet(page: Page, game: Game, ms = 2500) {
  for (let count = -1; count < game.sent.length;) {
    count = game.sent.length
    await page.waitForTimeout(ms)
  }
}

test('a page at rest registers the worker, which takes what the first scene used from the browser, not from the line', async ({
  page,
  site,
}) => {
  const main = `
    const image = new Image()
    image.src = 'art/hero.png'
    document.body.append(image)
    fetch('data/level.json?v=' + Date.now())
    fetch('art/far.png')
  `
  const files = {
    'art/hero.png': { body: picture('png', 'hero') },
    'art/far.png': { body: picture('png', 'far') },
    'art/never.png': { body: picture('png', 'never') },
    'data/level.json': { body: '{"level": 1}' },
  }
  const game = await deploy(site, { release: 'r1', files, main, registers: true })
  await page.goto(game.url)
  await controlled(page)
  await expect.poll(() => stored(page)).toHaveLength(3)
  await quiet(page, game)
  const { sent } = game
  const twice = sent.filter(({ name }, at) => sent.findIndex((other) => other.name === name) < at)
  // The document is looked at again, and has not changed.
  expect(twice.map(({ name, bytes }) => [name, bytes])).toEqual([['index.html', 0]])
  expect(asked(game)).not.toContain('art/never.png')
  // Nothing but the worker and its table came because of the worker.
  expect(asked(game).toSorted()).toEqual(
    [
      'index.html',
      'index.html',
      'art/hero.png',
      'art/far.png',
      'data/level.json',
      'worker.js',
      ...Object.values(game.named),
    ].toSorted(),
  )
})

test('what a negotiating host sent to the first scene is kept in that variant', async ({ page, site }) => {
  const made = hero()
  const game = await deploy(
    site,
    {
      release: 'r1',
      files: { 'art/hero.png': made, 'art/far.png': hero('far') },
      main: `const image = new Image()
        image.src = 'art/hero.png'
        fetch('art/far.png')`,
      registers: true,
    },
    ({ headers: { accept = '' } }, name) => {
      if (!/^art\/\w+\.png$/.test(name)) return undefined
      const kind = accept.includes('image/avif') ? 'avif' : 'webp'
      return {
        type: `image/${kind}`,
        headers: { Vary: 'Accept' },
        body: (name === 'art/hero.png' ? made : hero('far')).instead[kind],
      }
    },
  )
  await page.goto(game.url)
  await controlled(page)
  await expect
    .poll(async () => (await stored(page)).toSorted())
    .toEqual([
      expect.stringMatching(/^assets\/art\/far-\w{8}\.webp$/),
      expect.stringMatching(/^assets\/art\/hero-\w{8}\.avif$/),
    ])
  game.sent.length = 0
  expect(await show(page, 'art/hero.png?1')).toBe(2)
  expect(await show(page, 'art/far.png?1')).toBe(2)
  expect(asked(game)).toEqual([])
})

test('a second visit asks nothing of the line but whether there is a new release', async ({ page, site }) => {
  const main = `
    const image = new Image()
    image.src = 'art/hero.png?v=' + Date.now()
    const worker = new Worker('loader.js')
  `
  const game = await deploy(site, {
    release: 'r1',
    files: {
      'art/hero.png': hero(),
      'loader.js': { body: `fetch('art/hero.png').then(() => fetch('data.json'))` },
      'data.json': { body: '{}' },
    },
    main,
    registers: true,
    strict: false,
  })
  await page.goto(game.url)
  await controlled(page)
  await quiet(page, game)
  // The scene's own worker had its files before there was a service worker: they are kept when they pass.
  await page.goto(game.url)
  await quiet(page, game)
  game.sent.length = 0
  await page.goto('about:blank')
  await page.goto(game.url)
  await quiet(page, game)
  expect(game.sent.filter(({ name }) => !isLook(name))).toEqual([])
  expect(game.sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(0)
  expect(await releaseOf(page)).toBe('r1')
})

test('a game that was played once is played off line, its other documents included', async ({ page, site }) => {
  const game = await deploy(
    site,
    { release: 'r1', files: { 'art/hero.png': hero() }, main: `fetch('art/hero.png')` },
    (_asked, name) => (name === 'credits' ? { body: '<h1>Credits</h1>' } : undefined),
  )
  await install(page, game)
  await page.goto(game.url)
  await expect.poll(() => stored(page)).toHaveLength(1)
  await page.goto(`${game.url}credits`)
  await expect.poll(() => stored(page)).toContain('credits')
  await site.close()
  await forget(page)
  for (const path of ['', 'index.html', '?level=3']) {
    await page.goto(game.url + path)
    expect(await releaseOf(page)).toBe('r1')
    expect(await show(page, 'art/hero.png?off')).toBe(2)
  }
  await page.goto(`${game.url}credits`)
  await expect(page.locator('h1')).toHaveText('Credits')
  await site.open()
})

test('a document of the host is asked for by the browser while the worker starts, and once', async ({ page, site }) => {
  const game = await deploy(site, { release: 'r1' }, ({ headers }, name) =>
    name === 'credits' ? { body: `<h1>${String(headers['service-worker-navigation-preload'])}</h1>` } : undefined,
  )
  await install(page, game)
  game.sent.length = 0
  await page.goto(`${game.url}credits`)
  await expect(page.locator('h1')).toHaveText('true')
  expect(asked(game).filter((name) => name === 'credits')).toHaveLength(1)
})

test('a worker whose storage was emptied lets the game through, and stores anew', async ({ page, site }) => {
  const game = await deploy(site, { release: 'r1', files: { 'art/hero.png': hero() } })
  await install(page, game)
  const empty = () =>
    page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name)
    })
  await empty()
  await page.goto(game.url)
  expect(await releaseOf(page)).toBe('r1')
  expect(await show(page, 'art/hero.png')).toBe(2)
  await expect.poll(() => stored(page)).toContainEqual(expect.stringMatching(/^assets\/art\/hero-/))
  // What it knew it has forgotten as well, and not even the table is to be had.
  await empty()
  await forget(page)
  await stopWorkers(page)
  const lost = await deploy(site, { release: 'r1', files: { 'art/hero.png': hero() } }, (_asked, name) =>
    name.includes('table') ? { status: 404 } : undefined,
  )
  expect(await show(page, 'art/hero.png?lost')).toBe(2)
  expect(asked(lost)).toContain('art/hero.png')
})

test('under a base the worker answers for what is below it, and games beside it are left alone', async ({
  page,
  site,
}) => {
  const one = await deploy(
    site,
    { release: 'r1', base: '/games/one/', files: { 'art/hero.png': hero() }, registers: true },
    ({ path }) => (path.startsWith('/games/two/') ? { body: '<!doctype html><title>two</title>' } : undefined),
  )
  await page.goto(one.url)
  await controlled(page)
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(one.url)
  expect(await show(page, 'art/hero.png')).toBe(2)
  await expect.poll(() => stored(page)).toContainEqual(expect.stringMatching(/^assets\/art\/hero-/))
  await get(page, '/games/two/art/hero.png')
  await page.goto(`${site.url}/games/two/`)
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
  expect(await page.evaluate(() => caches.keys())).toEqual([
    expect.stringContaining('firstframe /games/one/ '),
    expect.stringContaining('firstframe /games/one/ '),
    expect.stringContaining('firstframe /games/one/ '),
  ])
})

test('a worker that the game has already is left alone', async ({ page, site }) => {
  const own = { body: `addEventListener('fetch', () => {})` }
  const game = await deploy(site, {
    release: 'r1',
    files: { 'sw.js': own },
    built: { 'own.js': '' },
    main: `
      const rules = { createScriptURL: (url) => url }
      globalThis.registered = navigator.serviceWorker.register(new URL('../sw.js', import.meta.url).href)
    `,
    registers: true,
    strict: false,
  })
  await page.goto(game.url)
  await page.evaluate(() => Reflect.get(globalThis, 'registered') as Promise<unknown>)
  await quiet(page, game, 5000)
  await page.goto(game.url)
  await quiet(page, game, 5000)
  const scripts = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.scriptURL),
  )
  expect(scripts).toEqual([`${game.url}sw.js`])
  expect(asked(game)).not.toContain('worker.js')
  expect(await page.evaluate(() => caches.keys())).toEqual([])
})
