import { chmod, copyFile, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hashOf, nameHash, openCache } from './cache.ts'
import { knownHashes } from './known.ts'

let folder: string
let file: string

/** Files of a test are seconds old: the clock is put on to where they count as settled. */
const later = (ms: number): void => void vi.spyOn(Date, 'now').mockReturnValue(new Date().getTime() + ms)

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-known-'))
  file = path.join(folder, 'hero.png')
  await writeFile(file, 'hero')
  later(5000)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

const open = (): ReturnType<typeof knownHashes> => knownHashes(path.join(folder, 'cache'))
const learn = async (): Promise<void> => {
  const known = open()
  await known.hash(file)
  await known.save()
}
const indexFile = async (): Promise<string> => {
  const files = await readdir(path.join(folder, 'cache'), { recursive: true, withFileTypes: true })
  const entry = files.find((entry) => entry.isFile())
  return path.join(entry?.parentPath ?? '', entry?.name ?? '')
}
const MARK = '0'.repeat(64)
/** Whether the file is read, as against the index: there, all hashes are replaced by a mark, and what else is asked for. */
const isRead = async (what = /$^/g, by = ''): Promise<boolean> => {
  const index = openCache(path.join(folder, 'cache'), 'known')
  const key = path.basename(await indexFile())
  const text = (await index.read(key))?.toString() ?? ''
  const marked = text.replaceAll(/"hash":"[^"]*"/g, `"hash":"${MARK}"`).replaceAll(what, by)
  await index.write(key, Buffer.from(marked))
  return (await open().hash(file)) !== MARK
}

test('both hashes are those of the bytes, whether the file is known or not', async () => {
  const bytes = await readFile(file)
  const first = open()
  expect(await first.hash(file)).toBe(hashOf(bytes))
  await first.save()
  const second = open()
  expect(await second.hash(file)).toBe(hashOf(bytes))
  expect(await second.nameHash(path.relative('.', file))).toBe(nameHash(bytes))
})

test('a known file is not read again', async () => {
  await learn()
  expect(await isRead()).toBe(false)
})

test.each(['size', 'mtimeMs', 'ctimeMs', 'ino'])('a known file of another %s is read again', async (field) => {
  await learn()
  expect(await isRead(new RegExp(`"${field}":[^,]*`, 'g'), `"${field}":1`)).toBe(true)
})

test.each([
  ['other bytes', () => writeFile(file, 'villain')],
  [
    'the same size and time under another inode',
    async () => {
      const { atime, mtime } = await stat(file)
      await writeFile(`${file}.new`, 'heru')
      await utimes(`${file}.new`, atime, mtime)
      await rename(`${file}.new`, file)
    },
  ],
  [
    'a backup put back over it with its size and time',
    async () => {
      const { atime, mtime } = await stat(file)
      await writeFile(file, 'heru')
      await utimes(file, atime, mtime)
    },
  ],
])('a file with %s is read again', async (_, change) => {
  // Times in whole milliseconds: `utimes` sets no finer ones.
  await utimes(file, 1_700_000_000, 1_700_000_000)
  await learn()
  await change()
  expect(await isRead()).toBe(true)
  expect(await open().hash(file)).toBe(hashOf(await readFile(file)))
})

test('a file changed within two seconds before it was read is not trusted', async () => {
  later(1500)
  await learn()
  const known = open()
  await writeFile(file, 'heru')
  expect(await known.hash(file)).toBe(hashOf(Buffer.from('heru')))
  expect(await readdir(folder)).not.toContain('cache')
})

test('a change is seen within the same build', async () => {
  const known = open()
  await known.hash(file)
  await writeFile(file, 'heru')
  expect(await known.hash(file)).toBe(hashOf(Buffer.from('heru')))
})

test('a damaged index counts as empty and is written anew', async () => {
  await learn()
  const index = await indexFile()
  await writeFile(index, (await readFile(index)).subarray(0, 40))
  const known = open()
  expect(await known.hash(file)).toBe(hashOf(Buffer.from('hero')))
  await known.save()
  expect(await isRead()).toBe(false)
})

test('files that are gone leave the index when it is written', async () => {
  await copyFile(file, `${file}.old`)
  const known = open()
  await known.hash(`${file}.old`)
  await known.save()
  await rm(`${file}.old`)
  await learn()
  const text = await readFile(await indexFile(), 'utf8')
  expect(text).toContain('hero.png"')
  expect(text).not.toContain('hero.png.old')
})

test('nothing learnt, nothing written', async () => {
  await learn()
  const { ino } = await stat(await indexFile())
  await learn()
  expect((await stat(await indexFile())).ino).toBe(ino)
})

test('an unreadable file is named by the error, and a folder that cannot be written is no error', async () => {
  await expect(open().hash(path.join(folder, 'none.png'))).rejects.toThrow(/ENOENT.*none\.png/)
  await expect(open().hash(folder)).rejects.toThrow(/EISDIR/)
  await chmod(file, 0o644)
  const known = knownHashes(file)
  expect(await known.hash(file)).toBe(hashOf(Buffer.from('hero')))
  await known.save()
  expect(await readFile(file, 'utf8')).toBe('hero')
})
