import { expect, type Page } from '@playwright/test'
import { atlas, sprite } from '../../games/paint.ts'
import { test } from '../kit.ts'
import { type Answer, type Raw, startRaw } from '../images/raw.ts'
import { engineScript } from './engine.ts'

const start = await engineScript(`
  import * as Phaser from 'phaser'
  import { phaserPictures } from 'client/runtime/adapters/phaser.ts'
  globalThis.restore = phaserPictures(Phaser.Loader, { retryAfter: 20, lane: (key) => (key.includes('seen') ? 0 : 1) })
  globalThis.Phaser = Phaser
  const boot = (type) => new Promise((resolve) => {
    class Empty extends Phaser.Scene {
      constructor() { super('empty') }
      create() { resolve(this) }
    }
    new Phaser.Game({ type, width: 80, height: 80, banner: false, audio: { noAudio: true }, scene: Empty })
  })
  globalThis.boot = (renderer) => boot(renderer === 'canvas' ? Phaser.CANVAS : Phaser.WEBGL)
  document.documentElement.dataset.ready = ''
`)
const coin = await sprite('icons/coin', 40)()
const sheet = atlas('sheet', ['icons/coin', 'icons/gift'], 32, 2)
const files = new Map(
  await Promise.all(Object.entries(sheet).map(async ([name, make]) => [name, await make()] as const)),
)

const whole: Answer = (path, res) => {
  const file = files.get(path.slice('/pic/'.length)) ?? coin
  if (path.endsWith('.json')) res.setHeader('Content-Type', 'application/json')
  res.setHeader('Content-Length', file.length)
  res.end(file)
}
/** As Phaser needs it: its own loader shows pictures by `blob:` too, its default textures by `data:`. */
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' blob: data:"
async function open(page: Page, answer: Answer = whole): Promise<Raw> {
  const raw = await startRaw(start, answer, { csp })
  await page.goto(raw.url)
  await page.locator('html[data-ready]').waitFor()
  return raw
}

for (const renderer of ['webgl', 'canvas'] as const)
  test(`load.image keeps keys, events and textures, and Phaser draws them: ${renderer}`, async ({ page }) => {
    await using raw = await open(page)
    const got = await page.evaluate(async (renderer) => {
      const scene = await boot(renderer)
      const told: string[] = []
      scene.load.on('progress', (share) => told.push(`progress ${String(share)}`))
      const shares: number[] = []
      scene.load.on('fileprogress', (_file, share) => shares.push(share))
      scene.load.on('filecomplete-image-coin', (key) => told.push(`complete ${key}`))
      scene.load.on('load', (file) => told.push(`load ${file.key}`))
      scene.load.image('coin', '/pic/coin.png')
      await new Promise((resolve) => {
        scene.load.once('complete', (_loader, complete, failed) =>
          resolve(told.push(`${String(complete)} ${String(failed)}`)),
        )
        scene.load.start()
      })
      const { width, height } = scene.textures.get('coin').getSourceImage()
      scene.add.image(40, 40, 'coin')
      const pixel = await new Promise<{ alpha: number }>((resolve) =>
        scene.game.renderer.snapshotPixel(40, 40, resolve),
      )
      return { told, size: [width, height], alpha: pixel.alpha, shares }
    }, renderer)
    expect(got.told).toEqual(['progress 0', 'progress 1', 'load coin', 'complete coin', '1 0'])
    expect(got.shares).toEqual(got.shares.toSorted((one, other) => one - other))
    expect(got.shares.at(-1)).toBe(1)
    expect(got).toMatchObject({ size: [40, 40], alpha: 255 })
    expect(raw.asked).toEqual(['/pic/coin.png'])
  })

test('spritesheets, atlases and paths go the same way, tried again where they fail', async ({ page }) => {
  const failed = new Set<string>()
  await using raw = await open(page, (path, res) => {
    if (path.endsWith('.json') || failed.has(path)) return whole(path, res)
    failed.add(path)
    res.writeHead(503).end()
  })
  const got = await page.evaluate(async () => {
    const scene = await boot('webgl')
    scene.load.setBaseURL(location.origin)
    scene.load.setPath('pic')
    scene.load.spritesheet('coins', 'coin.png', { frameWidth: 20 })
    scene.load.atlas('sheet', 'sheet.png', 'sheet.json')
    scene.load.image('map', ['colours.png', 'normals.png'])
    await new Promise((resolve) => {
      scene.load.once('complete', resolve)
      scene.load.start()
    })
    const map = scene.textures.get('map')
    return [scene.textures.get('coins').frameTotal, scene.textures.get('sheet').getFrameNames(), map.dataSource.length]
  })
  // Four frames, and the whole.
  expect(got).toEqual([5, ['coin.png', 'gift.png'], 1])
  expect(raw.asked.filter((path) => path === '/pic/coin.png')).toHaveLength(2)
})

test('what is not there is told by loaderror, and the others are there', async ({ page }) => {
  await using raw = await open(page, (path, res) =>
    path.includes('bad') ? void res.writeHead(404).end() : whole(path, res),
  )
  const got = await page.evaluate(async () => {
    const scene = await boot('webgl')
    const told: string[] = []
    scene.load.on('loaderror', ({ key }) => told.push(key))
    scene.load.image('bad', '/pic/bad.png').image('good', '/pic/good.png')
    await new Promise((resolve) => {
      scene.load.once('complete', (_loader, complete, failed) =>
        resolve(told.push(`${String(complete)} ${String(failed)}`)),
      )
      scene.load.start()
    })
    return [told, scene.textures.exists('good'), scene.textures.exists('bad')]
  })
  expect(got).toEqual([['bad', '1 1'], true, false])
  expect(raw.asked.toSorted()).toEqual(['/pic/bad.png', '/pic/good.png'])
})

test('a scene that shuts down cancels its pictures, and the server sees it', async ({ page }) => {
  await using raw = await open(page, (path, res) => void (path.includes('slow') || whole(path, res)))
  await page.evaluate(async () => {
    globalThis.scene = await boot('webgl')
    scene.load.image('slow', '/pic/slow.png')
    scene.load.start()
  })
  await expect.poll(() => raw.asked).toEqual(['/pic/slow.png'])
  const limit = await page.evaluate(() => scene.load.maxParallelDownloads)
  await page.evaluate(() => scene.scene.restart())
  await expect.poll(() => raw.left).toEqual(['/pic/slow.png'])
  const got = await page.evaluate(async () => {
    scene.load.image('good', '/pic/good.png')
    await new Promise((resolve) => {
      scene.load.once('complete', resolve)
      scene.load.start()
    })
    return [scene.textures.exists('good'), scene.load.maxParallelDownloads]
  })
  expect(got).toEqual([true, limit - 1])
})

test('what is on screen passes what waits, more than Phaser itself would have under way', async ({ page }) => {
  const gate = Promise.withResolvers<void>()
  await using raw = await open(page, async (path, res) => {
    await gate.promise
    await whole(path, res)
  })
  await page.evaluate(async () => {
    const scene = await boot('webgl')
    for (let n = 0; n < 50; n++) scene.load.image(`p${n}`, `/pic/${n}.png`)
    scene.load.image('seen', '/pic/seen.png')
    globalThis.loading = new Promise((resolve) => scene.load.once('complete', () => resolve('loaded')))
    scene.load.start()
  })
  await expect.poll(() => raw.asked.length).toBeGreaterThan(0)
  gate.resolve()
  expect(await page.evaluate(() => loading)).toBe('loaded')
  expect(raw.asked.indexOf('/pic/seen.png')).toBeLessThan(6)
})

test('what is taken back leaves Phaser as it was', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async () => {
    let isFetched = false
    const { fetch } = globalThis
    globalThis.fetch = (...asked) => {
      isFetched = true
      return fetch(...asked)
    }
    restore()
    const scene = await boot('webgl')
    scene.load.image('coin', '/pic/coin.png')
    await new Promise((resolve) => {
      scene.load.once('complete', resolve)
      scene.load.start()
    })
    return [scene.textures.exists('coin'), isFetched]
  })
  expect(got).toEqual([true, false])
  expect(raw.asked).toEqual(['/pic/coin.png'])
})

/** What these tests use of Phaser; the kit's types know nothing of it. */
interface File {
  key: string
}
interface Loader {
  maxParallelDownloads: number
  on(event: 'progress', listener: (share: number) => void): void
  on(event: 'fileprogress', listener: (file: File, share: number) => void): void
  on(event: 'filecomplete-image-coin', listener: (key: string) => void): void
  on(event: 'load' | 'loaderror', listener: (file: File) => void): void
  once(event: 'complete', listener: (loader: unknown, complete: number, failed: number) => void): void
  image(key: string, url: string | string[]): Loader
  spritesheet(key: string, url: string, frame: { frameWidth: number }): void
  atlas(key: string, picture: string, data: string): void
  setBaseURL(url: string): void
  setPath(path: string): void
  start(): void
}
interface Texture {
  getSourceImage(): { width: number; height: number }
  frameTotal: number
  getFrameNames(): string[]
  dataSource: unknown[]
}
interface Scene {
  load: Loader
  add: { image(x: number, y: number, key: string): void }
  scene: { restart(): void }
  textures: {
    get(key: string): Texture
    exists(key: string): boolean
  }
  game: { renderer: { snapshotPixel(x: number, y: number, done: (pixel: { alpha: number }) => void): void } }
}
declare global {
  var scene: Scene
  var restore: () => void
  var boot: (renderer: 'webgl' | 'canvas') => Promise<Scene>
}
