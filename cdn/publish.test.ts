import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answer, manifestOf, writeFiles } from './fixture.ts'
import { publish } from './publish.ts'
import { listReleases } from './releases.ts'

let root: string
const to = (): string => path.join(root, 'live')

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'firstframe-publish-'))
})
afterEach(() => rm(root, { recursive: true }))

/** A build whose one script holds `text` under `hash`. */
async function makeBuild(release: string, hash: string, text: string): Promise<string> {
  const from = path.join(root, `build-${release}`)
  await mkdir(path.join(from, 'assets'), { recursive: true })
  const file = `assets/main-${hash}.js`
  const entries = { 'main.ts': { kind: 'script' as const, file, bytes: text.length } }
  await writeFile(path.join(from, file), text)
  await writeFile(path.join(from, `${file}.br`), `br ${text}`)
  await writeFile(path.join(from, 'index.html'), `<script src=${file}></script>`)
  await writeFile(path.join(from, 'manifest.json'), JSON.stringify(manifestOf({ release, entries })))
  return from
}
const live = async (): Promise<string[]> =>
  (await readdir(to(), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('.releases'))
    .map((entry) => path.relative(to(), path.join(entry.parentPath, entry.name)))
    .toSorted()

test('hashed files are there before the documents that name them, the manifest comes last', async () => {
  await publish({ from: await makeBuild('one', '11111111', 'x'), to: to(), keep: 2 })
  const changed = async (file: string): Promise<number> =>
    (await stat(path.join(to(), file), { bigint: false })).ctimeMs
  const script = await changed('assets/main-11111111.js')
  const encoded = await changed('assets/main-11111111.js.br')
  const page = await changed('index.html')
  const manifest = await changed('manifest.json')
  expect([script, encoded, page, manifest]).toEqual([script, encoded, page, manifest].toSorted((a, b) => a - b))
})

test('a file that is sent in a name’s place is there before its name', async () => {
  const from = path.join(root, 'build')
  const instead = { file: 'assets/hero-11111111.avif', bytes: 4, type: 'image/avif' }
  await writeFiles(from, {
    'art/hero.png': 'png',
    [instead.file]: 'avif',
    'manifest.json': JSON.stringify(manifestOf({ answers: { 'art/hero.png': answer(instead) } })),
  })
  await publish({ from, to: to(), keep: 2 })
  const changed = async (file: string): Promise<number> => (await stat(path.join(to(), file))).ctimeMs
  expect(await changed(instead.file)).toBeLessThanOrEqual(await changed('art/hero.png'))
})

test('published again, nothing is copied', async () => {
  const from = await makeBuild('one', '11111111', 'x')
  expect(await publish({ from, to: to(), keep: 2 })).toEqual({ release: 'one', copied: 4, present: 0, removed: 0 })
  expect(await publish({ from, to: to(), keep: 2 })).toEqual({ release: 'one', copied: 0, present: 4, removed: 0 })
})

test('a release that was interrupted is completed, a damaged file repaired, no part left behind', async () => {
  const from = await makeBuild('one', '11111111', 'x')
  await mkdir(path.join(to(), 'assets'), { recursive: true })
  await writeFile(path.join(to(), 'assets/main-11111111.js'), 'y')
  expect((await publish({ from, to: to(), keep: 2 })).copied).toBe(4)
  expect(await readFile(path.join(to(), 'assets/main-11111111.js'), 'utf8')).toBe('x')
  expect((await live()).filter((file) => file.endsWith('.part'))).toEqual([])
})

test('the files of kept releases stay, those of older ones go, strangers are left alone', async () => {
  await publish({ from: await makeBuild('one', '11111111', '1'), to: to(), keep: 2 })
  await writeFile(path.join(to(), 'mine.txt'), 'put here by hand')
  await publish({ from: await makeBuild('two', '22222222', '2'), to: to(), keep: 2 })
  expect(await live()).toContain('assets/main-11111111.js')
  const { removed } = await publish({ from: await makeBuild('three', '33333333', '3'), to: to(), keep: 2 })
  expect(removed).toBe(2)
  expect(await live()).toEqual([
    'assets/main-22222222.js',
    'assets/main-22222222.js.br',
    'assets/main-33333333.js',
    'assets/main-33333333.js.br',
    'index.html',
    'manifest.json',
    'mine.txt',
  ])
  expect((await listReleases(to())).map(({ id }) => id)).toEqual(['three', 'two'])
})

test('what is live is never removed: keep 0 is refused', async () => {
  const from = await makeBuild('one', '11111111', 'x')
  await expect(publish({ from, to: to(), keep: 0 })).rejects.toThrow('keep is 0, expected at least 1')
})

test('a folder without a manifest is named', async () => {
  await expect(publish({ from: root, to: to(), keep: 1 })).rejects.toThrow(/holds no manifest.json: build first/)
})
