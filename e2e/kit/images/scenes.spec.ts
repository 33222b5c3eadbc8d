import { expect, type Page } from '@playwright/test'
import { sprite } from '../../games/paint.ts'
import { pageScript, test } from '../kit.ts'
import { type Answer, type Raw, startRaw } from './raw.ts'

const start = await pageScript(`
  import { createScenes } from 'client/runtime/images/scenes.ts'
  globalThis.createScenes = createScenes
  document.documentElement.dataset.ready = ''
`)
/** 40 pixels square: 6,400 bytes once decoded. */
const picture = await sprite('icons/coin', 40)()
const DECODED = 40 * 40 * 4

const whole: Answer = (_path, res) => void res.end(picture)
async function open(page: Page, answer: Answer = whole): Promise<Raw> {
  const raw = await startRaw(start, answer)
  await page.goto(raw.url)
  await page.locator('html[data-ready]').waitFor()
  return raw
}

test('a scene comes as bitmaps; entered again it asks for nothing', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async () => {
    const scenes = createScenes({ forest: { pictures: ['/pic/oak', { url: '/pic/elm' }] } })
    const first = await scenes.enter('forest')
    const again = await scenes.enter('forest')
    return [[...first.keys()], again.get('/pic/oak') === first.get('/pic/oak'), scenes.bytes]
  })
  expect(got).toEqual([['/pic/oak', '/pic/elm'], true, 2 * DECODED])
  expect(raw.asked).toHaveLength(2)
})

test('what a scene that is left was loading is cancelled, and the server sees it', async ({ page }) => {
  await using raw = await open(page, (path, res) => void (path.includes('oak') || whole(path, res)))
  await page.evaluate(() => {
    globalThis.scenes = createScenes({ forest: { pictures: ['/pic/oak'] }, cave: { pictures: ['/pic/rock'] } })
    globalThis.entering = scenes.enter('forest').then(String, String)
  })
  await expect.poll(() => raw.asked).toEqual(['/pic/oak'])
  expect(await page.evaluate(async () => (await scenes.enter('cave')).size)).toBe(1)
  expect(await page.evaluate(() => entering)).toBe('AbortError: left for "cave"')
  await expect.poll(() => raw.left).toEqual(['/pic/oak'])
})

test('the likely next is prefetched when the page is idle, and entered without a request', async ({ page }) => {
  await using raw = await open(page)
  await page.evaluate(async () => {
    globalThis.scenes = createScenes({
      forest: { pictures: ['/pic/oak'], next: ['cave', 'inn'] },
      cave: { pictures: ['/pic/rock'] },
      inn: { pictures: ['/pic/table'] },
    })
    await scenes.enter('forest')
  })
  await expect.poll(() => page.evaluate(() => scenes.bytes)).toBe(3 * DECODED)
  expect(raw.asked).toEqual(['/pic/oak', '/pic/rock', '/pic/table'])
  expect(await page.evaluate(async () => [...(await scenes.enter('cave')).keys()])).toEqual(['/pic/rock'])
  expect(raw.asked).toHaveLength(3)
})

test('a scene entered while it is prefetched is asked for once, with progress', async ({ page }) => {
  const gate = Promise.withResolvers<void>()
  await using raw = await open(page, async (path, res) => {
    await gate.promise
    await whole(path, res)
  })
  await page.evaluate(() => {
    globalThis.scenes = createScenes({ cave: { pictures: ['/pic/rock'] } })
    void scenes.prefetch('cave')
    globalThis.entering = new Promise((resolve) => {
      const told: number[] = []
      void scenes.enter('cave', (loaded) => told.push(loaded)).then(() => resolve(String(told.at(-1))))
    })
  })
  await expect.poll(() => raw.asked).toEqual(['/pic/rock'])
  gate.resolve()
  expect(await page.evaluate(() => entering)).toBe(String(picture.length))
  expect(raw.asked).toHaveLength(1)
})

test('over the budget the scene entered longest ago is closed, but what others show is kept', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async (budget) => {
    const scenes = createScenes(
      {
        forest: { pictures: ['/pic/oak', '/pic/hero'] },
        cave: { pictures: ['/pic/rock', '/pic/hero'] },
        inn: { pictures: ['/pic/table', '/pic/hero'] },
      },
      { budget },
    )
    const forest = await scenes.enter('forest')
    const cave = await scenes.enter('cave')
    await scenes.enter('inn')
    const widths = [forest, cave].flatMap((scene) => Array.from(scene.values(), ({ width }) => width))
    return [widths, scenes.bytes]
  }, 3 * DECODED)
  // A closed bitmap has no width.
  expect(got).toEqual([[0, 40, 40, 40], 3 * DECODED])
  expect(raw.asked).toHaveLength(4)
})

test('prefetching ends where the budget does', async ({ page }) => {
  await using raw = await open(page)
  const bytes = await page.evaluate(async (budget) => {
    const scenes = createScenes(
      { forest: { pictures: ['/pic/oak'] }, city: { pictures: Array.from({ length: 30 }, (_, n) => `/pic/${n}`) } },
      { budget },
    )
    await scenes.enter('forest')
    await scenes.prefetch('city')
    return scenes.bytes
  }, 3 * DECODED)
  expect(bytes).toBe(4 * DECODED)
  expect(raw.asked.length).toBeLessThan(20)
})

test('a scene that is dropped gives back its memory', async ({ page }) => {
  await using raw = await open(page)
  const got = await page.evaluate(async () => {
    const scenes = createScenes({ forest: { pictures: ['/pic/oak'] } })
    const oak = (await scenes.enter('forest')).get('/pic/oak')
    scenes.drop('forest')
    return [oak?.width, scenes.bytes, (await scenes.enter('forest')).get('/pic/oak')?.width]
  })
  expect(got).toEqual([0, 0, 40])
  expect(raw.asked).toEqual(['/pic/oak', '/pic/oak'])
})

test('a scene nobody knows is refused by name', async ({ page }) => {
  await using raw = await open(page)
  const words = await page.evaluate(() =>
    createScenes({ forest: { pictures: [] } })
      .enter('forrest')
      .catch(String),
  )
  expect(words).toBe('RangeError: scenes: "forrest" arrived, one of "forest" was expected')
  expect(raw.asked).toEqual([])
})

interface Scenes {
  enter(name: string, progress?: (loaded: number, total: number) => void): Promise<Map<string, ImageBitmap>>
  prefetch(name: string): Promise<void>
  drop(name: string): void
  readonly bytes: number
}
declare global {
  var scenes: Scenes
  var entering: Promise<string>
}
declare function createScenes(
  scenes: Record<string, { pictures: (string | { url: string })[]; next?: string[] }>,
  options?: { budget?: number },
): Scenes
