import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const REPOSITORY = path.join(import.meta.dirname, '..')
const CLI = path.join(import.meta.dirname, 'cli.ts')

/** A project with everything small: a script, a picture, a server on Express. */
let project: string
const running = new Set<ChildProcess>()

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
const server = (greeting: string): string => `
import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import express from 'express'
import { twice } from './twice.ts'

interface Options { clientDir?: string; server?: Server; client?: { manifest(): Promise<{ release: string }>; handler: express.RequestHandler; close(): Promise<void> } }
export async function start({ clientDir = '', client, server = createServer() }: Options = {}): Promise<void> {
  const app = express()
  if (client) app.use(client.handler)
  app.get('/', async (_req, res) => {
    const built = client ? await client.manifest() : JSON.parse(readFileSync(clientDir + '/manifest.json', 'utf8'))
    res.json({ greeting: twice('${greeting}'), ...built })
  })
  app.get('/fail', () => { throw new Error('on purpose') })
  app.use((error: Error, _req: express.Request, res: express.Response, _next: express.NextFunction) => void res.status(500).send(error.stack))
  server.on('request', app).listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    const address = server.address()
    console.log('ready http://127.0.0.1:' + (typeof address === 'object' && address ? address.port : ''))
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, async () => { await client?.close(); process.exit(0) })
}
`

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-cli-'))
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(project, 'node_modules'))
  await put('package.json', '{ "name": "sample", "type": "module" }')
  await cp(path.join(REPOSITORY, 'tsconfig.json'), path.join(project, 'tsconfig.json'))
  await put('server/twice.ts', `export const twice = (text: string): string => text + ' ' + text\n`)
  await put('server/main.ts', server('hello'))
  await put('client/main.ts', `console.log('one')\n`)
  await put('client/main.css', `body { margin: 0 }\n`)
  await put(
    'client/art/dot.png',
    await sharp({ create: { width: 40, height: 20, channels: 3, background: '#336699' } })
      .png()
      .toBuffer(),
  )
  await put(
    'client/vite.config.ts',
    `import { firstframe } from '${path.join(import.meta.dirname, 'index.ts')}'
     export default { root: import.meta.dirname, build: { outDir: '../dist/client' }, plugins: firstframe({ entries: ['main.ts', 'main.css'], images: {} }) }`,
  )
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})
afterAll(() => rm(project, { recursive: true, force: true }))

interface Started {
  url: string
  log: () => string
  seconds: number
  stop: (signal: NodeJS.Signals) => Promise<number | null>
}

/** Runs Node on `args` and waits until it says where it is ready. */
async function launch(args: string[], cwd = project): Promise<Started> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, PORT: '0' } })
  running.add(child)
  let log = ''
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (part: Buffer): void => {
      log += part.toString()
      const found = /ready (http:\S+)/.exec(log)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log}`)))
  })
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }
  return { url, log: () => log, seconds: (performance.now() - begun) / 1000, stop }
}

interface Answer {
  greeting: string
  release: string
  entries: Record<string, { file: string }>
  images: Record<string, { variants: { file: string; type: string }[] }>
}
const ask = async (url: string): Promise<Answer> => (await (await fetch(url)).json()) as Answer

test('start builds what is missing and serves it; a second start builds nothing and is ready at once', async () => {
  const first = await launch([CLI, 'start'])
  expect(await ask(first.url)).toMatchObject({ greeting: 'hello hello' })
  expect(first.log()).toMatch(/built the client[\s\S]*bundled the server/)
  expect(await first.stop('SIGTERM')).toBe(0)

  const second = await launch([CLI, 'start'])
  expect(second.log()).toContain('nothing built')
  expect(second.seconds).toBeLessThan(3)
  expect(await second.stop('SIGINT')).toBe(0)
})

test('start builds just the part that has changed', async () => {
  await put('server/main.ts', server('bye'))
  const server1 = await launch([CLI, 'start'])
  const before = await ask(server1.url)
  expect(before.greeting).toBe('bye bye')
  expect(server1.log()).toContain('bundled the server')
  expect(server1.log()).not.toContain('built the client')
  await server1.stop('SIGTERM')

  await put('client/main.ts', `console.log('two')\n`)
  const server2 = await launch([CLI, 'start'])
  expect(server2.log()).not.toContain('bundled the server')
  const after = await ask(server2.url)
  expect(after.release).not.toBe(before.release)
  await server2.stop('SIGTERM')

  await put('client/main.ts', `console.log('two, built by hand')\n`)
  spawnSync(process.execPath, [CLI, 'build', 'client'], { cwd: project })
  const server3 = await launch([CLI, 'start'])
  expect(server3.log()).toContain('nothing built')
  expect((await ask(server3.url)).release).not.toBe(after.release)
})

test('the server’s folder runs alone, copied to an empty folder, and names the lines that were written', async () => {
  const alone = await mkdtemp(path.join(tmpdir(), 'firstframe-alone-'))
  await cp(path.join(project, 'dist/server'), alone, { recursive: true })
  const { url } = await launch(['--enable-source-maps', 'index.js'], alone)
  const { entries } = await ask(url)
  await expect(readFile(path.join(alone, 'client', entries['main.ts']?.file ?? ''), 'utf8')).resolves.toContain('two')
  expect(await (await fetch(`${url}/fail`)).text()).toMatch(/on purpose\n +at .*server\/main\.ts:15:/)
  await rm(alone, { recursive: true })
})

test('a client that does not build leaves the last good one in place, and the command fails in words', async () => {
  const good = await readFile(path.join(project, 'dist/client/manifest.json'), 'utf8')
  await put('client/art/broken.png', 'not a picture')
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'build', 'client'], { cwd: project, encoding: 'utf8' })
  await rm(path.join(project, 'client/art/broken.png'))
  expect(status).toBe(1)
  expect(stderr).toMatch(/broken\.png: [\s\S]*Export again/)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(await readFile(path.join(project, 'dist/client/manifest.json'), 'utf8')).toBe(good)
})

test('dev serves sources and pictures on the server’s port, and starts anew when the server changes', async () => {
  const dev = await launch([CLI, 'dev'])
  const { entries, images } = await ask(dev.url)
  const script = await fetch(`${dev.url}/${entries['main.ts']?.file}`)
  expect(await script.text()).toContain(`/@vite/client`)
  const [picture] = images['dot']?.variants ?? []
  const shown = await fetch(`${dev.url}/${picture?.file}`)
  expect(shown.headers.get('content-type')).toBe(picture?.type)
  expect((await sharp(Buffer.from(await shown.arrayBuffer())).metadata()).width).toBe(40)

  const readies = (): string[] => dev.log().match(/ready http:\S+/g) ?? []
  await put('server/twice.ts', `export const twice = (text: string): string => text.toUpperCase()\n`)
  await expect.poll(() => readies().length, { timeout: 10_000 }).toBe(2)
  const again = readies().at(-1)?.slice('ready '.length) ?? ''
  expect((await ask(again)).greeting).toBe('BYE')
  expect(await dev.stop('SIGTERM')).toBe(0)
})

test.each([
  [['buidl'], 'firstframe: there is no command "buidl": did you mean "build"?'],
  [['serve', '--prot', '1'], 'firstframe: serve: there is no option "--prot": did you mean "port"?'],
  [['serve', '--port', 'x'], 'firstframe: --port is "x": expected a whole number, as in --port 8080'],
  [['build', 'clint'], 'firstframe: build: there is no part "clint": did you mean "client"?'],
  [['start', 'now'], 'firstframe: start: "now" is one argument too many: firstframe start'],
])('%j is told in one line and ends with 2', (args, line) => {
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: project, encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, `${line}\n`])
})

test('--help tells of every command', () => {
  const { status, stdout } = spawnSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' })
  expect(status).toBe(0)
  for (const name of ['build', 'start', 'dev', 'serve', 'publish']) expect(stdout).toContain(`firstframe ${name}`)
})

test('outside of a project the way in is told', async () => {
  const nowhere = await mkdtemp(path.join(tmpdir(), 'firstframe-nowhere-'))
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'build'], { cwd: nowhere, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('there is no package.json in it or above')
  await rm(nowhere, { recursive: true })
})
