import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test as base } from '@playwright/test'
import sharp from 'sharp'
import type { Manifest } from '../../../server/wire/manifest.ts'
import { createStranger, OURS, type Stranger } from './stranger.ts'

// What `npm run build` made for a registry, installed by somebody who has nothing else of ours.

const test = base.extend<object, { stranger: Stranger }>({
  stranger: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
    async ({}, use) => {
      await using stranger = await createStranger()
      await use(stranger)
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})
test.describe.configure({ mode: 'default', timeout: 180_000 })

test('the package is compiled code with types and maps, its licence and its words, and nothing of the machine that made it', ({
  stranger,
}) => {
  const { files, size } = stranger.packed
  const paths = files.map((file) => file.path)
  expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
  expect(paths.filter((file) => !/^(?:build|cdn|client|server)\/.+\.(?:js|js\.map|d\.ts)$/.test(file))).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
  ])
  const scripts = paths.filter((file) => file.endsWith('.js'))
  expect(paths).toEqual(expect.arrayContaining(scripts.flatMap((file) => [`${file}.map`, file.replace(/js$/, 'd.ts')])))
  expect(files.find((file) => file.path === 'build/cli.js')?.mode).toBe(0o755)
  expect(size).toBeLessThan(1_500_000)

  const installed = path.join(stranger.folder, 'node_modules/firstframe')
  for (const file of globSync('**/*.*', { cwd: installed })) {
    const text = readFileSync(path.join(installed, file), 'utf8')
    expect
      .soft(
        OURS.filter((place) => text.includes(`${place}/`)),
        file,
      )
      .toEqual([])
    if (!file.endsWith('.map')) continue
    const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent: string[] }
    expect.soft(sources, file).toEqual([path.basename(file).replace(/js\.map$/, 'ts')])
    expect.soft(sourcesContent.join('').length, file).toBeGreaterThan(0)
  }
})

test('every door for Node opens in plain Node', async ({ stranger }) => {
  const { node: doors } = stranger.doors
  const script = `for (const door of ${JSON.stringify(doors)}) console.log(door, Object.keys(await import(door)).length)`
  await stranger.put('doors.mjs', script)
  const said = (await stranger.node('doors.mjs')).trim().split('\n')
  expect(said.map((line) => line.split(' ')[0])).toEqual(doors)
})

test('every door type-checks in a strict program that checks its libraries too', async ({ stranger }) => {
  const doors = [...stranger.doors.node, ...stranger.doors.browser]
  const imports = doors.map((door, at) => `import * as door${at} from '${door}'`)
  await stranger.put(
    'doors.ts',
    `${imports.join('\n')}\nexport const doors = [${doors.map((_, at) => `door${at}`).join(', ')}]\n`,
  )
  // Alone, so that no other door brings the types along.
  await stranger.put(
    'alone.ts',
    "export type { Encoded } from 'firstframe/server/codec'\nexport type { Manifest } from 'firstframe/wire/manifest'\n",
  )
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false']
  await stranger.npx('tsc', ...strict, '--module', 'nodenext', 'doors.ts')
  await stranger.npx('tsc', ...strict, '--module', 'preserve', 'doors.ts')
  await stranger.npx('tsc', ...strict, '--module', 'nodenext', 'alone.ts')
})

test('one line in an empty Vite project builds every door for browsers, pictures and service worker included', async ({
  stranger,
}) => {
  const { browser: doors } = stranger.doors
  const noise = { type: 'gaussian' as const, mean: 120, sigma: 30 }
  const picture = sharp({ create: { width: 320, height: 200, channels: 3, background: '#000', noise } }).png()
  await stranger.put('public/art/hill.png', await picture.toBuffer())
  await stranger.put(
    'vite.config.js',
    "import { firstframe } from 'firstframe'\nexport default { plugins: [firstframe()] }\n",
  )
  await stranger.put(
    'index.html',
    '<!doctype html><title>Stranger</title><script type="module" src="/main.js"></script>\n',
  )
  // Those of workers are for a worker's entry; the plugin builds it by itself.
  const page = doors.filter((door) => !door.startsWith('firstframe/worker'))
  const imports = page.map((door, at) => `import * as door${at} from '${door}'`)
  const use = `console.log(${page.map((_, at) => `door${at}`).join(', ')}, new Image().src = 'art/hill.png')`
  await stranger.put('main.js', `${imports.join('\n')}\n${use}\n`)
  await stranger.npx('vite', 'build')
  const manifest = JSON.parse(await stranger.take('dist/manifest.json')) as Manifest
  expect(manifest.entries['index.html']?.kind).toBe('script')
  expect(manifest.worker).toBe('firstframe-worker.js')
  const hill = manifest.answers['art/hill.png']
  expect(hill?.instead.map(({ type }) => type)).toContain('image/webp')
  expect(await stranger.take('dist/firstframe-worker.js')).toContain(manifest.release)
})

test('`npx firstframe` tells what it can do, and serves what was built', async ({ stranger }) => {
  const help = await stranger.npx('firstframe', '--help')
  for (const command of ['build', 'serve', 'publish']) expect(help).toContain(`firstframe ${command}`)
  await stranger.put('site/index.html', '<!doctype html><title>Served</title>')
  await using server = await stranger.stay('firstframe', 'serve', 'site', '--port', '0')
  const answer = await fetch(server.url)
  expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html><title>Served</title>'])
})
