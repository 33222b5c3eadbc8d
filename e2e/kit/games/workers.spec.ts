import { readdir } from 'node:fs/promises'
import { expect } from '@playwright/test'
import { testLook } from './look.ts'
import { broken, digest, manifestOf, pictureBytes, play, testsOf } from './play.ts'

// A game that fetches and decodes its pictures in web workers, with `root`, `publicDir`, `base` and `outDir` in odd places.

const test = testsOf('workers')
test.describe.configure({ mode: 'default' })

testLook(test)

test('pictures fetched inside workers come smaller', async ({ page, plain, better }) => {
  const before = await play(page, plain)
  const after = await play(page, better)
  for (const name of ['img/heroes/elf.png', 'img/lands/burn-the-nest.jpg', 'img/loot/ember-blade.png'])
    expect
      .soft(after.find(({ path }) => path === name))
      .toMatchObject({ type: expect.stringMatching(/^image\/(?:webp|avif)$/) })
  expect(pictureBytes(after)).toBeLessThan(0.6 * pictureBytes(before))
})

test('pictures fetched inside workers come from the service worker at the second visit', async ({ page, better }) => {
  await play(page, better)
  await expect(async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    const again = await play(page, better)
    expect(again.filter(({ path }) => /\.(?:png|jpg|webp|avif)$/.test(path))).toEqual([])
  }).toPass({ timeout: 30_000 })
  expect(await broken(page)).toBe('0')
})

test('odd folders stay where the game has them, and nothing is written beside them', async ({ plain, better }) => {
  expect(await readdir(better.project.folder)).toEqual([...(await readdir(plain.project.folder)), '.cache'].toSorted())
  expect(await readdir(`${better.project.folder}/out`)).toEqual(['web'])
  expect(await readdir(`${better.project.folder}/src`)).toEqual(await readdir(`${plain.project.folder}/src`))
  const { answers, documents } = await manifestOf(better)
  expect(Object.keys(answers)).toContain('img/heroes/elf.png')
  expect(Object.keys(documents)).toEqual(['index.html'])
})

test('pictures of bundles that a description names are made smaller, the unnamed ones left alone', async ({
  better,
}) => {
  const { answers } = await manifestOf(better)
  for (const name of ['calm-the-golem', 'climb-the-scree', 'mine-the-embers', 'ring-the-bell'])
    expect.soft(answers[`img/lands/${name}.jpg`]?.instead.length, name).toBeGreaterThan(0)
  expect(answers['img/raw/mountains-full.png']?.instead ?? []).toEqual([])
})

test('a normal map reaches the canvas bit for bit', async ({ page, plain, better }) => {
  await play(page, plain)
  const before = await digest(page, 'img/fx/water_normal.png')
  await play(page, better)
  expect(await digest(page, 'img/fx/water_normal.png')).toBe(before)
})
