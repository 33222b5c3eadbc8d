import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { expect } from '@playwright/test'
import sharp from 'sharp'
import { FIRSTFRAME } from '../../games/project.ts'
import { testLook } from './look.ts'
import { answerOf, manifestOf, openSite, pictureBytes, play, testsOf } from './play.ts'

// A game with atlases, CSS backgrounds, imported pictures and a font, served below /game/.

const test = testsOf('atlas')
test.describe.configure({ mode: 'default' })

const SMALLER = /^image\/(?:webp|avif)$/

testLook(test)

test('a sheet is made smaller, its description left as it is', async ({ page, plain, better }) => {
  const before = await play(page, plain)
  const after = await play(page, better)
  for (const name of ['items', 'monsters']) {
    expect(after.find(({ path }) => path === `atlas/${name}.png`)?.type).toMatch(SMALLER)
    const file = `public/atlas/${name}.json`
    expect((await better.project.take(file.replace('public', 'dist'))).equals(await better.project.take(file))).toBe(
      true,
    )
  }
  expect(pictureBytes(after)).toBeLessThan(0.6 * pictureBytes(before))
})

test('backgrounds that CSS names are shown, in smaller bytes', async ({ page, better }) => {
  const served = await play(page, better)
  // Of the public folder by url('/img/…'), which keeps its name, and of the graph.
  for (const name of ['quest', 'sky', 'frame']) {
    const backgrounds = served.filter(({ path }) => path.includes(`/${name}`))
    expect.soft(backgrounds, name).toHaveLength(1)
    expect.soft(backgrounds[0]?.type, name).toMatch(SMALLER)
  }
  await page.locator('#quest').scrollIntoViewIfNeeded()
  const shot = await page.locator('#quest').screenshot()
  const { channels } = await sharp(shot).stats()
  // A background that is missing is of one colour.
  expect(channels[0]?.stdev).toBeGreaterThan(10)
})

test('every <img> has its measures and smaller formats to choose from', async ({ page, better }) => {
  await play(page, better)
  const banner = page.locator('#banner')
  expect(await banner.evaluate((image) => [image.getAttribute('width'), image.getAttribute('height')])).toEqual([
    '960',
    '540',
  ])
  expect(await banner.evaluate((image) => (image as HTMLImageElement).currentSrc)).toMatch(/\.(?:avif|webp)$/)
  for (const image of await page.locator('img').all())
    expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  const logo = await page.locator('#logo').boundingBox()
  expect([logo?.width, logo?.height]).toEqual([48, 48])
})

test('imported pictures are named by the bytes that are served', async ({ page, better }) => {
  const served = await play(page, better)
  for (const name of ['hero', 'boss']) {
    const picture = served.find(({ path }) => path.startsWith(`assets/${name}-`))
    expect(picture?.type, name).toMatch(SMALLER)
    const bytes = await better.project.take(`dist/${picture?.path}`)
    expect(picture?.path).toContain(createHash('sha256').update(bytes).digest('hex').slice(0, 8))
  }
})

test('a font comes smaller, and is asked for with the page', async ({ page, better }) => {
  const served = await play(page, better)
  const whole = (await better.project.take('src/fonts/title.ttf')).length
  const fonts = served.filter(({ path }) => /\.(?:ttf|woff2)$/.test(path))
  expect(fonts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(0.6 * whole)
  expect(await page.evaluate(() => document.fonts.check('48px Title', 'Atlas'))).toBe(true)
  const preloads = page.locator('link[rel="preload"][as="font"]')
  await expect(preloads).toHaveAttribute('href', /title-[0-9a-f]{8}\.woff2$/)
})

test('a service worker that is already there is left alone', async ({ page }) => {
  const own = 'self.addEventListener("fetch", () => {})\n'
  await using site = await openSite('atlas', {
    added: FIRSTFRAME,
    environment: { VITE_OFFLINE: '1' },
    prepare: (project) => project.put('public/sw.js', own),
  })
  await play(page, site)
  expect((await site.project.take('dist/sw.js')).toString()).toBe(own)
  expect((await readdir(site.project.dist)).filter((name) => name.includes('worker'))).toEqual([])
  expect(await manifestOf(site)).not.toHaveProperty('worker')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const scripts = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ active }) => new URL(active?.scriptURL ?? '').pathname),
  )
  expect(scripts).toEqual(['/game/sw.js'])
  // What the server can do does not hang on it.
  expect((await answerOf(site, 'atlas/items.png')).instead.length).toBeGreaterThan(0)
})
