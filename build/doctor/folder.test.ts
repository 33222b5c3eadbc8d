import { expect, test } from 'vitest'
import { examine } from './examine.ts'
import { find, folderOf, noise, page } from './fixture.ts'
import { msOfBytes, msOfRequests, msOfTrips } from './line.ts'

const html = { 'index.html': page('<script type="module" src="game.js"></script>') }
const many = (length: number, name: (index: number) => string): string[] => Array.from({ length }, (_, at) => name(at))
const filled = (names: string[], bytes: number): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, noise(bytes)]))

test('many small files of one folder are told with the round trips they wait', async () => {
  const names = many(60, (index) => `frames/f${index}.png`)
  const files = { ...html, ...filled(names, 500) }
  const found = await find('small-files', { ...files, 'game.js': JSON.stringify(names) })
  expect(found).toMatchObject({ where: 'frames/', ms: msOfRequests(60) - msOfTrips(1) })
  expect(await find('small-files', { ...files, 'game.js': JSON.stringify(names.slice(0, 9)) })).toBeUndefined()
})

test('files that nothing names are told with their megabytes, and cost no player a moment', async () => {
  const files = { ...html, 'source/hero.psd': noise(300_000), 'game.js': '' }
  expect(await find('unnamed', files)).toMatchObject({ where: 'source/hero.psd', bytes: 300_000, ms: 0 })
  expect(await find('unnamed', { ...files, 'game.js': 'load("source/hero.psd")' })).toBeUndefined()
})

test('files without a hash in their names are asked about at each visit', async () => {
  const names = many(12, (index) => `art/hero${index}.png`)
  const plain = { ...html, ...filled(names, 500), 'game.js': JSON.stringify(names) }
  expect(await find('plain-name', plain)).toMatchObject({ ms: msOfRequests(13), where: '.' })
  const hashed = many(12, (index) => `art/hero${index}-4f1c2a9b.png`)
  const files = {
    'index.html': page('<script src="game-Bx3kQ9_a.js" defer></script>'),
    'game-Bx3kQ9_a.js': JSON.stringify(hashed),
  }
  expect(await find('plain-name', { ...files, ...filled(hashed, 500) })).toBeUndefined()
})

test.each([
  ['a template', 'fetch(`data/level.json?v=${Date.now()}`)'],
  ['a sum', 'fetch("data/level.json?v="+Date.now())'],
  ['chance', `fetch('./data/level.json?' + Math.random())`],
])('a query that is new each time fetches the file again at each visit: by %s', async (_case, code) => {
  const other = { 'data/other.json': noise(5000), 'game.js': `${code};fetch("data/other.json")` }
  const found = await find('cache-buster', { ...html, ...other, 'data/level.json': noise(9000) })
  expect(found).toMatchObject({ where: 'game.js:1', bytes: 9000, ms: msOfBytes(9000) })
})

test('a query that changes with the release is none', async () => {
  const files = { ...html, 'game.js': 'fetch(`data/level.json?v=${version}`)', 'data/level.json': noise(9000) }
  expect(await find('cache-buster', files)).toBeUndefined()
})

test('a worker that fetches all there is at the first visit is told', async () => {
  const names = many(30, (index) => `art/hero${index}.png`)
  const files = { ...html, ...filled(names, 50_000), 'game.js': JSON.stringify(names) }
  const list = (own: string[]): string =>
    `s.precacheAndRoute([${own.map((url) => `{url:"${url}",revision:"1"}`).join(',')},{"revision":null,"url":"game.js"}])`
  const found = await find('precache', { ...files, 'sw.js': list(names) })
  expect(found).toMatchObject({ where: 'sw.js', bytes: 1_500_000, ms: msOfTrips(30) + msOfBytes(1_500_000) })
  expect(found?.what).toContain('31 files')
  expect(await find('precache', { ...files, 'sw.js': list(names.slice(0, 3)) })).toBeUndefined()
})

test('a page that registers no worker begins each visit with the network', async () => {
  expect(await find('no-worker', { ...html, 'game.js': 'play()' })).toMatchObject({ ms: msOfTrips(4) })
  const registering = '"serviceWorker"in navigator&&navigator.serviceWorker.register("/sw.js")'
  expect(await find('no-worker', { ...html, 'game.js': registering })).toBeUndefined()
})

test('what the host must send is said, unless a file tells it', async () => {
  expect((await find('host', html))?.what).toContain('immutable')
  expect(await find('host', { ...html, _headers: '/*\n  Cache-Control: no-cache' })).toBeUndefined()
})

test('findings come in the order of their milliseconds', async () => {
  const folder = await folderOf({
    'index.html': page('<link rel="stylesheet" href="a.css"><script src="a.js"></script>'),
    'a.css': `a{b:${noise(200)}}`,
    'a.js': noise(300_000),
  })
  const findings = await examine(folder)
  expect(findings.map(({ ms }) => ms)).toEqual(findings.map(({ ms }) => ms).toSorted((a, b) => b - a))
  expect(findings.length).toBeGreaterThan(2)
})

test('a folder without any page is examined too', async () => {
  expect(await examine(await folderOf({ 'robots.txt': 'User-agent: *' }))).toMatchObject([{ id: 'host' }])
})

test('names with spaces, percent signs and other letters are found behind their addresses', async () => {
  const tags = '<script src="./b%C3%A4r%20100%25.js"></script><script src="a%.js"></script>'
  const found = await find('blocking-script', { 'index.html': page(tags), 'bär 100%.js': 'a()', 'a%.js': 'a()' })
  expect(found?.what).toContain('2 scripts')
})

test('a folder that is not there is told with the way out', async () => {
  await expect(examine('/nowhere/dist')).rejects.toThrow('There is no folder /nowhere/dist: build first')
})

test('a query on an address put together at run time may be that of any file with a plain name', async () => {
  const code = 'const url=p=>`${p}?v=${Date.now()}`;load(url("art/a.png"),url("art/b.png"))'
  const files = { 'art/a.png': noise(3000), 'art/b.png': noise(4000), 'art/c-4f1c2a9b.png': noise(90_000) }
  const found = await find('cache-buster', { ...html, ...files, 'game.js': code })
  expect(found?.bytes).toBe(7000)
  expect(found?.what).toContain('Up to 7.00 kB')
})

/** What a build with firstframe leaves: the game's own name, and what is sent in its place. */
const byKit = (manifest: object): Record<string, string> => ({
  ...html,
  'game.js': 'load("art/hero.png","art/new.png")',
  'art/hero.png': noise(90_000),
  'assets/art/hero-4f1c2a9b.avif': noise(9000),
  'manifest.json': JSON.stringify({ format: 2, entries: {}, images: {}, files: {}, documents: {}, ...manifest }),
})
const instead = [{ file: 'assets/art/hero-4f1c2a9b.avif', bytes: 9000, type: 'image/avif' }]

test('a build of firstframe is told by its manifest: files made to be sent in a name’s place are reached and hashed', async () => {
  const answers = { 'art/hero.png': { hash: '00000000', bytes: 90_000, instead } }
  const images = { hall: { variants: [{ file: 'assets/hall-0a1b2c3d.avif' }] } }
  const files = { ...byKit({ answers, images, worker: 'worker.js' }), 'assets/hall-0a1b2c3d.avif': noise(200_000) }
  const findings = await examine(await folderOf(files))
  expect(findings.map(({ id }) => id)).not.toContain('unnamed')
  expect(findings.map(({ id }) => id)).not.toContain('no-worker')
  expect(findings.find(({ id }) => id === 'host')?.todo).toMatch(/^Serve by/)
})

test('a query that is new each time costs nothing where the kit’s worker answers by the file', async () => {
  const answers = { 'art/hero.png': { hash: '00000000', bytes: 90_000, instead } }
  const code = 'const url=p=>`${p}?v=${Date.now()}`;load(url("art/hero.png"))'
  const files = (manifest: object): Record<string, string> => ({ ...byKit({ answers, ...manifest }), 'game.js': code })
  expect(await find('cache-buster', files({ worker: 'worker.js' }))).toBeUndefined()
  // Without it, what is fetched again is what is sent in the picture's place.
  expect(await find('cache-buster', files({}))).toMatchObject({ bytes: 9000 })
})

test('another’s manifest.json, or a broken one, is a file like others', async () => {
  for (const text of ['{"name":"Game"}', 'null', '{', '{"format":1,"entries":{},"answers":{}}'])
    expect((await find('host', { ...html, 'manifest.json': text }))?.todo).toMatch(/^Add firstframe\(\)/)
})

test('a manifest that is not in the folder yet can be given', async () => {
  const folder = await folderOf(html)
  const manifest = { format: 2, release: '1', entries: {}, images: {}, files: {}, answers: {}, documents: {} } as const
  const host = (await examine(folder, { manifest })).find(({ id }) => id === 'host')
  expect(host?.todo).toMatch(/^Serve by/)
})
