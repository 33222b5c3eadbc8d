import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, type InlineConfig } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../../server/wire/manifest.ts'
import { firstframe } from '../index.ts'
import type { Options } from '../options.ts'
import { painting, shapeOf } from './fixture.ts'

let project: string

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-improve-'))
  await put('package.json', '{"type":"module"}')
  await put('index.html', '<!doctype html><body><canvas></canvas><script type="module" src="/main.js"></script></body>')
})
afterEach(() => rm(project, { recursive: true, force: true }))

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
const take = (file: string): Promise<Buffer> => readFile(path.join(project, file))
const readManifest = async (): Promise<Manifest> => JSON.parse(String(await take('dist/manifest.json'))) as Manifest
const run = async (options: Options = {}, more: InlineConfig = {}): Promise<Manifest> => {
  const plugins = [firstframe({ worker: false, precompress: false, ...options }), ...(more.plugins ?? [])]
  await build({ root: project, configFile: false, logLevel: 'silent', ...more, plugins })
  return readManifest()
}
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8)
const builtScript = async (): Promise<string> => {
  const { entries } = await readManifest()
  return String(await take(`dist/${entries['index.html']?.file}`))
}

test('a picture of the public folder keeps its name, and smaller files stand ready to be sent for it', async () => {
  const hero = await painting(200, 120)
  await put('public/art/hero.png', hero)
  await put('main.js', `const img = new Image(); img.src = '/art/hero.png'`)
  const { answers } = await run()
  const answer = answers['art/hero.png']
  const own = await take('dist/art/hero.png')
  expect(answer).toMatchObject({ hash: hashOf(own), bytes: own.length })
  expect(own.length).toBeLessThanOrEqual(hero.length)
  expect(answer?.instead.map(({ type }) => type)).toContain('image/webp')
  for (const { file, bytes, type } of answer?.instead ?? []) {
    const content = await take(`dist/${file}`)
    expect(file).toMatch(new RegExp(`^assets/art/hero-${hashOf(content)}\\.`))
    expect(content.length).toBe(bytes)
    expect(bytes).toBeLessThan(own.length)
    expect(await shapeOf(content)).toEqual({ type, width: 200, height: 120 })
  }
  expect(await builtScript()).toContain('/art/hero.png')
})

test('what nothing names is neither encoded nor listed, and still ships as it was', async () => {
  const source = await painting(64, 64)
  await put('public/psd/export final.png', source)
  await put('main.js', 'console.log(1)')
  const { answers } = await run()
  expect(answers).not.toHaveProperty('psd/export final.png')
  expect(await take('dist/psd/export final.png')).toEqual(source)
  expect((await run({ pictures: { include: ['psd/*'] } })).answers).toHaveProperty('psd/export final.png')
})

test('an imported picture goes by the name of its best encoding, in the script, in its worker, and in the map', async () => {
  await put('hero.png', await painting(200, 120))
  await put(
    'main.js',
    `import hero from './hero.png'
new Image().src = hero
new Image().src = new URL('./hero.png', import.meta.url).href
new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
throw new Error('here')`,
  )
  await put('worker.js', `fetch(new URL('./hero.png', import.meta.url))`)
  await run({}, { build: { sourcemap: true } })
  const names = await readdir(path.join(project, 'dist/assets'))
  const [picture, ...others] = names.filter((name) => name.startsWith('hero-'))
  expect(others).toEqual([])
  expect(picture).toMatch(/\.avif$|\.webp$/)
  expect(await builtScript()).toContain(picture)
  const worker = names.find((name) => /^worker-[0-9a-f]{8}\.js$/.test(name))
  expect(String(await take(`dist/assets/${worker}`))).toContain(picture)
})

test('for browsers that know no AVIF an imported picture is WebP', async () => {
  await put('hero.png', await painting(200, 120))
  await put('main.js', `import hero from './hero.png'\nnew Image().src = hero`)
  await run({}, { build: { target: ['chrome100', 'edge111'] } })
  expect(await builtScript()).toMatch(/hero-[0-9a-f]{8}\.webp/)
})

test('a picture in a page has every format and its size, one in a stylesheet every format', async () => {
  await put('public/art/hero.png', await painting(700, 400))
  await put('public/art/sky.png', await painting(300, 200))
  await put(
    'index.html',
    '<!doctype html><link rel="stylesheet" href="/style.css"><body><img src="/art/hero.png" alt="hero"><script type="module" src="/main.js"></script></body>',
  )
  await put('style.css', 'body { background: url(/art/sky.png) }')
  await put('main.js', 'console.log(1)')
  const { answers } = await run({ pictures: { widths: [320] } })
  const page = String(await take('dist/index.html'))
  expect(page).toMatch(
    /<source [^>]*type="image\/webp"[^>]*srcset="\/assets\/art\/hero-\w+\.webp 320w, \/assets\/art\/hero-\w+\.webp 700w"/,
  )
  expect(page).toMatch(/<img[^>]* width="700" height="400"/)
  for (const { file } of answers['art/sky.png']?.instead ?? []) expect(page).toContain(`url("/${file}")`)
  for (const [, file = ''] of page.matchAll(/[("]\/?(assets\/[^")\s]+)/g))
    expect({ file, isThere: existsSync(path.join(project, 'dist', file)) }).toEqual({ file, isThere: true })
})

test('every hashed name is the hash of the bytes, whatever other plugins did to them', async () => {
  await put('hero.png', await painting(90, 60))
  await put('main.js', `import './a.css'\nimport hero from './hero.png'\nimport('./lazy.js')\nconsole.log(hero)`)
  await put('a.css', 'a { background: url(./hero.png) }')
  await put('lazy.js', 'console.log("lazy")')
  const late = {
    name: 'late',
    generateBundle(_options: unknown, bundle: Record<string, { type: string; code?: string }>) {
      for (const output of Object.values(bundle)) if (output.code !== undefined) output.code += ';late()'
    },
  }
  await run({}, { build: { sourcemap: true }, plugins: [late] })
  const names = await readdir(path.join(project, 'dist/assets'))
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) expect(name).toContain(`-${hashOf(await take(`dist/assets/${name}`))}.`)
  expect(await builtScript()).toContain(';late()')
})

test('a change in one script renames that script alone', async () => {
  await put('main.js', `import('./a.js')\nimport('./b.js')`)
  await put('a.js', `import { shared } from './shared.js'\nconsole.log('a', shared)`)
  await put('b.js', `import { shared } from './shared.js'\nconsole.log('b', shared)`)
  await put('shared.js', `export const shared = () => document.title`)
  await run()
  const scripts = async (): Promise<string[]> => (await readdir(path.join(project, 'dist/assets'))).toSorted()
  const before = await scripts()
  await put('shared.js', `export const shared = () => document.title + '!'`)
  await run()
  const after = await scripts()
  const stem = (name: string): string => name.replace(/-[0-9a-f]{8}/, '')
  expect(after.filter((name) => !before.includes(name)).map(stem)).toEqual(['shared.js'])
})

test('the pictures of an icon and of a shared link keep their format, whoever asks', async () => {
  await put('public/icon.png', await painting(64, 64))
  await put('public/card.png', await painting(240, 126))
  await put(
    'index.html',
    '<!doctype html><link rel="apple-touch-icon" href="/icon.png"><meta property="og:image" content="https://game.example/card.png"><img src="/card.png" alt="Card"><script type="module" src="/main.js"></script>',
  )
  await put('main.js', 'console.log("/icon.png")')
  const { answers } = await run()
  expect(answers['icon.png']?.instead).toEqual([])
  expect(answers['card.png']?.instead).toEqual([])
  // A page that shows one names the better encoding itself.
  expect((await take('dist/index.html')).toString()).toMatch(
    /<source [^>]*type="image\/webp"[^>]*srcset="\/assets\/card-\w+\.webp/,
  )
})

test('pictures that the options leave alone are left alone', async () => {
  const hero = await painting(90, 60)
  await put('public/hero.png', hero)
  await put('main.js', `new Image().src = '/hero.png'`)
  expect((await run({ pictures: { exclude: ['hero.png'] } })).answers['hero.png']?.instead).toEqual([])
  expect(await take('dist/hero.png')).toEqual(hero)
  expect((await run({ pictures: false })).answers['hero.png']?.instead).toEqual([])
  expect(await take('dist/hero.png')).toEqual(hero)
})

test('an atlas is packed under the name that the game asks for, its sheet under its hash', async () => {
  for (const name of ['oak', 'elm']) await put(`art/trees/${name}.png`, await painting(40, 50))
  await put('main.js', `fetch('/atlas/forest.json')`)
  const { answers, files } = await run({ atlases: { 'atlas/forest': { frames: 'art/trees/*.png' } } })
  const text = await take('dist/atlas/forest.json')
  expect(answers['atlas/forest.json']).toMatchObject({ hash: hashOf(text), bytes: text.length })
  const { frames, meta } = JSON.parse(String(text)) as { frames: Record<string, object>; meta: { image: string } }
  expect(Object.keys(frames)).toEqual(['elm', 'oak'])
  const sheet = await take(`dist/atlas/${meta.image}`)
  expect(meta.image).toContain(hashOf(sheet))
  expect(Object.values(files).map(({ file }) => file)).toContain(`atlas/${meta.image}`)
  await expect(run({ atlases: { a: { frames: 'none/*.png' } } })).rejects.toThrow(/none/)
})

test('a build with nothing changed encodes nothing; with one picture changed, that picture alone', async () => {
  await put('public/a.png', await painting(80, 60))
  await put('public/b.png', await painting(80, 61))
  await put('main.js', `for (const name of ['a', 'b']) new Image().src = '/' + name + '.png'`)
  const encodes = async (): Promise<Record<string, number>> => {
    await run()
    const record = JSON.parse(String(await take('.cache/firstframe/report/build.json'))) as {
      pictures: { name: string; encodes: number }[]
    }
    return Object.fromEntries(record.pictures.map(({ name, encodes }) => [name, encodes]))
  }
  const first = await encodes()
  expect(first['a.png']).toBeGreaterThan(0)
  expect(await encodes()).toEqual({ 'a.png': 0, 'b.png': 0 })
  await put('public/b.png', await painting(80, 62))
  expect(await encodes()).toEqual({ 'a.png': 0, 'b.png': expect.any(Number) as number })
})

test('when the seconds for AVIF are over a build goes on with WebP, and the next one makes up for it', async () => {
  await put('public/a.png', await painting(200, 160))
  await put('main.js', `new Image().src = '/a.png'`)
  const types = async (avifSeconds: number): Promise<string[]> =>
    (await run({ pictures: { avifSeconds } })).answers['a.png']?.instead.map(({ type }) => type) ?? []
  expect(await types(0)).toEqual(['image/webp'])
  expect(await types(60)).toContain('image/avif')
})

test('a base, a root, a public folder and an output folder of the project’s own are kept to', async () => {
  await put('src/index.html', '<!doctype html><body><script type="module" src="./main.js"></script></body>')
  await put('src/main.js', `new Image().src = import.meta.env.BASE_URL + 'hero.png'`)
  await put('static/hero.png', await painting(90, 60))
  const root = path.join(project, 'src')
  await run({}, { root, base: '/game/', publicDir: '../static', build: { outDir: '../dist', emptyOutDir: true } })
  const { answers } = await readManifest()
  expect(answers['hero.png']?.instead.length).toBeGreaterThan(0)
  expect((await stat(path.join(project, 'dist', answers['hero.png']?.instead[0]?.file ?? ''))).isFile()).toBe(true)
  expect(String(await take('dist/index.html'))).toMatch(/src="\/game\/assets\//)
})

test('the kill switch is built under the worker’s own name, and no page registers it', async () => {
  await put('main.js', 'console.log(1)')
  const on = await run({ worker: true })
  expect(on.worker).toBe('firstframe-worker.js')
  expect(String(await take('dist/index.html'))).toMatch(/assets\/firstframe-[0-9a-f]{8}\.js/)
  const off = await run({ worker: 'off' })
  expect(off.worker).toBe('firstframe-worker.js')
  expect(String(await take('dist/index.html'))).not.toContain('firstframe-')
  expect(String(await take('dist/firstframe-worker.js'))).toContain('unregister')
})

test('a game with a service worker of its own keeps it, and gets no second', async () => {
  await put('public/sw.js', 'self.addEventListener("fetch", () => {})')
  await put('main.js', `navigator.serviceWorker.register('/sw.js')`)
  const { worker } = await run({ worker: true })
  expect(worker).toBeUndefined()
  expect(await readdir(path.join(project, 'dist'))).not.toContain('firstframe-worker.js')
  expect(String(await take('dist/index.html'))).not.toContain('firstframe-')
})
