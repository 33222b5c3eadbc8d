import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, askAt, GAME, manifestOf, ODD_NAMES, writeFiles, type Answered } from './fixture.ts'
import { createOrigin, serveFolder } from './origin.ts'
import { encodePath } from './urls.ts'

let dir: string
const servers: Server[] = []
let port: number
let based: number

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'firstframe-negotiation-'))
  await writeFiles(dir, GAME)
  port = await serve({ earlyHints: true })
  based = await serve({ base: '/game/' })
})
afterAll(async () => {
  for (const server of servers) server.close()
  await rm(dir, { recursive: true })
})

async function serve(options: { base?: string; earlyHints?: boolean }): Promise<number> {
  const server = await serveFolder({ dir, port: 0, host: '127.0.0.1', ...options })
  servers.push(server)
  return (server.address() as AddressInfo).port
}

const IMG = { Accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }
const FETCH = { Accept: '*/*' }
const ask = (at: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answered> =>
  askAt(port, at, { headers, method })

test('a name is answered with the smallest file that the caller takes, by its true type and its address', async () => {
  const { status, headers, body } = await ask('/art/hero.png', IMG)
  expect([status, body.toString()]).toEqual([200, 'avif'])
  expect(headers).toMatchObject({
    'content-type': 'image/avif',
    'content-length': '4',
    'content-location': '/assets/hero-11111111.avif',
    vary: 'Accept',
    'cache-control': 'no-cache',
  })
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('who takes nothing better gets the name’s own bytes, and every cache is told what they depend on', async () => {
  for (const accept of [{}, { Accept: 'image/png' }]) {
    const { headers, body } = await ask('/art/hero.png', accept)
    expect([headers['content-type'], headers.vary, body.toString()]).toEqual(['image/png', 'Accept', 'png of hero'])
    expect(headers['content-location']).toBeUndefined()
  }
})

test('HEAD, 304 and 206 are of the file that GET is answered with', async () => {
  const { headers } = await ask('/art/hero.png', FETCH, 'HEAD')
  expect([headers['content-length'], headers.vary]).toEqual(['5', 'Accept'])
  const spared = await ask('/art/hero.png', { ...FETCH, 'If-None-Match': headers.etag ?? '' })
  expect([spared.status, spared.headers.vary, spared.headers.etag]).toEqual([304, 'Accept', headers.etag])
  const part = await ask('/art/hero.png', { ...FETCH, Range: 'bytes=0-2' })
  expect([part.status, part.body.toString(), part.headers['content-range']]).toEqual([206, 'web', 'bytes 0-2/5'])
  expect([part.headers['content-type'], part.headers.vary]).toEqual(['image/webp', 'Accept'])
})

test('a validator of one representation does not spare another', async () => {
  const tags = await Promise.all(
    [IMG, FETCH, {}].map(async (accept) => (await ask('/art/hero.png', accept)).headers.etag),
  )
  expect(new Set(tags).size).toBe(3)
  for (const tag of tags.slice(1))
    expect((await ask('/art/hero.png', { ...IMG, 'If-None-Match': tag ?? '' })).status).toBe(200)
})

test('a part of one representation is not added to another', async () => {
  const { headers } = await ask('/art/hero.png', IMG)
  const { status, body } = await ask('/art/hero.png', { ...FETCH, Range: 'bytes=2-', 'If-Range': headers.etag ?? '' })
  expect([status, body.toString()]).toEqual([200, 'webp!'])
})

test('a sound with a smaller sibling depends on both kinds of preference, in every form', async () => {
  const coding = { 'Accept-Encoding': 'br, gzip' }
  const forms = await Promise.all([
    ask('/snd/rain.wav', { Accept: 'audio/ogg', ...coding }),
    ask('/snd/rain.wav', { ...FETCH, ...coding }),
    ask('/snd/rain.wav', coding),
    ask('/snd/rain.wav'),
  ])
  expect(forms.map(({ headers }) => headers['content-type'])).toEqual([
    'audio/ogg',
    'audio/mpeg',
    'audio/wav',
    'audio/wav',
  ])
  expect(forms.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, undefined, 'br', undefined])
  for (const { headers } of forms) expect(headers.vary).toBe('Accept, Accept-Encoding')
})

test.each(ODD_NAMES)('%s is found by its name alone, whatever is asked of it', async (name) => {
  for (const at of [encodePath(name), name.split('/').map(encodeURIComponent).join('/')])
    for (const query of ['', '?v=1234567', '?a=1&b=%2F#c'])
      expect((await ask(`/${at}${query}`, FETCH)).body.toString()).toBe('webp!')
})

test('names that differ in case are two', async () => {
  expect((await ask('/art/Hero.png', IMG)).body.toString()).toBe('webp!')
  expect((await ask('/art/Hero.png')).body.toString()).toBe('png of Hero')
  expect((await ask('/ART/hero.png')).status).toBe(404)
})

test('a name that is not there any more is not answered with another file', async () => {
  expect((await ask('/art/gone.png', IMG)).status).toBe(404)
})

test('what a host reads its rules from is not served', async () => {
  expect((await ask('/_headers')).status).toBe(404)
})

const LINK =
  '</assets/main-0123abcd.js>; rel=modulepreload, </assets/hero-11111111.avif>; rel=preload; as=image; type="image/avif"'

test('a document says what it needs, and to who navigates it says so ahead', async () => {
  const navigation = await ask('/', { 'Sec-Fetch-Mode': 'navigate' })
  expect([navigation.headers['link'], navigation.hints]).toEqual([LINK, [LINK]])
  const fetched = await ask('/', { 'Sec-Fetch-Mode': 'cors' })
  expect([fetched.headers['link'], fetched.hints]).toEqual([LINK, []])
  const spared = await ask('/', { 'Sec-Fetch-Mode': 'navigate', 'If-None-Match': navigation.headers.etag ?? '' })
  expect([spared.status, spared.hints]).toEqual([304, []])
})

test('a caller of HTTP/1.0, and an origin that was not told to, get no hints ahead', async () => {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.0\r\nSec-Fetch-Mode: navigate\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK/)
  const { status, hints } = await askAt(based, '/game/', { headers: { 'Sec-Fetch-Mode': 'navigate' } })
  expect([status, hints]).toEqual([200, []])
})

test('under a path of its own all addresses begin with it, and nothing is served beside it', async () => {
  const page = await askAt(based, '/game/?x')
  expect(page.headers['link']).toContain('</game/assets/main-0123abcd.js>')
  const picture = await askAt(based, '/game/art/hero.png', { headers: IMG })
  expect(picture.headers['content-location']).toBe('/game/assets/hero-11111111.avif')
  for (const at of ['/', '/game', '/gamer/index.html', '/art/hero.png'])
    expect((await askAt(based, at)).status).toBe(404)
})

test.each(['game', '/game', './', 'https://cdn.example/', '/a?b/'])(
  'a base of %j is refused with what was expected',
  (base) => {
    expect(() => createOrigin({ dir, base })).toThrow(
      `base is "${base}", expected a path with a slash at both ends, as in "/game/"`,
    )
  },
)

/** A folder of a few files, gone when the test is over. */
async function withFolder(files: Record<string, string>, run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstframe-built-'))
  try {
    await writeFiles(folder, files)
    await run(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a file to send that is not there stops the start, by name', async () => {
  const hero = answer({ file: 'assets/hero-99999999.avif', bytes: 1, type: 'image/avif' })
  const manifest = JSON.stringify(manifestOf({ answers: { 'art/hero.png': hero } }))
  await withFolder({ 'manifest.json': manifest, 'art/hero.png': 'png' }, async (folder) => {
    expect(() => createOrigin({ dir: folder })).toThrow(
      `${folder}/manifest.json answers "art/hero.png" with assets/hero-99999999.avif, which is not there: build again, or copy the whole folder`,
    )
  })
})

test.each([
  ['{ "format": 2,', 'is no JSON, expected what a build writes: build again'],
  ['{ "format": 1, "entries": {}, "images": {} }', 'is of format 1, expected 2: build again with this version'],
])('a manifest that reads %s stops the start', async (manifest, words) => {
  await withFolder({ 'manifest.json': manifest }, async (folder) => {
    expect(() => createOrigin({ dir: folder })).toThrow(`${folder}/manifest.json ${words}`)
  })
})

test('a web app’s manifest is none of a build: everything is served as it is', async () => {
  await withFolder({ 'manifest.json': '{ "name": "Game" }', 'a.png': 'png' }, async (folder) => {
    expect(() => createOrigin({ dir: folder })).not.toThrow()
  })
})

test('a public file’s validator is the manifest’s hash, unless the file was changed since the build', async () => {
  const words = 'version 1.2.3'
  const manifest = JSON.stringify(
    manifestOf({ answers: { 'version.txt': { hash: '0a1b2c3d', bytes: words.length, instead: [] } } }),
  )
  await withFolder({ 'version.txt': words, 'manifest.json': manifest }, async (folder) => {
    const etagOf = async (): Promise<string | undefined> => {
      const server = await serveFolder({ dir: folder, port: 0, host: '127.0.0.1' })
      const { headers } = await askAt((server.address() as AddressInfo).port, '/version.txt')
      server.close()
      return headers.etag
    }
    expect(await etagOf()).toBe('"0a1b2c3d"')
    await writeFile(path.join(folder, 'version.txt'), 'version 1.2.4')
    // The clock of a file system may not have moved on since.
    await utimes(path.join(folder, 'version.txt'), Date.now() / 1000 + 60, Date.now() / 1000 + 60)
    expect(await etagOf()).toMatch(/^"(?!0a1b2c3d)[\da-f]{8}"$/)
  })
})
