import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { GAME, writeFiles } from './fixture.ts'

const REPOSITORY = path.join(import.meta.dirname, '..')
const CLI = path.join(REPOSITORY, 'build/cli.ts')

let root: string
let child: ChildProcess | undefined
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'firstframe-commands-'))
  await writeFiles(path.join(root, 'game'), GAME)
})
afterEach(() => void child?.kill('SIGKILL'))
afterAll(() => rm(root, { recursive: true }))

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [CLI, ...args], { cwd: root, encoding: 'utf8' })

test('plan prints what a host is to do, and nothing else', () => {
  const { status, stdout, stderr } = run('plan', 'game')
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^# Written by firstframe, from the manifest of release 1a2b3c4d/)
  expect(run('plan', 'game', '--for', 'nginx', '--base', '/g/').stdout).toMatch(
    /^# From the manifest[\s\S]*rewrite "\^\/g\//,
  )
  expect(JSON.parse(run('plan', 'game', '--for', 'hints').stdout)).toHaveProperty(['index.html'])
  expect(JSON.parse(run('plan', 'game', '--for', 'tags').stdout)).toHaveProperty(['worker.js'])
})

test.each([
  [['plan', 'game', '--for', 'ngnix'], 2, '--for is "ngnix": did you mean "nginx"?'],
  [['plan', 'game', '--for', 'x'], 2, '--for is "x": expected one of headers, nginx, hints, tags'],
  [['plan', 'game', '--base', 'g'], 2, '--base is "g", expected a path with a slash at both ends, as in "/game/"'],
  [['serve', 'game', '--base', './'], 2, '--base is "./", expected a path with a slash at both ends, as in "/game/"'],
  [['plan', '.'], 1, '. holds no manifest.json of a build: build first, or name the built folder'],
])('%j is told in one line', (args, status, words) => {
  expect(run(...args)).toMatchObject({ status, stdout: '', stderr: `firstframe: ${words}\n` })
})

test('serve answers under the path it is told, and says where it can be opened', async () => {
  child = spawn(process.execPath, [CLI, 'serve', 'game', '--port', '0', '--base', '/g/'], { cwd: root })
  const url = await new Promise<string>((resolve) => {
    child?.stdout?.on('data', (part: Buffer) => resolve(/ready (\S+)/.exec(part.toString())?.[1] ?? part.toString()))
  })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/g\/$/)
  const picture = await fetch(`${url}art/hero.png`, { headers: { Accept: 'image/avif' } })
  expect([picture.headers.get('content-type'), await picture.text()]).toEqual(['image/avif', 'avif'])
  expect((await fetch(new URL('/art/hero.png', url))).status).toBe(404)
})

test('build writes the rules of static hosts for a page that it built, in one go with it', async () => {
  const project = path.join(root, 'project')
  await writeFiles(project, {
    'package.json': '{ "name": "sample", "type": "module" }',
    'index.html': '<!doctype html><script type="module" src="/main.js"></script>',
    'main.js': 'document.title = "game"',
    'vite.config.ts': `import { firstframe } from '${path.join(REPOSITORY, 'build/index.ts')}'
      export default { plugins: [firstframe()] }`,
  })
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(project, 'node_modules'))
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'build', 'client'], { cwd: project, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, expect.stringContaining('built the client') as string])
  const [script] = await readdir(path.join(project, 'dist/assets'))
  const rules = await readFile(path.join(project, 'dist/_headers'), 'utf8')
  expect(rules).toMatch(
    new RegExp(`^/assets/(?:\\*|${script?.replace(/\.(?:br|gz|zst)$/, '')})\n {2}Cache-Control: public`, 'm'),
  )
})
