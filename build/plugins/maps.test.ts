import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../../server/wire/manifest.ts'
import { painting } from '../improve/fixture.ts'
import { firstframe } from '../index.ts'
import type { Options } from '../options.ts'

let project: string

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-maps-'))
  await put('package.json', '{"type":"module"}')
  await put('client/hero.png', await painting(200, 120))
  await put('client/main.ts', MAIN)
  await put(
    'client/worker.ts',
    `import list from 'virtual:firstframe/precache'\nself.addEventListener('install', () => { console.log(list) })`,
  )
  await put('client/far/lazy.ts', `export function far(why: string): never {\n  throw new Error(why)\n}`)
})
afterEach(() => rm(project, { recursive: true, force: true }))

/** The picture's name grows when it becomes AVIF, so that all behind it on the one line of the script moves. */
const MAIN = `import hero from './hero.png'
new Image().src = hero
void import('./far/lazy.ts').then(({ far }) => far(location.href))
export function fail(): never {
  throw new Error('fallen at the gate')
}
fail()`

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
const run = async (options: Options = {}): Promise<Manifest> => {
  await build({
    root: path.join(project, 'client'),
    configFile: false,
    logLevel: 'silent',
    build: { outDir: '../dist/client', chunkImportMap: true },
    plugins: firstframe({ entries: ['main.ts'], worker: 'worker.ts', maps: '../maps', ...options }),
  })
  return JSON.parse(await readFile(path.join(project, 'dist/client/manifest.json'), 'utf8')) as Manifest
}
const filesIn = async (folder: string) =>
  (await readdir(path.join(project, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(project, folder), path.join(entry.parentPath, entry.name)))

test('a script’s map lies by its release and its true name, and leads to the line that was written', async () => {
  const { release, entries } = await run()
  const script = entries['main.ts']?.file ?? ''
  const code = await readFile(path.join(project, 'dist/client', script), 'utf8')
  const map = JSON.parse(
    await readFile(path.join(project, 'dist/maps', release, `${script}.map`), 'utf8'),
  ) as ConstructorParameters<typeof SourceMap>[0]
  expect(code).toContain('.avif')
  const before = code.slice(0, code.indexOf('Error(`fallen')).split('\n')
  const found = new SourceMap(map).findEntry(before.length - 1, before.at(-1)?.length ?? 0)
  expect(found).toMatchObject({ originalSource: 'client/main.ts', originalLine: 4, originalColumn: 12 })
  expect(map).not.toHaveProperty('sourcesContent')
  expect((await filesIn('dist/maps')).map((file) => file.replace(/-\w{8}\./, '-HASH.'))).toContain(
    `${release}/assets/lazy-HASH.js.map`,
  )
})

test('nothing that is served is a map, or speaks of one', async () => {
  const { worker } = await run()
  const files = await filesIn('dist/client')
  expect(files.filter((file) => file.includes('.map'))).toEqual([])
  for (const file of files.filter((name) => /\.(?:js|json|css)$/.test(name)))
    expect(await readFile(path.join(project, 'dist/client', file), 'utf8')).not.toMatch(/\.js\.map|sourceMappingURL/)
  expect(worker).toBe('worker.js')
})

test('the scripts are the same, byte for byte, with maps and without', async () => {
  const { entries, release } = await run()
  expect(await run({ maps: false })).toMatchObject({ entries, release })
})

test('the maps of the last five releases stay', async () => {
  const releases: string[] = []
  for (let number = 0; number < 6; number++) {
    await put('client/far/lazy.ts', `export function far(): void {\n  console.log(${number})\n}`)
    const { release } = await run({ precompress: false })
    releases.push(release)
    // A build takes longer than a clock's tick; the test does not rely on it.
    await utimes(path.join(project, 'dist/maps', release), number, number)
  }
  const kept = await readdir(path.join(project, 'dist/maps'))
  expect(new Set(kept)).toEqual(new Set(releases.slice(1)))
})

test.each(['.', 'maps', '../client', '../../client/public/maps'])(
  'a folder that is served is refused: %s',
  async (maps) => {
    await expect(run({ maps })).rejects.toThrow(`firstframe({ maps }): "${maps}" lies in`)
  },
)
