import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stampOf } from './stamp.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'firstframe-stamp-'))
})
afterEach(() => rm(root, { recursive: true }))

const put = async (file: string, content: string): Promise<void> => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true })
  await writeFile(path.join(root, file), content)
}
const stamps = (): Promise<string[]> => Promise.all([stampOf(root, 'client'), stampOf(root, 'server')])

test.each([
  ['server/app.ts', false, true],
  ['cdn/origin.ts', false, true],
  ['client/main.ts', true, false],
  ['server/wire/event.ts', true, true],
  // What makes the bundle decides what is in it, however it is reached: bundle.ts is run by its path.
  ['build/bundle.ts', true, true],
  ['build/strip.ts', true, true],
  ['build/plugins/images.ts', true, true],
  ['package.json', false, true],
  ['build/strip.test.ts', false, false],
  ['server/README.md', false, false],
])('%s makes the client stale: %s, the server: %s', async (file, client, server) => {
  await put('client/a.ts', '1')
  await put('server/a.ts', '1')
  const before = await stamps()
  await put(file, 'another')
  const after = await stamps()
  expect(after.map((stamp, index) => stamp !== before[index])).toEqual([client, server])
})
