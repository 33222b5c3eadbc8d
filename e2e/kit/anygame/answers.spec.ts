import { expect } from '@playwright/test'
import { test } from '../kit.ts'
import { type Game, deploy, get, install, picture, show, stored } from './host.ts'

const HERO = {
  body: picture('png', 'a png'),
  instead: { avif: picture('avif'), webp: picture('webp', ' a webp') },
}
const hero = (game: Game, extension: string) =>
  [...game.files.keys()].find((name) => name.startsWith('assets/art/hero-') && name.endsWith(extension)) ?? ''
const asked = ({ sent }: Game) => sent.map(({ name }) => name)

test('a query added against caches is answered from the copy', async ({ page, site }) => {
  const game = await deploy(site, { release: 'r1', files: { 'art/hero.png': HERO } })
  await install(page, game)
  game.sent.length = 0
  for (const query of ['', '?v=1700000000001', '?v=1700000000002']) {
    expect(await show(page, `art/hero.png${query}`)).toBe(2)
    await expect.poll(() => stored(page)).toHaveLength(1)
  }
  expect(asked(game)).toEqual([hero(game, 'avif')])
})

test('fetch(), <img> and a worker of the game share one copy, in the variant that was used', async ({ page, site }) => {
  const worker = `onmessage = async ({ data }) => {
    const response = await fetch(data)
    const bitmap = await createImageBitmap(await response.blob())
    postMessage([response.headers.get('Content-Type'), bitmap.width])
  }`
  const game = await deploy(site, {
    release: 'r1',
    files: { 'art/hero.png': HERO, 'loader.js': { body: worker } },
    strict: false,
  })
  await install(page, game)
  game.sent.length = 0
  const loaded = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const loader = new Worker('loader.js')
        loader.addEventListener('message', ({ data }) => resolve(data))
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no target origin
        loader.postMessage(new URL('art/hero.png?v=1', location.href).href)
      }),
  )
  expect(loaded).toEqual(['image/avif', 2])
  await expect.poll(() => stored(page)).toContain(hero(game, 'avif'))
  expect((await get(page, 'art/hero.png')).type).toBe('image/avif')
  expect(await show(page, 'art/hero.png?again')).toBe(2)
  expect(asked(game).toSorted()).toEqual([hero(game, 'avif'), 'loader.js'].toSorted())
  expect((await stored(page)).filter((name) => name.includes('hero'))).toEqual([hero(game, 'avif')])
})

test('the answer has the URL that was asked for, and its true type', async ({ page, site }) => {
  const game = await deploy(site, { release: 'r1', files: { 'art/hero.png': HERO } })
  await install(page, game)
  for (let time = 0; time < 2; time++) {
    const got = await get(page, 'art/hero.png?v=3')
    expect([got.url, got.type]).toEqual([`${game.url}art/hero.png?v=3`, 'image/avif'])
    await expect.poll(() => stored(page)).toHaveLength(1)
  }
})

for (const [way, missing] of [
  ['says so', { status: 404 }],
  ['has a page for what is missing', { status: 200, body: '<!doctype html><title>Not found</title>' }],
] as const)
  test(`a host that has no variants and ${way} answers with the file itself, which is kept`, async ({ page, site }) => {
    const game = await deploy(site, { release: 'r1', files: { 'art/hero.png': HERO } }, (_asked, name) =>
      name.startsWith('assets/art/') ? missing : undefined,
    )
    await install(page, game)
    expect((await get(page, 'art/hero.png')).type).toBe('image/png')
    await expect.poll(() => stored(page)).toEqual([expect.stringMatching(/^art\/hero\.png\?\w{8}$/)])
  })

test('a sound is answered with its smaller sibling', async ({ page, site }) => {
  const theme = { body: 'RIFF: a large one', instead: { mp3: Buffer.from('a small one') } }
  const game = await deploy(site, { release: 'r1', files: { 'snd/theme.wav': theme } })
  await install(page, game)
  const got = await get(page, 'snd/theme.wav')
  expect([got.type, got.text]).toEqual(['audio/mpeg', 'a small one'])
})

test('bytes that are not the release’s are passed on, and never kept', async ({ page, site }) => {
  const game = await deploy(
    site,
    { release: 'r1', files: { 'data/level.json': { body: '{"level": 1}' } } },
    (_asked, name) =>
      name === 'data/level.json' ? { type: 'application/json', body: '{"level": "of another release"}' } : undefined,
  )
  await install(page, game)
  expect((await get(page, 'data/level.json')).text).toContain('another')
  expect((await get(page, 'data/level.json')).text).toContain('another')
  expect(await stored(page)).toEqual([])
})

test('what wants no copy, other methods and what is no file of the build go to the server', async ({ page, site }) => {
  const game = await deploy(site, { release: 'r1', files: { 'data/level.json': { body: '{}' } } }, (asked, name) =>
    name.startsWith('api/') || asked.method === 'POST' ? { body: `${asked.method} ${name}` } : undefined,
  )
  await install(page, game)
  await get(page, 'data/level.json')
  await expect.poll(() => stored(page)).toHaveLength(1)
  game.sent.length = 0
  await get(page, 'data/level.json', { cache: 'reload' })
  await get(page, 'data/level.json', { cache: 'no-store' })
  expect((await get(page, 'data/level.json', { method: 'POST', body: 'x' })).text).toBe('POST data/level.json')
  expect((await get(page, 'api/scores.json?top=3')).text).toBe('GET api/scores.json')
  expect((await get(page, 'nothing.png')).status).toBe(404)
  expect(asked(game)).toEqual([
    'data/level.json',
    'data/level.json',
    'data/level.json',
    'api/scores.json',
    'nothing.png',
  ])
  expect(await stored(page)).toHaveLength(1)
})

test('parts of a sound come from the whole copy; before there is one, from the line', async ({ page, site }) => {
  const theme = { body: '0123456789', instead: { mp3: Buffer.from('abcdefghij') } }
  const game = await deploy(site, { release: 'r1', files: { 'theme.wav': theme } })
  await install(page, game)
  const part = async (range: string) => {
    const { status, text, range: told } = await get(page, 'theme.wav', { headers: { Range: range } })
    return [status, text, told]
  }
  // Nothing has been answered in its place yet: whoever asks may have begun with the file itself.
  expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10'])
  // The whole, asked for as media elements do.
  expect(await part('bytes=0-')).toEqual([206, 'abcdefghij', 'bytes 0-9/10'])
  await expect.poll(() => stored(page)).toHaveLength(1)
  game.sent.length = 0
  expect(await part('bytes=2-4')).toEqual([206, 'cde', 'bytes 2-4/10'])
  expect(await part('bytes=7-')).toEqual([206, 'hij', 'bytes 7-9/10'])
  expect(await part('bytes=-2')).toEqual([206, 'ij', 'bytes 8-9/10'])
  expect(await part('bytes=10-')).toEqual([416, '', 'bytes */10'])
  expect(await part('bytes=4-2')).toEqual([200, 'abcdefghij', null])
  expect(game.sent).toEqual([])
})

test('names with spaces, percent signs and letters of any script are found', async ({ page, site }) => {
  const names = [
    'ein held.png',
    '100%.png',
    'a%20b.png',
    '英雄/ñandú é.png',
    'a#1?.png',
    'q+1&2=[3].png',
    "it's (1).png",
  ]
  const game = await deploy(site, {
    release: 'r1',
    files: Object.fromEntries(names.map((name) => [name, { ...HERO, body: picture('png', name) }])),
  })
  await install(page, game)
  for (const name of names) expect(await show(page, name.split('/').map(encodeURIComponent).join('/'))).toBe(2)
  await expect.poll(() => stored(page)).toHaveLength(names.length)
  await site.close()
  for (const name of names) expect(await show(page, name.split('/').map(encodeURIComponent).join('/'))).toBe(2)
  // A path that is no proper UTF-8 names nothing, and breaks nothing.
  await site.open()
  site.handle(() => ({ body: 'odd' }))
  expect((await get(page, '%E0%A4%A.png')).text).toBe('odd')
})

test('what was met longest ago makes room when the disk is full, and no answer breaks', async ({
  page,
  site,
  context,
}) => {
  const body = (n: number) => `${n}`.padEnd(400_000, 'x')
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`data/${n}.bin`, { body: body(n) }]))
  const game = await deploy(site, { release: 'r1', files })
  await install(page, game)
  const devtools = await context.newCDPSession(page)
  const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin: site.url })
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: usage + 2_500_000 })
  for (let n = 0; n < 12; n++) {
    expect((await get(page, `data/${n}.bin`)).text).toBe(body(n))
    await page.waitForTimeout(50)
  }
  await expect.poll(() => stored(page)).toContainEqual(expect.stringMatching(/^data\/11\.bin/))
  const left = await stored(page)
  expect(left).not.toContainEqual(expect.stringMatching(/^data\/0\.bin/))
  expect(left.length).toBeLessThan(8)
})
