import { expect, type Page } from '@playwright/test'
import sharp from 'sharp'
import { type Answer, type Handler, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { startFragments } from 'client/runtime/fragments.ts'
  import { loadImages } from 'client/runtime/images.ts'
  import { whenReady } from 'client/runtime/ready.ts'
  import { parseHTML } from 'client/runtime/trusted.ts'
  // How it went: 'nothing to wait for', 'waiting', then 'ready'.
  globalThis.prepare = (html, options) => {
    const waiting = whenReady(parseHTML(html).body.children, options)
    globalThis.state = waiting ? 'waiting' : 'nothing to wait for'
    waiting?.then(() => (state = 'ready'))
  }
  globalThis.seen = []
  const look = () => {
    const img = document.querySelector('#main img')
    seen.push(img?.getAttribute('src') + (img?.naturalWidth ? '' : ' blank'))
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  globalThis.held = 0
  new MutationObserver(() => held++).observe(document, { subtree: true, attributeFilter: ['data-pending'] })
  if (location.search === '?images') loadImages()
  globalThis.fragments = startFragments()
  fragments.whenReady = whenReady
  document.documentElement.dataset.ready = ''
`)

const png = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#ff9a3d' } })
  .png()
  .toBuffer()
const picture: Answer = { type: 'image/png', body: png, headers: { 'Cache-Control': 'max-age=600' } }

/** A page with the picture `/pic/old.png` at the top, and whatever `pictures` answers. */
const serve = (site: Site, pictures: Handler = () => picture, main = old) =>
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    if (asked.path.startsWith('/pic/')) return asked.path === '/pic/old.png' ? picture : pictures(asked)
    return pageOf(asked, { main: asked.path === '/' ? main : img(asked.path.slice(1)) })
  })

const img = (name: string, more = '') => `<img alt="" width="80" height="60" ${more} src="/pic/${name}.png">`
const old = img('old')
const main = (html: string) => `<main id="main">${html}</main>`
const asked = (site: Site) => site.requests.map(({ path }) => path).filter((path) => /^\/pic\/(?!old)/.test(path))

async function open(page: Page, site: Site, query = '/') {
  await page.goto(site.url + query)
  await page.locator('html[data-ready]').waitFor()
}
const ready = (page: Page, html: string, deadline = 60_000) =>
  page.evaluate(([html, deadline]) => prepare(html, { deadline }), [html, deadline] as const)
const stateOf = (page: Page) => page.evaluate(() => state)

test('an answer is shown when its picture is there, and in no frame is there none', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async () => {
    await gate.promise
    return picture
  })
  await open(page, site)
  await page.evaluate(() => void fragments.visit('/new'))
  await expect.poll(() => asked(site)).toEqual(['/pic/new.png'])
  // The page as it was stands for as long as it takes.
  await expect.poll(() => page.evaluate(() => seen.length)).toBeGreaterThan(5)
  expect(await page.evaluate(() => seen.at(-1))).toBe('/pic/old.png')
  gate.resolve()
  await expect.poll(() => page.evaluate(() => seen.at(-1))).toBe('/pic/new.png')
  expect(await page.evaluate(() => [...new Set(seen.slice(seen.indexOf('/pic/old.png')))])).toEqual([
    '/pic/old.png',
    '/pic/new.png',
  ])
  expect(asked(site)).toEqual(['/pic/new.png'])
})

test('what is ready is not held back by loadImages()', async ({ page, site }) => {
  serve(site, undefined, `<p>${old}</p>`)
  await open(page, site, '/?images')
  await page.evaluate(() => fragments.visit('/new'))
  await expect.poll(() => page.evaluate(() => seen.at(-1))).toBe('/pic/new.png')
  expect(await page.evaluate(() => held)).toBe(0)
  await expect(page.locator('#main img')).toHaveAttribute('data-shown')
})

test('an answer to an action waits for its pictures too', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(
    site,
    async () => {
      await gate.promise
      return picture
    },
    `${old}<form method="post" action="/new"><button>Go</button></form>`,
  )
  await open(page, site)
  await page.click('text=Go')
  await expect.poll(() => asked(site)).toEqual(['/pic/new.png'])
  await expect(page.locator('#main img')).toHaveAttribute('src', '/pic/old.png')
  gate.resolve()
  await expect(page.locator('#main img')).toHaveAttribute('src', '/pic/new.png')
})

test('without pictures there is no promise to wait for', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  await ready(page, main('<h1>Words</h1>'))
  expect(await stateOf(page)).toBe('nothing to wait for')
})

test('pictures that the page has are not waited for', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  await ready(page, main(`<p>Moved</p>${old}`))
  expect(await stateOf(page)).toBe('nothing to wait for')
})

test('lazy pictures are left to come later', async ({ page, site }) => {
  serve(site, undefined, '')
  await open(page, site)
  await ready(page, main(img('far', 'loading="lazy"')))
  expect(await stateOf(page)).toBe('nothing to wait for')
})

test('a lazy picture in the place of one on screen is fetched first', async ({ page, site }) => {
  const below = '<p><svg width="1" height="5000"></svg></p>'
  serve(site, undefined, `${old}${below}${img('old', 'id="low"')}`)
  await open(page, site)
  await ready(page, main(`${img('top', 'loading="lazy"')}${below}${img('low', 'loading="lazy"')}`))
  await expect.poll(() => stateOf(page)).toBe('ready')
  expect(asked(site)).toEqual(['/pic/top.png'])
})

test('a lazy picture of high priority is fetched first', async ({ page, site }) => {
  serve(site, undefined, '')
  await open(page, site)
  await ready(page, main(img('high', 'loading="lazy" fetchpriority="high"')))
  await expect.poll(() => stateOf(page)).toBe('ready')
  expect(asked(site)).toEqual(['/pic/high.png'])
})

test('of several variants the one is fetched that the page then shows', async ({ page, site }) => {
  serve(site)
  await open(page, site)
  const html = main(
    `<picture><source media="(min-width: 1px)" type="image/png" srcset="/pic/small.png 40w, /pic/big.png 4000w" sizes="40px">${img('plain')}</picture>`,
  )
  await ready(page, html)
  await expect.poll(() => stateOf(page)).toBe('ready')
  expect(asked(site)).toEqual(['/pic/small.png'])
})

test('a picture that does not come holds the answer back no longer than the deadline', async ({ page, site }) => {
  const never = Promise.withResolvers<void>()
  serve(site, async () => {
    await never.promise
    return picture
  })
  await open(page, site)
  await ready(page, main(img('slow')), 50)
  await expect.poll(() => stateOf(page)).toBe('ready')
  never.resolve()
})

test('a broken picture holds nothing back, and the others are still waited for', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, async ({ path }) => {
    if (path === '/pic/broken.png') return { status: 404 }
    await gate.promise
    return picture
  })
  await open(page, site)
  await ready(page, main(img('broken') + img('good')))
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /broken/.test(name)))
  expect(await stateOf(page)).toBe('waiting')
  gate.resolve()
  await expect.poll(() => stateOf(page)).toBe('ready')
})

test('when another page is asked for, the pictures of the one before are not fetched any more', async ({
  page,
  site,
}) => {
  const never = Promise.withResolvers<void>()
  serve(site, async ({ path }) => {
    if (path === '/pic/first.png') await never.promise
    return picture
  })
  await open(page, site)
  await page.evaluate(() => void fragments.visit('/first'))
  await expect.poll(() => asked(site)).toEqual(['/pic/first.png'])
  await page.evaluate(() => fragments.visit('/second'))
  await expect(page.locator('#main img')).toHaveAttribute('src', '/pic/second.png')
  await expect.poll(() => site.requests.find(({ path }) => path === '/pic/first.png')?.aborted).toBe(true)
  never.resolve()
})

declare const fragments: { visit: (url: string) => Promise<boolean> }
declare const prepare: (html: string, options: { deadline: number }) => void
declare const state: string
declare const seen: string[]
declare const held: number
