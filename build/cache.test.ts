import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf, openCache, readRecord, sweepCache, type Cache } from './cache.ts'

let folder: string
let cache: Cache

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-cache-'))
  cache = openCache(folder, 'variants')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const HOUR = 3_600_000
const place = (key: string): string => path.join(folder, 'variants', key.slice(0, 2), key)
const age = async (file: string, hours: number): Promise<void> => {
  const time = (Date.now() - hours * HOUR) / 1000
  await utimes(file, time, time)
}
const put = async (name: string, bytes: number, hours = 0): Promise<string> => {
  const key = hashOf(name)
  await cache.write(key, Buffer.alloc(bytes, name))
  await age(place(key), hours)
  return key
}

test('what is written is read, found and copied, down to no bytes at all', async () => {
  for (const bytes of [Buffer.from('bytes'), Buffer.alloc(0)]) {
    const key = hashOf(bytes)
    expect(await cache.read(key)).toBeUndefined()
    expect(await cache.has(key)).toBe(false)
    await cache.write(key, bytes)
    expect(await cache.read(key)).toEqual(bytes)
    expect(await cache.has(key)).toBe(true)
    await cache.copy(key, path.join(folder, 'copy'))
    expect(await readFile(path.join(folder, 'copy'))).toEqual(bytes)
  }
})

test.each([
  ['empty', (file: string) => truncate(file, 0)],
  ['cut short', (file: string) => truncate(file, 600)],
  ['of zeros', (file: string) => writeFile(file, Buffer.alloc(1004))],
  ['of other bytes', async (file: string) => writeFile(file, (await readFile(file)).fill('x', 10, 11))],
])('a damaged entry, %s, is not given out', async (_, damage) => {
  const key = await put('picture', 1000)
  await damage(place(key))
  expect(await cache.read(key)).toBeUndefined()
  await expect(cache.copy(key, path.join(folder, 'copy'))).rejects.toThrow(/damaged entry .*build again/)
  expect(await readdir(folder)).not.toContain('copy')
  expect(await cache.has(key)).toBe(false)
})

test('an entry of another length than its record tells is no entry', async () => {
  const key = await put('picture', 1000)
  expect(await cache.has(key, 1000)).toBe(true)
  await truncate(place(key), 600)
  expect(await cache.has(key, 1000)).toBe(false)
})

test('an entry lost during the build is named with the way out', async () => {
  await expect(cache.copy(hashOf('gone'), path.join(folder, 'copy'))).rejects.toThrow(/lost an entry .*build again/)
})

test('a record that is not JSON counts as none', async () => {
  await cache.write(hashOf('a'), Buffer.from('{"width":'))
  await cache.write(hashOf('b'), Buffer.from('{"width":3}'))
  expect(await readRecord(cache, hashOf('a'))).toBeUndefined()
  expect(await readRecord(cache, hashOf('b'))).toEqual({ width: 3 })
  expect(await readRecord(cache, hashOf('c'))).toBeUndefined()
})

test('a use is noted once an hour, and changes nothing else', async () => {
  const key = await put('picture', 10, 3)
  const { ino } = await stat(place(key))
  await cache.read(key)
  expect(Date.now() - (await stat(place(key))).mtimeMs).toBeLessThan(HOUR / 2)
  await age(place(key), 0.9)
  const { mtimeMs } = await stat(place(key))
  await cache.read(key)
  await cache.has(key)
  expect(await stat(place(key))).toMatchObject({ mtimeMs, ino })
  await age(place(key), 3)
  await cache.has(key)
  expect(Date.now() - (await stat(place(key))).mtimeMs).toBeLessThan(HOUR / 2)
})

test('sweeping removes what was used longest ago, until some room is left', async () => {
  const keys: string[] = []
  for (let n = 0; n < 10; n++) keys.push(await put(`${n}`, 105_000, 50 - n))
  const size = 105_004
  expect(await sweepCache(folder, { megabytes: 1 })).toEqual({ bytes: 8 * size, removed: 2, freed: 2 * size })
  const left = await Promise.all(keys.map((key) => cache.has(key)))
  expect(left).toEqual([false, false, ...Array.from({ length: 8 }, () => true)])
})

test('an entry used within the last hour stays, whatever the size', async () => {
  const keys = [await put('a', 900_000, 1.9), await put('b', 900_000), await put('c', 900_000, 3)]
  await sweepCache(folder, { megabytes: 1 })
  expect(await Promise.all(keys.map((key) => cache.has(key)))).toEqual([true, true, false])
})

test('a cache within its bound is left alone, and so is one that nothing was written to', async () => {
  const key = await put('a', 100, 50)
  expect(await sweepCache(folder)).toEqual({ bytes: 104, removed: 0, freed: 0 })
  expect(await sweepCache(folder, { megabytes: 0 })).toBeUndefined()
  expect(await cache.has(key)).toBe(true)
})

test('what killed builds have left half written goes after an hour', async () => {
  const key = await put('a', 100)
  const parts = [1, 2].map((n) => `${place(key)}.00000000-0000-4000-8000-00000000000${n}.part`) as [string, string]
  for (const part of parts) await writeFile(part, 'half')
  await age(parts[0], 1.1)
  await sweepCache(folder)
  expect((await readdir(path.dirname(place(key)))).toSorted()).toEqual([key, path.basename(parts[1])])
})

test('sweeping a folder that holds other things removes none of them', async () => {
  await put('a', 100, 50)
  const others = [
    path.join(folder, 'notes.txt'),
    path.join(folder, 'variants', 'deadbeef'),
    `${place(hashOf('a'))}.txt`,
  ]
  for (const file of others) {
    await writeFile(file, 'mine')
    await age(file, 50)
  }
  expect(await sweepCache(folder, { megabytes: 0 })).toMatchObject({ removed: 1 })
  for (const file of others) expect(await readFile(file, 'utf8')).toBe('mine')
})

test('a cache that cannot be written goes on being read; writing names it with the way out', async () => {
  const key = await put('picture', 10, 3)
  const blocked = openCache(place(key), 'variants')
  await expect(blocked.write(key, Buffer.from('x'))).rejects.toThrow(
    /The cache .* cannot be written .*firstframe\({ cache }\)/,
  )
  await chmod(place(key), 0o444)
  await chmod(folder, 0o555)
  expect(await cache.read(key)).toHaveLength(10)
  await chmod(folder, 0o755)
})
