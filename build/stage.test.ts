import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stagePath, sweep, takePlace } from './stage.ts'

let folder: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-stage-'))
  target = path.join(folder, 'client')
})
afterEach(() => rm(folder, { recursive: true }))

async function make(at: string, content: string): Promise<void> {
  await mkdir(at)
  await writeFile(path.join(at, 'file'), content)
}
const read = (): Promise<string> => readFile(path.join(target, 'file'), 'utf8')

/** A build that is killed after so many renamings. */
function killed(renames: number): void {
  const code = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs.promises
    let left = ${renames}
    fs.promises.rename = (...paths) => (left-- > 0 ? rename(...paths) : process.kill(process.pid, 'SIGKILL'))
    syncBuiltinESMExports()
    const { stagePath, takePlace } = await import(${JSON.stringify(path.join(import.meta.dirname, 'stage.ts'))})
    const stage = stagePath(${JSON.stringify(target)})
    fs.mkdirSync(stage)
    fs.writeFileSync(stage + '/file', 'new')
    await takePlace(stage, ${JSON.stringify(target)})`
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  expect([signal, stderr]).toEqual(['SIGKILL', ''])
}

test('a stage takes its target’s place, and nothing else is left', async () => {
  await make(target, 'old')
  const stage = stagePath(target)
  await make(stage, 'new')
  await takePlace(stage, target)
  expect(await read()).toBe('new')
  expect(await readdir(folder)).toEqual(['client'])
})

test.each([
  ['before', 0],
  ['between', 1],
])('a build killed %s its renamings leaves the last good one, once it is swept', async (_when, renames) => {
  await make(target, 'old')
  killed(renames)
  expect(existsSync(target)).toBe(renames === 0)
  await sweep(target)
  expect(await read()).toBe('old')
  expect(await readdir(folder)).toEqual(['client'])
})

test('what others are building is left alone, and so is what only looks like a leaving', async () => {
  await make(stagePath(target), 'mine')
  await make(path.join(folder, '.client.old'), 'a person’s')
  await sweep(target)
  expect(await readdir(folder)).toHaveLength(2)
})

test('there may be nothing to sweep', async () => {
  await expect(sweep(path.join(folder, 'never', 'made'))).resolves.toBeUndefined()
})
