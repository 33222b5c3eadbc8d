import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer, type ViteDevServer } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { painting } from '../improve/fixture.ts'
import { firstframe } from '../index.ts'
import type { Options } from '../options.ts'

const CHROMIUM = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
let project: string
let server: ViteDevServer | undefined

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'firstframe-dev-'))
  await put('package.json', '{"type":"module"}')
  await put('index.html', '<!doctype html><script type="module" src="/main.js"></script>')
  await put('main.js', `import hero from './hero.png'\nconsole.log(hero)`)
  await put('hero.png', await painting(200, 120))
  await put('public/art/sky 1.png', await painting(200, 121))
})
afterEach(async () => {
  await server?.close()
  await rm(project, { recursive: true, force: true })
})

const put = async (file: string, content: string | Buffer): Promise<void> => {
  await mkdir(path.dirname(path.join(project, file)), { recursive: true })
  await writeFile(path.join(project, file), content)
}
async function start(options: Options = {}): Promise<string> {
  const plugins = [firstframe(options)]
  server = await createServer({ root: project, configFile: false, logLevel: 'silent', plugins, server: { port: 0 } })
  await server.listen()
  const address = server.httpServer?.address() as AddressInfo
  return `http://localhost:${address.port}`
}
const ask = async (url: string, accept: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers: { Accept: accept, ...headers } })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, type: answer.headers.get('content-type'), etag: answer.headers.get('etag'), bytes }
}
const entries = async (): Promise<string[]> => {
  const cache = path.join(project, '.cache/firstframe/variants')
  return readdir(cache, { recursive: true }).catch(() => [])
}

test.each(['/art/sky%201.png', '/art/sky%201.png?v=1732500000', '/hero.png'])(
  '%s is answered with WebP where it is taken, without one as it is',
  async (address) => {
    const url = await start()
    const better = await ask(url + address, CHROMIUM)
    expect(better.type).toBe('image/webp')
    expect((await ask(url + address, '*/*')).bytes).toEqual(better.bytes)
    const plain = await ask(url + address, 'image/png')
    expect(plain.type).toBe('image/png')
    expect(better.bytes.length).toBeLessThan(plain.bytes.length)
  },
)

test('a picture is encoded once, however many ask, and never again for the same bytes', async () => {
  const url = await start()
  await Promise.all(Array.from({ length: 5 }, () => ask(`${url}/hero.png`, CHROMIUM)))
  const first = await entries()
  expect(first.length).toBeGreaterThan(0)
  await server?.close()
  const again = await ask(`${await start()}/hero.png`, CHROMIUM)
  expect(again.type).toBe('image/webp')
  expect(await entries()).toEqual(first)
})

test('a picture that has changed is answered anew, one that has not with 304', async () => {
  const url = await start()
  const { etag, bytes } = await ask(`${url}/hero.png`, CHROMIUM)
  expect((await ask(`${url}/hero.png`, CHROMIUM, { 'If-None-Match': etag ?? '' })).status).toBe(304)
  await put('hero.png', await painting(210, 130))
  const changed = await ask(`${url}/hero.png`, CHROMIUM, { 'If-None-Match': etag ?? '' })
  expect(changed.status).toBe(200)
  expect(changed.bytes).not.toEqual(bytes)
})

test('what is no picture, and the module about one, is Vite’s to answer', async () => {
  await put('public/lie.png', 'not a picture')
  const url = await start()
  expect(String((await ask(`${url}/lie.png`, CHROMIUM)).bytes)).toBe('not a picture')
  expect((await ask(`${url}/hero.png?import`, '*/*')).type).toContain('javascript')
  expect((await ask(`${url}/none.png`, 'image/webp')).status).toBe(404)
  expect((await ask(`${url}/..%2F..%2Fetc%2Fa.png`, CHROMIUM)).type).not.toBe('image/webp')
})

test('an atlas is packed when it is asked for', async () => {
  await put('trees/oak.png', await painting(20, 30))
  const url = await start({ atlases: { 'atlas/forest': { frames: 'trees/*.png' } } })
  const { frames, meta } = (await (await fetch(`${url}/atlas/forest.json`)).json()) as {
    frames: object
    meta: { image: string }
  }
  expect(Object.keys(frames)).toEqual(['oak'])
  expect((await ask(`${url}/atlas/${meta.image}`, 'image/png')).type).toBe('image/png')
})
