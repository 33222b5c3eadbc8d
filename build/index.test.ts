import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { build, type InlineConfig } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../server/wire/manifest.ts'
import { firstframe, type Options } from './index.ts'

let project: string

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-build-'))
  await put('package.json', '{"type":"module"}')
})
afterEach(() => rm(project, { recursive: true, force: true }))

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
const take = (file: string): Promise<string> => readFile(path.join(project, file), 'utf8')
const readManifest = async (): Promise<Manifest> => JSON.parse(await take('dist/manifest.json')) as Manifest
const run = async (options: Options, more: InlineConfig = {}): Promise<void> => {
  await build({ root: project, configFile: false, logLevel: 'silent', plugins: firstframe(options), ...more })
}
const noise = (width: number, height: number, alpha = false): Promise<Buffer> => {
  const image = sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  })
  return (alpha ? image.ensureAlpha(0.5) : image).png().toBuffer()
}

/** A game whose pages a server makes: no index.html. */
const game = async (): Promise<Options> => {
  await put('game/main.ts', `import { a } from './shared.ts'\nvoid import('./lazy.ts').then(({ lazy }) => lazy(a))`)
  await put('game/other.ts', `import { a } from './shared.ts'\nconsole.log(a)`)
  await put('game/shared.ts', `export const a = 'shared'; console.log('side effect')`)
  await put('game/lazy.ts', `import './lazy.css'; export const lazy = (text: string) => console.log(text)`)
  await put('game/lazy.css', '.lazy { color: red }')
  await put('fonts/title.woff2', Buffer.alloc(600, 7))
  await put(
    'styles/frame.css',
    `@font-face { font-family: T; src: url('../fonts/title.woff2') }\nbody { background: url(https://x.test/a.png) }`,
  )
  await put('styles/game.css', `@import './frame.css';\n.card { color: blue }`)
  await put('art/scenes/sky.png', await noise(300, 200))
  await put('art/items/sword.png', await noise(64, 64, true))
  await put(
    'worker.ts',
    `import list from 'virtual:firstframe/precache'\nself.addEventListener('install', () => { console.log(list) })`,
  )
  return {
    entries: ['game/main.ts', 'game/other.ts', 'styles/*.css'],
    critical: ['styles/frame.css'],
    images: { rules: [{ match: 'scenes/*', widths: [100, 200, 400] }] },
    worker: 'worker.ts',
  }
}

test('a build lists scripts with what they import, styles with their fonts, and everything else that is hashed', async () => {
  await run(await game())
  const { entries, files, release, worker } = await readManifest()
  expect(release).toMatch(/^[0-9a-f]{12}$/)
  expect(worker).toBe('worker.js')
  const shared = files['_shared.js']?.file
  expect(entries['game/main.ts']).toEqual({
    kind: 'script',
    file: expect.stringMatching(/^assets\/main-[0-9a-f]{8}\.js$/),
    bytes: (await take(`dist/${entries['game/main.ts']?.file}`)).length,
    imports: [shared],
  })
  expect(entries['styles/game.css']).toMatchObject({ kind: 'style', fonts: ['fonts/title.woff2'] })
  expect(files['fonts/title.woff2']).toEqual({
    file: expect.stringMatching(/^assets\/title-[0-9a-f]{8}\.woff2$/),
    bytes: 600,
  })
  expect(files['game/lazy.ts']?.file).toMatch(/\.js$/)
  expect(files['game/lazy.css']?.file).toMatch(/\.css$/)
  for (const { file, bytes } of [...Object.values(files), ...Object.values(entries)])
    expect((await readFile(path.join(project, 'dist', file))).length).toBe(bytes)
})

test('a critical style carries its minified text, its asset URLs waiting for the CDN, absolute ones left alone', async () => {
  await run(await game())
  const { entries, files } = await readManifest()
  const { inline } = entries['styles/frame.css'] ?? {}
  expect(inline).toContain(`url(%ASSET_BASE%/${files['fonts/title.woff2']?.file})`)
  expect(inline).toContain('url(https://x.test/a.png)')
  expect(inline).not.toContain('\n')
  expect(entries['styles/game.css']?.inline).toBeUndefined()
})

test('a picture has its widths up to its own, never above, in the formats that pay', async () => {
  await run(await game())
  const { images } = await readManifest()
  const sky = images['scenes/sky']
  expect(sky).toMatchObject({ width: 300, height: 200, alpha: false })
  expect(sky?.placeholder).toMatch(/^#7[0-9a-f]7[0-9a-f]7[0-9a-f]$/)
  const widths = (type: string): number[] => sky?.variants.filter((v) => v.type === type).map((v) => v.width) ?? []
  expect(widths('image/webp')).toEqual([100, 200, 300])
  expect(widths('image/jpeg')).toEqual([300])
  const sword = images['items/sword']
  expect(sword).toMatchObject({ alpha: true, placeholder: null })
  expect(sword?.variants.at(-1)).toMatchObject({ type: 'image/png', width: 64 })
})

test('a cut is a picture of its own: the part asked for, at its widths, inside the source', async () => {
  // Left half red, right half blue: where a cut was taken shows.
  const half = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#f00' } })
    .extend({ right: 200, background: '#00f' })
    .png()
    .toBuffer()
  await put('art/flag.png', half)
  const cuts = { left: { aspect: 0.5, x: 0, widths: [50, 500] }, middle: { aspect: 0.5, widths: [100] } }
  await put('main.ts', 'console.log(1)')
  await run({ entries: ['main.ts'], images: { rules: [{ match: '*', widths: [400], cuts }] } })
  const { images } = await readManifest()
  expect(Object.keys(images)).toEqual(['flag', 'flag@left', 'flag@middle'])
  expect(images['flag']).toMatchObject({ width: 400, height: 200 })
  expect(images['flag@left']).toMatchObject({ width: 100, height: 200 })
  const colours = async (name: string): Promise<number[]> => {
    const best = images[name]?.variants.at(-1)
    if (!best) throw new Error(`${name} has no variants`)
    const { data, info } = await sharp(path.join(project, 'dist', best.file))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const red = (x: number): number => ((data[x * info.channels] ?? 0) > 128 ? 1 : 0)
    return [info.width, info.height, red(2), red(info.width - 3)]
  }
  expect(await colours('flag@left')).toEqual([100, 200, 1, 1])
  expect(await colours('flag@middle')).toEqual([100, 200, 1, 0])
  await expect(
    run({ images: { rules: [{ match: '*', widths: [9], cuts: { tall: { aspect: 0, widths: [9] } } }] } }),
  ).rejects.toThrow(/cuts\.tall: aspect is 0, expected width through height/)
})

test('the file name of a picture is the hash of the bytes that are served', async () => {
  await run(await game())
  const { images } = await readManifest()
  for (const { file, bytes, width, height, type } of Object.values(images).flatMap(({ variants }) => variants)) {
    const content = await readFile(path.join(project, 'dist', file))
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex')
    expect(file).toContain(digest.slice(0, 8))
    const seen = await sharp(content).metadata()
    expect([content.length, seen.width, seen.height]).toEqual([bytes, width, height])
    expect(`image/${seen.format === 'heif' ? 'avif' : seen.format}`).toBe(type)
  }
})

test('the worker is one minified script without imports that knows the release and the shell', async () => {
  await run(await game())
  const text = await take('dist/worker.js')
  const { release, entries, files } = await readManifest()
  expect(text).toContain(release)
  expect(text).not.toContain('%FIRSTFRAME')
  expect(text).not.toMatch(/^(?:import|export) /m)
  expect(text).toContain(entries['game/main.ts']?.file)
  expect(text).toContain(files['game/lazy.ts']?.file)
  expect(text).toContain(files['fonts/title.woff2']?.file)
  expect(text).toContain(entries['styles/frame.css']?.file)
  expect(text.trim().split('\n')).toHaveLength(1)
})

test('the same sources make the same release; another picture makes another', async () => {
  const options = await game()
  await run(options)
  const first = await readManifest()
  await run(options)
  expect(await readManifest()).toEqual(first)
  await put('art/items/sword.png', await noise(65, 65, true))
  await run(options)
  const second = await readManifest()
  expect(second.release).not.toBe(first.release)
  expect(second.images['scenes/sky']).toEqual(first.images['scenes/sky'])
})

test('text files have smaller siblings, pictures and fonts have none', async () => {
  await put('public/credits.txt', 'thank you '.repeat(100))
  await put('public/tiny.txt', 'thank you')
  await run(await game())
  const files = await readdir(path.join(project, 'dist'), { recursive: true })
  for (const suffix of ['.zst', '.br', '.gz']) {
    expect(files).toContain(`credits.txt${suffix}`)
    expect(files).not.toContain(`tiny.txt${suffix}`)
  }
  expect(files.filter((file) => /\.(?:avif|webp|png|jpg|woff2)\.(?:zst|br|gz)$/.test(file))).toEqual([])
})

test('a second build encodes nothing: no entry of the cache is written anew', async () => {
  const options = await game()
  await run(options)
  const cache = path.join(project, '.cache/firstframe')
  const list = async (): Promise<string[]> => {
    const kinds = ['pictures', 'variants', 'encodings'].map((kind) => path.join(cache, kind))
    const entries = await Promise.all(kinds.map((kind) => readdir(kind, { recursive: true, withFileTypes: true })))
    return entries.flatMap((kind) =>
      kind.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)),
    )
  }
  const first = await list()
  // A written entry is a new file; the time of one tells only when it was last used.
  const inodes = await Promise.all(first.map(async (file) => (await stat(file)).ino))
  await rm(path.join(project, 'dist'), { recursive: true })
  await run(options)
  expect(await list()).toEqual(first)
  for (const [index, file] of first.entries()) expect((await stat(file)).ino).toBe(inodes[index])
})

test('a corrupt picture fails the build, is named, and leaves the last good build in place', async () => {
  const options = await game()
  await run(options)
  const good = await take('dist/manifest.json')
  const whole = await noise(200, 200)
  await put('art/items/broken.png', whole.subarray(0, whole.length / 2))
  await put('art/items/lie.png', 'not a picture')
  await put('game/main.ts', 'console.log("changed")')
  const failure = run(options)
  await expect(failure).rejects.toThrow(/broken\.png: [\s\S]*lie\.png: [\s\S]*move it out of the art folder/)
  expect(await take('dist/manifest.json')).toBe(good)
  expect((await readdir(project)).filter((name) => name.startsWith('.dist'))).toEqual([])
})

test('a missing art folder is named with the way out', async () => {
  await put('game/main.ts', 'console.log(1)')
  await expect(run({ entries: ['game/main.ts'], images: { root: 'pictures' } })).rejects.toThrow(
    /There is no art folder .*pictures: create it/,
  )
})

test('two sources with one name are both named', async () => {
  const options = await game()
  await put(
    'art/items/sword.webp',
    await sharp(await noise(8, 8))
      .webp()
      .toBuffer(),
  )
  await expect(run(options)).rejects.toThrow(/share the name "items\/sword": .*sword\.png and .*sword\.webp/)
})

test('an entry that fits no file is named', async () => {
  await expect(run({ entries: ['game/mian.ts'] })).rejects.toThrow(/"game\/mian\.ts" fits no file/)
})

test("a stranger's page gets its small styles inlined, its large ones linked, asset URLs rebased", async () => {
  await put(
    'index.html',
    '<!doctype html><link rel="stylesheet" href="/a.css"><script type="module" src="/a.ts"></script>',
  )
  await put('a.css', `@font-face { font-family: T; src: url(./t.woff2) } p { color: red }`)
  await put('t.woff2', Buffer.alloc(300, 1))
  await put('a.ts', 'console.log(1)')
  await run({})
  const small = await take('dist/index.html')
  expect(small).toMatch(/<style>@font-face\{.*url\(\/assets\/t-[0-9a-f]{8}\.woff2\).*p\{color:red\}<\/style>/)
  expect(small).not.toContain('stylesheet')
  await run({ inlineCss: 10 })
  expect(await take('dist/index.html')).toMatch(/<link rel="stylesheet"[^>]*href="\/assets\/[^"]+\.css">/)
  const { entries } = await readManifest()
  expect(entries['index.html']).toMatchObject({ kind: 'script' })
})

test('the web app manifest names the png variants of its icon', async () => {
  await put('game/main.ts', 'console.log(1)')
  await put('art/app.png', await noise(512, 512))
  const app = {
    name: 'G',
    short_name: 'G',
    description: 'g',
    start_url: '/',
    background_color: '#000',
    theme_color: '#000',
  }
  const images: Options['images'] = { rules: [{ match: 'app', widths: [192, 512], formats: ['png'] }] }
  await run({ entries: ['game/main.ts'], images, app: { ...app, icon: 'app' } })
  const { icons } = JSON.parse(await take('dist/app.webmanifest')) as { icons: { src: string; sizes: string }[] }
  expect(icons.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512'])
  for (const { src } of icons) expect(existsSync(path.join(project, 'dist', src))).toBe(true)
  await expect(run({ entries: ['game/main.ts'], images, app: { ...app, icon: 'ap' } })).rejects.toThrow(
    'did you mean "app"?',
  )
})

test('a public file of the delivery manifest’s name is refused, not overwritten', async () => {
  await put('game/main.ts', 'console.log(1)')
  await put('public/manifest.json', '{}')
  await expect(run({ entries: ['game/main.ts'] })).rejects.toThrow('call a web app manifest app.webmanifest')
})
