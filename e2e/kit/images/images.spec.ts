import { expect, type Page } from '@playwright/test'
import sharp from 'sharp'
import { type Answer, type Handler, pageOf, pageScript, script, type Site, test } from '../kit.ts'

const start = await pageScript(`
  import { loadImages } from 'client/runtime/images.ts'
  globalThis.loadImages = loadImages
  globalThis.decoded = []
  const decode = HTMLImageElement.prototype.decode
  HTMLImageElement.prototype.decode = async function () {
    await decode.call(this)
    decoded.push(this.id + ' ' + (this.hasAttribute('data-pending') ? 'held' : 'not held'))
  }
  globalThis.images = loadImages(document, { retryAfter: 50, ahead: '500%' })
  document.documentElement.dataset.ready = ''
`)

const png = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#ff9a3d' } })
  .png()
  .toBuffer()
const picture: Answer = { type: 'image/png', body: png, headers: { 'Cache-Control': 'max-age=600' } }

/** Pictures at `/pic/…`, the page at `/`. */
const serve = (site: Site, main: string, pictures: Handler = () => picture, head = '') =>
  site.handle((asked) => {
    if (asked.path === '/page.js') return script(start)
    return asked.path.startsWith('/pic/') ? pictures(asked) : pageOf(asked, { main }, { head })
  })

const lazy = (id: string) =>
  `<img id="${id}" class="p-3b6b4f" loading="lazy" width="80" height="60" alt="A ${id}" src="/pic/${id}.png">`
const gap = (px: number) => `<p><svg width="1" height="${px}"></svg></p>`
const pictures = (site: Site) => site.requests.map(({ path }) => path).filter((path) => path.startsWith('/pic/'))

async function open(page: Page, site: Site) {
  await page.goto(site.url)
  await page.locator('html[data-ready]').waitFor()
}

test('pictures are asked for by lane: on screen, next below, the rest when idle', async ({ page, site }) => {
  // Beyond the distance at which the browser itself begins with lazy pictures.
  serve(site, `${lazy('on')}${gap(3000)}${lazy('next')}${gap(6000)}${lazy('far')}`)
  await open(page, site)
  await expect(page.locator('#far[data-shown]')).toHaveCount(1)
  // The first is asked for by the browser itself, at a time of its own.
  expect(pictures(site).filter((path) => path !== '/pic/on.png')).toEqual(['/pic/next.png', '/pic/far.png'])
  await expect(page.locator('#on[data-shown]')).toHaveCount(1)
  const told = await page.evaluate(() => Array.from(document.images, ({ fetchPriority }) => fetchPriority).slice(1))
  expect(told).toEqual(['auto', 'low'])
})

test('a picture that comes into view passes those that wait', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  serve(site, gap(9000) + ids.map((id) => lazy(id) + gap(9000)).join(''), async ({ path }) => {
    if (path !== '/pic/g.png') await gate.promise
    return picture
  })
  await open(page, site)
  // Idle ones leave half of the line free.
  await expect.poll(() => pictures(site).length).toBeGreaterThan(0)
  await page.evaluate(() => document.querySelector('#g')?.scrollIntoView())
  await expect(page.locator('#g[data-shown]')).toHaveCount(1)
  expect(pictures(site)).not.toContain('/pic/f.png')
  gate.resolve()
  await expect(page.locator('[data-shown]')).toHaveCount(7)
})

test('what the browser is told of priority follows the lane, unless the page says it', async ({ page, site }) => {
  const said = lazy('said').replace('<img', '<img fetchpriority="high"')
  serve(site, `${gap(6000)}${lazy('far')}${said}`)
  await open(page, site)
  await expect(page.locator('[data-shown]')).toHaveCount(2)
  const told = await page.evaluate(() => Array.from(document.images, (img) => `${img.id} ${img.fetchPriority}`))
  expect(told).toEqual(['far low', 'said high'])
})

test('on a slow line pictures are fetched at half the pixels each way', async ({ browser, site }) => {
  const context = await browser.newContext({ deviceScaleFactor: 2 })
  const page = await context.newPage()
  await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { effectiveType: '3g' } }))
  const sizes = 'sizes="80px" srcset="/pic/80.png 80w, /pic/160.png 160w, /pic/320.png 320w"'
  const other = lazy('other').replace('src=', `${sizes} src=`)
  serve(site, `${gap(6000)}<picture><source type="image/png" ${sizes}>${lazy('one')}</picture>${other}`)
  await open(page, site)
  await expect(page.locator('[data-shown]')).toHaveCount(2)
  expect(new Set(pictures(site))).toEqual(new Set(['/pic/80.png']))
  await context.close()
})

test('broken pictures are asked for again when the line is back', async ({ page, site }) => {
  let isUp = false
  serve(site, lazy('one') + lazy('two'), () => (isUp ? picture : { cut: true }))
  await open(page, site)
  await expect(page.locator('[data-broken]')).toHaveCount(2)
  isUp = true
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(page.locator('[data-shown]')).toHaveCount(2)
})

test('a picture whose answer hangs is given up and asked for again, <picture> sources included', async ({
  page,
  site,
}) => {
  let count = 0
  serve(site, `<picture><source type="image/png" srcset="/pic/source.png">${lazy('one')}</picture>`, () =>
    ++count === 1 ? new Promise(() => {}) : picture,
  )
  await open(page, site)
  await expect(page.locator('#one[data-shown]')).toHaveCount(1, { timeout: 30_000 })
  expect(pictures(site)).toEqual(['/pic/source.png', '/pic/source.png'])
  expect(await page.locator('#one').getAttribute('src')).toBe('/pic/one.png')
})

test('a picture that is not there is asked for once', async ({ page, site }) => {
  serve(site, lazy('one'), () => ({ status: 404 }))
  await open(page, site)
  await expect(page.locator('#one[data-broken]')).toHaveCount(1)
  expect(pictures(site)).toEqual(['/pic/one.png'])
})

test('a picture is decoded before it is shown; until then its colour holds the place', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, lazy('one'), async () => {
    await gate.promise
    return picture
  })
  await page.goto(site.url)
  const one = page.locator('#one')
  await expect(one).toHaveAttribute('data-pending')
  expect(await one.evaluate((img) => getComputedStyle(img).objectPosition)).toContain('-9999px')
  expect(await one.evaluate((img) => getComputedStyle(img).backgroundColor)).toBe('rgb(59, 107, 79)')
  gate.resolve()
  await expect(one).toHaveAttribute('data-shown')
  await expect(one).not.toHaveAttribute('data-pending')
  expect(await page.evaluate(() => decoded)).toEqual(['one held'])
})

test('first-screen pictures are never held back', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  serve(site, '<img id="first" width="80" height="60" alt="" fetchpriority="high" src="/pic/first.png">', async () => {
    await gate.promise
    return picture
  })
  await page.goto(site.url, { waitUntil: 'commit' })
  await page.locator('html[data-ready]').waitFor()
  await expect(page.locator('#first')).not.toHaveAttribute('data-pending')
  gate.resolve()
  await expect(page.locator('#first')).toHaveAttribute('data-shown')
})

test('a broken picture is asked for four times more and then shows its words, where it stood', async ({
  page,
  site,
}) => {
  serve(site, `${lazy('one')}<p id="after">after</p>`, () => ({ status: 500, body: 'no' }))
  await page.goto(site.url)
  const top = () => page.locator('#after').evaluate((element) => element.getBoundingClientRect().top)
  const before = await top()
  const one = page.locator('#one')
  await expect(one).toHaveAttribute('data-broken')
  await expect(one).not.toHaveAttribute('data-pending')
  expect(pictures(site)).toHaveLength(5)
  // Words stand on the line as a picture does, but for the few pixels that a line keeps below it.
  expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(4)
  expect(await one.evaluate((img) => [img.clientWidth, img.clientHeight])).toEqual([80, 60])
})

test('a picture that breaks once is shown, <picture> sources included', async ({ page, site }) => {
  let count = 0
  serve(site, `<picture><source type="image/png" srcset="/pic/source.png">${lazy('one')}</picture>`, () =>
    ++count === 1 ? { cut: true } : picture,
  )
  await page.goto(site.url)
  await expect(page.locator('#one')).toHaveAttribute('data-shown')
  expect(new Set(pictures(site))).toEqual(new Set(['/pic/source.png']))
})

test('pictures that come later are looked after; those that leave are cancelled', async ({ page, site }) => {
  serve(site, '', async ({ path }) => {
    if (path.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 5000))
    return picture
  })
  await open(page, site)
  await page.evaluate(() => {
    const add = (id: string) => {
      const img = new Image(80, 60)
      Object.assign(img, { id, src: `/pic/${id}.png` })
      document.querySelector('main')?.append(img)
    }
    add('quick')
    add('slow')
  })
  await expect(page.locator('#quick')).toHaveAttribute('data-shown')
  await expect.poll(() => pictures(site)).toContain('/pic/slow.png')
  await page.evaluate(() => document.querySelector('#slow')?.remove())
  await expect.poll(() => site.requests.find(({ path }) => path.includes('slow'))?.aborted).toBe(true)
})

test('without script the same markup shows its pictures', async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  serve(site, lazy('one'))
  await page.goto(site.url)
  await expect.poll(() => pictures(site)).toEqual(['/pic/one.png'])
  await context.close()
})

declare const decoded: string[]
