import { spawnSync } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Finding } from './finding.ts'
import { folderOf, page } from './fixture.ts'

const ROOT = path.join(import.meta.dirname, '../..')

function doctor(cwd: string, args: string[] = [], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'build/cli.ts'), 'doctor', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  const lines = (): Finding[] =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Finding)
  return { status, stdout, stderr, lines }
}

const built = { 'index.html': page('<script src="a.js"></script>'), 'a.js': 'play()' }

test('a folder is examined, whoever built it', async () => {
  const { status, stdout, stderr } = doctor(ROOT, [await folderOf(built)])
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/index\.html {2}blocking-script/)
  expect(stdout).toMatch(/\d findings, at most/)
})

test('--json prints a finding a line', async () => {
  const { lines } = doctor(ROOT, ['--json', await folderOf(built)])
  expect(lines()[0]).toHaveProperty('todo')
  expect(lines().map(({ id }) => id)).toContain('blocking-script')
})

/** A project of a stranger: Vite is where its packages are. */
async function project(files: Record<string, string>): Promise<string> {
  const root = await folderOf({ 'package.json': '{"name":"game","type":"module"}', ...files })
  await symlink(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'))
  return root
}

test('a project’s own built folder is found by its configuration, wherever that puts it', async () => {
  const config = `export default { root: 'web', build: { outDir: '../out/site' } }`
  const root = await project({
    'vite.config.js': config,
    'web/index.html': page(''),
    'out/site/index.html': built['index.html'],
    'out/site/a.js': 'play()',
  })
  const { status, stdout } = doctor(root)
  expect(status).toBe(0)
  expect(stdout).toContain(path.join(root, 'out/site'))
  expect(stdout).toContain('blocking-script')
})

test('a project that has not been built says so, and how it is', async () => {
  const root = await project({ 'vite.config.js': 'export default {}', 'index.html': page('') })
  const { status, stderr } = doctor(root)
  expect(status).toBe(1)
  expect(stderr).toMatch(/has not been built: there is no .*dist\. Run "npx vite build" first\n$/)
})

test('wrong variables of a project’s server are told, one by one', async () => {
  const reader = `export function readEnv(env) {
  if (env.SESSION_SECRETS === undefined) throw new Error('it would make secrets')
  if (env.PORT === 'x') throw new Error('PORT is "x": expected a port\\nHOST is "": expected a host')
}`
  const root = await project({
    'vite.config.js': 'export default {}',
    'server/env.ts': reader,
    'dist/index.html': page(''),
  })
  const wrong = doctor(root, ['--json'], { PORT: 'x' })
    .lines()
    .filter(({ id }) => id === 'variable')
  expect(wrong.map(({ what }) => what)).toEqual(['PORT is "x": expected a port', 'HOST is "": expected a host'])
  expect(doctor(root, ['--json'], { PORT: '3000' }).stdout).not.toContain('"variable"')
})
