import { expect } from '@playwright/test'
import sharp from 'sharp'
import { testLook } from './look.ts'
import { answerOf, digest, manifestOf, pictureBytes, play, testsOf } from './play.ts'

// A game whose engine loads everything by string, 32 files at a time.

const test = testsOf('engine')
test.describe.configure({ mode: 'default' })

testLook(test)

test('pictures that an engine asks for by base path, template string and data come smaller, under their old names', async ({
  page,
  plain,
  better,
}) => {
  const before = await play(page, plain)
  const after = await play(page, better)
  const picture = (name: string) => after.find(({ path }) => path.split('?')[0] === `assets/${name}`)
  for (const name of ['scenes/forest.png', 'scenes/ground.jpg', 'items/wool-cap.png', 'monsters/bat.png'])
    expect.soft(picture(name), name).toMatchObject({ type: expect.stringMatching(/^image\/(?:webp|avif)$/) })
  for (const name of ['forge-1', 'watchtower-3'])
    expect
      .soft(picture(`buildings/${name}.png`), name)
      .toMatchObject({ type: expect.stringMatching(/^image\/(?:webp|avif)$/) })
  expect(pictureBytes(after)).toBeLessThan(0.6 * pictureBytes(before))
})

test('pictures of a scene that is opened later come smaller too', async ({ page, better }) => {
  await play(page, better)
  await page.getByRole('button', { name: 'Quests' }).click()
  await page.waitForFunction(() => performance.getEntriesByName('quests').length > 0)
  const quests = better.host.served.filter(({ path }) => path.startsWith('assets/quests/'))
  expect(quests.length).toBe(5)
  for (const { type } of quests) expect(type).toMatch(/^image\/(?:webp|avif)$/)
})

test('a query added against caches changes nothing: the better bytes come at once, and none at the second visit', async ({
  page,
  better,
}) => {
  const icons = (served: { path: string }[]) => served.filter(({ path }) => path.includes('icon_'))
  const first = await play(page, better)
  const { instead } = await answerOf(better, 'assets/ui/icon_coin.png')
  const asked = first.find(({ path }) => path.startsWith('assets/ui/icon_coin.png?v='))
  expect(instead).toContainEqual(expect.objectContaining({ type: asked?.type, bytes: asked?.bytes }))
  await expect(async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    expect(icons(await play(page, better))).toEqual([])
  }).toPass({ timeout: 30_000 })
})

test('source art that play never asks for is not encoded', async ({ better }) => {
  const { answers } = await manifestOf(better)
  for (const name of ['layers.png', 'cover.png', 'old/cover_v1.png']) {
    const file = `assets/source-art/${name}`
    expect(answers[file]?.instead ?? []).toEqual([])
    const [source, served] = [await better.project.take(`public/${file}`), await better.project.take(`dist/${file}`)]
    expect(served.equals(source)).toBe(true)
  }
})

for (const map of ['terrain_height', 'terrain_normal', 'bronze_matcap'])
  test(`a picture that is data reaches the canvas bit for bit: ${map}`, async ({ page, plain, better }) => {
    await play(page, plain)
    const before = await digest(page, `assets/maps/${map}.png`)
    await play(page, better)
    expect(await digest(page, `assets/maps/${map}.png`)).toBe(before)
  })

test('a height map keeps its 16 bits', async ({ better }) => {
  const name = 'assets/maps/terrain_height.png'
  const [source, served] = await Promise.all(
    ['public', 'dist'].map(async (folder) =>
      sharp(await better.project.take(`${folder}/${name}`))
        .toColourspace('grey16')
        .raw({ depth: 'ushort' })
        .toBuffer(),
    ),
  )
  expect(source?.length).toBe(128 * 128 * 2)
  expect(served?.equals(source ?? Buffer.alloc(0))).toBe(true)
  expect((await answerOf(better, name)).instead).toEqual([])
})

test('pixel art keeps every pixel', async ({ page, plain, better }) => {
  await play(page, plain)
  const before = await digest(page, 'assets/tiles/tiles-pixel.png')
  await play(page, better)
  expect(await digest(page, 'assets/tiles/tiles-pixel.png')).toBe(before)
})

test('a WAV is answered with the MP3 of the same sound, and plays', async ({ page, better }) => {
  const served = await play(page, better)
  const wav = served.filter(({ path }) => path === 'assets/audio/theme.wav')
  const mp3 = (await better.project.take('public/assets/audio/theme.mp3')).length
  expect(wav).toMatchObject([{ type: 'audio/mpeg', bytes: mp3 }])
  const seconds = await page.locator('#stage').evaluate((element) => Number(element.dataset['sound']))
  expect(Math.abs(seconds - 4)).toBeLessThan(0.2)
})
