import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readBuilt } from './built.ts'
import { askAt, GAME, ODD_NAMES, writeFiles, type Answered, type Question } from './fixture.ts'
import { nginxConfig } from './nginx.ts'
import { serveFolder } from './origin.ts'
import { encodePath } from './urls.ts'

const NGINX = ['nginx', '/usr/sbin/nginx'].find((at) => spawnSync(at, ['-v']).status === 0)

let folder: string
let origin: Server
let ports: { origin: number; nginx: number; based: number }
const running: ChildProcess[] = []

beforeAll(async () => {
  if (NGINX === undefined) return
  folder = await mkdtemp(path.join(tmpdir(), 'firstframe-nginx-'))
  const dir = path.join(folder, 'dist $1')
  await writeFiles(dir, GAME)
  origin = await serveFolder({ dir, port: 0, host: '127.0.0.1' })
  ports = { origin: (origin.address() as AddressInfo).port, nginx: await freePort(), based: await freePort() }
  const built = readBuilt(dir)
  await startNginx(nginxConfig(built, { listen: `127.0.0.1:${ports.nginx}` }), ports.nginx)
  await startNginx(nginxConfig(built, { listen: `127.0.0.1:${ports.based}`, base: '/game/' }), ports.based)
})
afterAll(async () => {
  if (NGINX === undefined) return
  for (const child of running) child.kill('SIGKILL')
  origin.close()
  await rm(folder, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => {
    server.once('listening', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

/** In one process, so that it can be ended whatever happens, and reads a folder that is ours alone. */
async function startNginx(config: string, port: number): Promise<void> {
  const prefix = path.join(folder, String(port))
  await mkdir(prefix)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temp;`)
  const file = path.join(prefix, 'nginx.conf')
  await writeFile(
    file,
    `daemon off; master_process off; pid nginx.pid; error_log stderr info; events {}
     http { access_log off; ${temporary.join(' ')} include site.conf; }`,
  )
  await writeFile(path.join(prefix, 'site.conf'), config)
  const child = spawn(NGINX ?? '', ['-p', prefix, '-e', 'stderr', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(child)
  let log = ''
  child.stderr.on('data', (part: Buffer) => (log += part.toString()))
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended: ${log}`)
      await askAt(port, '/')
    },
    { timeout: 10_000 },
  )
  expect(log).not.toMatch(/\[(?:warn|error|crit|emerg)\]/)
}

/** Headers that say how to read, keep and choose what was sent. */
const COMPARED = [
  'access-control-allow-origin',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cross-origin-resource-policy',
  'link',
  'vary',
  'x-content-type-options',
] as const

function told({ status, headers, body }: Answered): unknown {
  // A refusal's words are each server's own.
  if (status >= 400) return { status, isKept: headers['cache-control']?.includes('no-store') !== true }
  return { status, body: body.toString('latin1'), ...Object.fromEntries(COMPARED.map((name) => [name, headers[name]])) }
}

const IMG = { Accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }
const FETCH = { Accept: '*/*' }
const BROWSER = { 'Accept-Encoding': 'gzip, deflate, br' }

const TABLE: [what: string, at: string, question?: Question][] = [
  ['a page', '/', { headers: BROWSER }],
  ['a page that takes no coding', '/'],
  ['a page by its file', '/index.html', { headers: BROWSER }],
  ['a page in a folder', '/deep/', { headers: BROWSER }],
  ['a folder without a slash', '/deep'],
  ['a folder without a page', '/art/'],
  ['a hashed script', '/assets/main-0123abcd.js'],
  ['its Brotli', '/assets/main-0123abcd.js', { headers: BROWSER }],
  ['its Zstandard', '/assets/main-0123abcd.js', { headers: { 'Accept-Encoding': 'zstd, gzip' } }],
  ['its gzip', '/assets/main-0123abcd.js', { headers: { 'Accept-Encoding': 'br;q=0, GZIP' } }],
  ['any of its codings', '/assets/main-0123abcd.js', { headers: { 'Accept-Encoding': '*' } }],
  ['none of its codings', '/assets/main-0123abcd.js', { headers: { 'Accept-Encoding': '*;q=0' } }],
  ['a coding that is only like one', '/assets/main-0123abcd.js', { headers: { 'Accept-Encoding': 'xbr, brx' } }],
  ['a sibling by its own name', '/assets/main-0123abcd.js.br'],
  ['a worker', '/worker.js', { headers: BROWSER }],
  ['a name that only looks hashed', '/assets/photo-20241231.png'],
  ['a file with a sibling’s ending and no original', '/level.json.gz', { headers: BROWSER }],
  ['a hashed picture', '/assets/hero-11111111.avif', { headers: FETCH }],
  ['an <img>', '/art/hero.png', { headers: IMG }],
  ['an <img>, headers alone', '/art/hero.png', { headers: IMG, method: 'HEAD' }],
  ['a fetch()', '/art/hero.png', { headers: FETCH }],
  ['any picture', '/art/hero.png', { headers: { Accept: 'image/*' } }],
  ['one who says nothing', '/art/hero.png'],
  ['one who takes AVIF alone', '/art/hero.png', { headers: { Accept: 'image/png, IMAGE/AVIF;q=0.1' } }],
  ['one who takes no AVIF', '/art/hero.png', { headers: { Accept: 'image/avif;q=0, image/webp' } }],
  ['one who takes neither', '/art/hero.png', { headers: { Accept: 'image/webp;q=0.0, */*' } }],
  ['one who takes neither, by range', '/art/hero.png', { headers: { Accept: 'image/*;q=0, */*' } }],
  ['a type with parameters', '/art/hero.png', { headers: { Accept: 'image/avif;depth=8;q=0.5, */*;q=0' } }],
  ['a type that is only like one', '/art/hero.png', { headers: { Accept: 'ximage/avif, image/avifx' } }],
  ['a query', '/art/hero.png?v=1234567', { headers: IMG }],
  ['the same in capitals', '/art/Hero.png', { headers: IMG }],
  ['one more in capitals, which is not there', '/ART/hero.png', { headers: IMG }],
  ['a part of a picture', '/art/hero.png', { headers: { ...FETCH, Range: 'bytes=1-2' } }],
  ['a part beyond its end', '/art/hero.png', { headers: { ...FETCH, Range: 'bytes=5-' } }],
  ['several parts', '/digits.txt', { headers: { Range: 'bytes=0-1,3-4' } }],
  ['a part of what has codings', '/assets/main-0123abcd.js', { headers: { ...BROWSER, Range: 'bytes=0-6' } }],
  ['a picture with a dollar in its name', '/art/gold.png', { headers: FETCH }],
  ['a picture that is best as it is', '/art/best.png', { headers: IMG }],
  ['a name that is not there any more', '/art/gone.png', { headers: IMG }],
  ['a sound', '/snd/rain.wav', { headers: { ...FETCH, ...BROWSER } }],
  ['a sound for who names Ogg', '/snd/rain.wav', { headers: { Accept: 'audio/ogg,*/*;q=0.5', ...BROWSER } }],
  ['a sound for who says nothing', '/snd/rain.wav', { headers: BROWSER }],
  ['a sound as it is', '/snd/rain.wav'],
  ['a sound without a smaller sibling', '/snd/wind.wav', { headers: { ...FETCH, ...BROWSER } }],
  ['what starts with a dot', '/.stamp'],
  ['what is well known', '/.well-known/security.txt'],
  ['the host’s rules', '/_headers'],
  ['what is not there', '/never.png', { headers: IMG }],
  ['a method that changes things', '/art/hero.png', { method: 'DELETE' }],
  ...ODD_NAMES.map((name): [string, string, Question] => [name, `/${encodePath(name)}`, { headers: IMG }]),
  ...ODD_NAMES.map((name): [string, string] => [`${name} as it is`, `/${encodeURIComponent(name)}`]),
]

test.skipIf(NGINX === undefined).each(TABLE)('nginx and the origin answer alike: %s', async (_what, at, question) => {
  expect(told(await askAt(ports.nginx, at, question))).toEqual(told(await askAt(ports.origin, at, question)))
})

test.skipIf(NGINX === undefined)(
  'each representation has a validator, which spares its body and no other’s',
  async () => {
    for (const port of [ports.nginx, ports.origin]) {
      const avif = await askAt(port, '/art/hero.png', { headers: IMG })
      const tag = { 'If-None-Match': avif.headers.etag ?? '' }
      const again = await askAt(port, '/art/hero.png', { headers: { ...IMG, ...tag } })
      expect([again.status, again.headers.vary, again.body.length]).toEqual([304, 'Accept', 0])
      expect((await askAt(port, '/art/hero.png', { headers: { ...FETCH, ...tag } })).status).toBe(200)
      const part = { ...FETCH, Range: 'bytes=0-1', 'If-Range': avif.headers.etag ?? '' }
      expect((await askAt(port, '/art/hero.png', { headers: part })).body.toString()).toBe('webp!')
    }
  },
)

test.skipIf(NGINX === undefined)('under a path of its own nginx serves the same, and nothing beside it', async () => {
  const { headers, body } = await askAt(ports.based, '/game/art/hero%201.png', { headers: IMG })
  expect([headers['content-location'], body.toString()]).toEqual(['/game/assets/hero-11111111.avif', 'avif'])
  const page = await askAt(ports.based, '/game/', { headers: BROWSER })
  expect([page.status, page.headers['content-encoding']]).toEqual([200, 'br'])
  expect(page.headers['link']).toContain('</game/assets/main-0123abcd.js>; rel=modulepreload')
  expect((await askAt(ports.based, '/game/art/what%3F.png')).body.toString()).toBe('png of art/what?.png')
  for (const at of ['/', '/art/hero.png', '/gamer/', '/game']) expect((await askAt(ports.based, at)).status).toBe(404)
})
