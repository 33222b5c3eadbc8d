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
  globalThis.images = loadImages(document, { concurrency: Number(new URL(location).searchParams.get('at') ?? 2), retryAfter: 50 })
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

async function open(page: Page, site: Site, query = '') {
  await page.goto(site.url + query)
  await page.locator('html[data-ready]').waitFor()
}

test('pictures are asked for by lane: on screen, next below, the rest when idle', async ({ page, site }) => {
  // Beyond the distance at which the browser itself begins with lazy pictures.
  serve(site, `${lazy('on')}${gap(6000)}${lazy('far')}${gap(6000)}${lazy('farther')}`)
  await open(page, site, '/?at=1')
  await expect(page.locator('#farther[data-shown]')).toHaveCount(1)
  expect(pictures(site)).toEqual(['/pic/on.png', '/pic/far.png', '/pic/farther.png'])
})

test('a picture that comes into view passes those that wait', async ({ page, site }) => {
  const gate = Promise.withResolvers<void>()
  const ids = ['a', 'b', 'c', 'd', 'e']
  serve(site, gap(9000) + ids.map((id) => lazy(id) + gap(9000)).join(''), async ({ path }) => {
    if (/[ab]/.test(path)) await gate.promise
    return picture
  })
  await open(page, site)
  await expect.poll(() => pictures(site)).toEqual(['/pic/a.png', '/pic/b.png'])
  await page.evaluate(() => document.querySelector('#e')?.scrollIntoView())
  await expect
    .poll(() =>
      page.evaluate(() => innerHeight > (document.querySelector('#e')?.getBoundingClientRect().top ?? Infinity)),
    )
    .toBe(true)
  // Two frames: observers report after the first.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  gate.resolve()
  await expect(page.locator('[data-shown]')).toHaveCount(5)
  expect(pictures(site).indexOf('/pic/e.png')).toBeLessThan(pictures(site).indexOf('/pic/d.png'))
})

test('no more are under way than the line bears', async ({ page, site }) => {
  let underway = 0
  let most = 0
  const ids = Array.from({ length: 9 }, (_, index) => `p${index}`)
  serve(site, gap(9000) + ids.map(lazy).join(''), async () => {
    most = Math.max(most, ++underway)
    await new Promise((resolve) => setTimeout(resolve, 60))
    underway--
    return picture
  })
  await open(page, site)
  await expect(page.locator('[data-shown]')).toHaveCount(9)
  expect(most).toBe(2)
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

test('a broken picture is asked for twice more and then shows its words, where it stood', async ({ page, site }) => {
  serve(site, `${lazy('one')}<p id="after">after</p>`, () => ({ status: 500, body: 'no' }))
  await page.goto(site.url)
  const top = () => page.locator('#after').evaluate((element) => element.getBoundingClientRect().top)
  const before = await top()
  const one = page.locator('#one')
  await expect(one).toHaveAttribute('data-broken')
  await expect(one).not.toHaveAttribute('data-pending')
  expect(pictures(site)).toHaveLength(3)
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

test('a list of addresses is loaded with progress; a broken one is missing; abort cancels', async ({ page, site }) => {
  serve(site, '', async ({ path }) => {
    if (path.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 5000))
    return path.includes('bad') ? { status: 404 } : picture
  })
  await open(page, site)
  const [names, progress] = await page.evaluate(async () => {
    const counts: number[] = []
    const loaded = await loadImages(['/pic/a.png', '/pic/bad.png', '/pic/b.png'], {
      progress: (done) => counts.push(done),
    })
    return [[...loaded.keys()], counts] as const
  })
  expect(names.toSorted()).toEqual(['/pic/a.png', '/pic/b.png'])
  expect(progress).toEqual([1, 2, 3])
  const reason = await page.evaluate(async () => {
    const abort = new AbortController()
    const loading = loadImages(['/pic/slow.png'], { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('left the scene')), 300)
    return loading.then(
      () => 'loaded',
      (error: unknown) => String(error),
    )
  })
  expect(reason).toBe('Error: left the scene')
  await expect.poll(() => site.requests.find(({ path }) => path.includes('slow'))?.aborted).toBe(true)
})

declare const decoded: string[]
declare function loadImages(
  urls: string[],
  options: { progress?: (done: number, total: number) => void; signal?: AbortSignal },
): Promise<Map<string, HTMLImageElement>>
