import { expect, type Page } from '@playwright/test'
import { atlas, sprite } from '../../games/paint.ts'
import { test } from '../kit.ts'
import { type Answer, type Raw, startRaw } from '../images/raw.ts'
import { engineScript } from './engine.ts'

const start = await engineScript(`
  import 'pixi.js/unsafe-eval'
  import { Application, Assets, createTexture, extensions, getResolutionOfUrl, ImageSource, Sprite } from 'pixi.js'
  import { pixiPictures } from 'client/runtime/adapters/pixi.ts'
  const pictures = pixiPictures(
    { ImageSource, createTexture, getResolutionOfUrl },
    { retryAfter: 20, lane: (url) => (url.includes('seen') ? 0 : 1) },
  )
  extensions.add(pictures)
  Object.assign(globalThis, { Application, Assets, Sprite, pictures })
  await Assets.init({ skipDetections: true })
  document.documentElement.dataset.ready = ''
`)
const coin = await sprite('icons/coin', 40)()
const sheet = atlas('sheet', ['icons/coin', 'icons/gift'], 32, 2)
const files = new Map(
  await Promise.all(Object.entries(sheet).map(async ([name, make]) => [name, await make()] as const)),
)

const whole: Answer = (path, res) => {
  const file = files.get(path.slice('/pic/'.length))
  if (path.endsWith('.json')) res.setHeader('Content-Type', 'application/json')
  res.end(file ?? coin)
}
/** Pixi's shaders without eval, its own workers never asked for. */
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'"
async function open(page: Page, answer: Answer = whole): Promise<Raw> {
  const raw = await startRaw(start, answer, { csp })
  await page.goto(raw.url)
  await page.locator('html[data-ready]').waitFor()
  return raw
}

test('Assets.load gives textures of real bitmaps, with progress, and a renderer draws them', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async () => {
    const progress: number[] = []
    const textures = await Assets.load(['/pic/a.png', '/pic/b@2x.png'], (share) => progress.push(share))
    const [a, b] = [textures['/pic/a.png'], textures['/pic/b@2x.png']]
    const app = new Application()
    await app.init({ width: 40, height: 40, preference: 'webgl', backgroundAlpha: 0 })
    const sprite = new Sprite(a)
    app.stage.addChild(sprite)
    const { pixels } = app.renderer.extract.pixels(app.stage)
    return {
      sizes: [a?.width, b?.width],
      isBitmap: a?.source.resource instanceof ImageBitmap,
      progress,
      isDrawn: pixels.some((value) => value > 0),
    }
  })
  expect(got).toEqual({ sizes: [40, 20], isBitmap: true, progress: [0.5, 1], isDrawn: true })
  expect(raw.asked.toSorted()).toEqual(['/pic/a.png', '/pic/b@2x.png'])
})

test('bundles, background loading and spritesheets go the same way', async ({ page }) => {
  const failed = new Set<string>()
  await using raw = await open(page, (path, res) => {
    // Each fails once, as only the kit's way survives.
    if (path.endsWith('.json') || failed.has(path)) return whole(path, res)
    failed.add(path)
    res.writeHead(503).end()
  })
  const got = await page.evaluate(async () => {
    Assets.addBundle('forest', { oak: '/pic/oak.png', elm: '/pic/elm.png' })
    const bundle = await Assets.loadBundle('forest')
    await Assets.backgroundLoad(['/pic/later.png'])
    const later = await Assets.load('/pic/later.png')
    const { textures } = await Assets.load('/pic/sheet.json')
    return [bundle['oak']?.width, bundle['elm']?.width, later.width, Object.keys(textures)]
  })
  expect(got).toEqual([40, 40, 40, ['coin.png', 'gift.png']])
  expect(raw.asked.filter((path) => path === '/pic/oak.png')).toHaveLength(2)
})

test('unload destroys the texture and closes its bitmap; loaded again it comes anew', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async () => {
    const texture = await Assets.load('/pic/a.png')
    const bitmap = texture.source.resource as ImageBitmap
    await Assets.unload('/pic/a.png')
    const again = await Assets.load('/pic/a.png')
    return [texture.destroyed, bitmap.width, again.width]
  })
  expect(got).toEqual([true, 0, 40])
  expect(raw.asked).toEqual(['/pic/a.png', '/pic/a.png'])
})

test('what is not there is told by its address', async ({ page }) => {
  await using raw = await open(page, (_path, res) => void res.writeHead(404).end())
  const words = await page.evaluate(() => Assets.load('/pic/a.png').then(String, String))
  expect(words).toContain('/pic/a.png, after all attempts')
  expect(raw.asked).toEqual(['/pic/a.png'])
})

test('cancel ends what is under way, and the server sees it', async ({ page }) => {
  await using raw = await open(page, (path, res) => void (path.includes('slow') || whole(path, res)))
  await page.evaluate(() => {
    globalThis.loading = Assets.load(['/pic/slow.png', '/pic/other.png']).then(String, String)
  })
  await expect.poll(() => raw.asked).toContain('/pic/slow.png')
  await page.evaluate(() => pictures.cancel((url) => url.includes('slow')))
  expect(await page.evaluate(() => loading)).toContain('AbortError')
  await expect.poll(() => raw.left).toEqual(['/pic/slow.png'])
  expect(await page.evaluate(async () => (await Assets.load('/pic/other.png')).width)).toBe(40)
})

test('what is on screen passes what waits', async ({ page }) => {
  const gate = Promise.withResolvers<void>()
  await using raw = await open(page, async (path, res) => {
    await gate.promise
    await whole(path, res)
  })
  const urls = [...Array.from({ length: 12 }, (_, n) => `/pic/${n}.png`), '/pic/seen.png']
  await page.evaluate((urls) => {
    globalThis.loading = Assets.load(urls).then(() => 'loaded')
  }, urls)
  await expect.poll(() => raw.asked.length).toBeGreaterThan(0)
  gate.resolve()
  expect(await page.evaluate(() => loading)).toBe('loaded')
  expect(raw.asked.indexOf('/pic/seen.png')).toBeLessThan(6)
})

interface Texture {
  width: number
  destroyed: boolean
  source: { resource: unknown }
}
declare global {
  var loading: Promise<string>
}
/** What these tests use of Pixi; the kit's types know nothing of it. */
declare const Assets: {
  load(url: '/pic/sheet.json'): Promise<{ textures: Record<string, Texture> }>
  load(url: string): Promise<Texture>
  load(urls: string[], progress?: (share: number) => void): Promise<Record<string, Texture>>
  addBundle(name: string, assets: Record<string, string>): void
  loadBundle(name: string): Promise<Record<string, Texture>>
  backgroundLoad(urls: string[]): Promise<void>
  unload(url: string): Promise<void>
}
declare const Application: new () => {
  init(options: object): Promise<void>
  stage: { addChild(child: object): void }
  renderer: { extract: { pixels(target: object): { pixels: Uint8ClampedArray } } }
}
declare const Sprite: new (texture: Texture | undefined) => object
declare const pictures: { cancel(matches: (url: string) => boolean): void }
