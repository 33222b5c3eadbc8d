import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server, ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAt, manifestOf, writeFiles, type Answered } from './fixture.ts'
import { createOrigin, serveFolder } from './origin.ts'

const SCRIPT = 'console.log("hello");\n'.repeat(200)
const DIGITS = '0123456789'
let dir: string
let server: Server

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'firstframe-origin-'))
  await writeFiles(dir, {
    'manifest.json': JSON.stringify(
      manifestOf({
        entries: { 'main.ts': { kind: 'script', file: 'assets/main-0123abcd.js', bytes: SCRIPT.length } },
      }),
    ),
    'assets/main-0123abcd.js': SCRIPT,
    'assets/main-0123abcd.js.gz': gzipSync(SCRIPT),
    'assets/main-0123abcd.js.br': brotliCompressSync(SCRIPT),
    'assets/main-0123abcd.js.zst': Buffer.concat([zstdCompressSync(SCRIPT), zstdCompressSync('')]),
    'assets/photo-20241231.png': 'not ours',
    'worker.js': 'self',
    'digits.txt': DIGITS,
    'index.html': '<!doctype html>',
    'ä b%.avif': 'picture',
    '.stamp': 'secret',
    'empty.txt': '',
    'gone.txt': 'soon gone',
    'grown.txt': 'short',
    'long.bin': Buffer.alloc(300_000, 7),
  })
  await writeFile(`${dir}-outside.txt`, 'secret')
  server = await serveFolder({ dir, port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  server.close()
  await rm(dir, { recursive: true })
  await rm(`${dir}-outside.txt`)
})

const ask = (at: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answered> =>
  askAt((server.address() as AddressInfo).port, at, { headers, method })
const MAIN = '/assets/main-0123abcd.js'

test('a file that the manifest lists may be kept for a year and read from other origins', async () => {
  const { status, headers, body } = await ask(MAIN)
  expect(status).toBe(200)
  expect(body.toString()).toBe(SCRIPT)
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': String(SCRIPT.length),
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
  })
})

test.each(['/assets/photo-20241231.png', '/worker.js', '/digits.txt', '/', '/manifest.json'])(
  '%s is revalidated, whatever its name looks like',
  async (at) => {
    const { status, headers } = await ask(at)
    expect([status, headers['cache-control']]).toEqual([200, 'no-cache'])
    expect(headers.etag).toMatch(/^"[\w-]+"$/)
  },
)

test.each([
  ['gzip', 'gzip', gunzipSync],
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
  ['zstd, gzip', 'zstd', zstdDecompressSync],
  ['br;q=0, gzip;q=0.5, zstd;q=0.1', 'gzip', gunzipSync],
  ['*', 'br', brotliDecompressSync],
])('Accept-Encoding: %s is answered with the smallest allowed, %s', async (accept, coding, decode) => {
  const { headers, body } = await ask(MAIN, { 'Accept-Encoding': accept })
  expect(headers['content-encoding']).toBe(coding)
  expect(headers['content-length']).toBe(String(body.length))
  expect(decode(body).toString()).toBe(SCRIPT)
})

test.each(['identity', '', 'gzip;q=0', 'deflate', 'identity;q=1, gzip;q=0.5'])(
  'Accept-Encoding: %j is answered with the file as it is',
  async (accept) => {
    const { headers } = await ask(MAIN, { 'Accept-Encoding': accept })
    expect(headers['content-encoding']).toBeUndefined()
  },
)

test('each encoding has a validator of its own, and it spares the body', async () => {
  const plain = await ask(MAIN)
  const zipped = await ask(MAIN, { 'Accept-Encoding': 'gzip' })
  expect(zipped.headers.etag).not.toBe(plain.headers.etag)
  const again = await ask(MAIN, { 'If-None-Match': `"x", W/${plain.headers.etag}` })
  expect([again.status, again.body.length, again.headers['content-length']]).toEqual([304, 0, undefined])
  expect(again.headers).toMatchObject({ etag: plain.headers.etag, vary: 'Accept-Encoding' })
  const other = await ask(MAIN, { 'If-None-Match': zipped.headers.etag ?? '' })
  expect(other.status).toBe(200)
})

test('HEAD has the headers of GET and no body', async () => {
  const { status, headers, body } = await ask(MAIN, {}, 'HEAD')
  expect([status, headers['content-length'], body.length]).toEqual([200, String(SCRIPT.length), 0])
})

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
  ['bytes=5-500', '56789', 'bytes 5-9/10'],
])('Range: %s is answered with that part', async (range, text, contentRange) => {
  const { status, headers, body } = await ask('/digits.txt', { Range: range })
  expect([status, body.toString(), headers['content-range']]).toEqual([206, text, contentRange])
})

test('a range of an encoded file is one of the file as it is', async () => {
  const { status, headers, body } = await ask(MAIN, { Range: 'bytes=0-6', 'Accept-Encoding': 'br' })
  expect([status, headers['content-encoding'], body.toString()]).toEqual([206, undefined, 'console'])
})

test('a range beyond the end is refused with the size; several, backward and unknown ones get the whole', async () => {
  const beyond = await ask('/digits.txt', { Range: 'bytes=10-' })
  expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10'])
  for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'bytes=-'])
    expect((await ask('/digits.txt', { Range: range })).status).toBe(200)
})

test('a refused range says nothing of the file that a cache could keep', async () => {
  const { status, headers } = await ask(MAIN, { Range: 'bytes=99999-' })
  expect([status, headers['cache-control'], headers.etag]).toEqual([416, 'no-store', undefined])
})

test('a file that is gone or another since the start is answered with 404, and kept by nobody', async () => {
  await rm(path.join(dir, 'gone.txt'))
  await writeFile(path.join(dir, 'grown.txt'), 'longer than it was')
  for (const at of ['/gone.txt', '/grown.txt', '/never.txt']) {
    const { status, headers, body } = await ask(at)
    expect([status, headers['cache-control'], headers.etag]).toEqual([404, 'no-store', undefined])
    expect(body.toString()).toBe('There is no such file\n')
  }
})

test('If-Range with another validator gets the whole', async () => {
  expect((await ask('/digits.txt', { Range: 'bytes=0-1', 'If-Range': '"old"' })).status).toBe(200)
})

test('a method that changes things is refused, with those that are not', async () => {
  const { status, headers } = await ask('/digits.txt', {}, 'POST')
  expect([status, headers.allow, headers['cache-control']]).toEqual([405, 'GET, HEAD', 'no-store'])
})

test.each(['outside.txt', '%2e%2e/', '..%2f', '../', '%'])(
  'nothing outside the folder is reached by /%s',
  async (way) => {
    for (const at of [`/${way}${path.basename(dir)}-outside.txt`, `/assets/${way}${path.basename(dir)}-outside.txt`])
      expect((await ask(at)).status).toBe(404)
  },
)

test('files that start with a dot and precompressed siblings are not served by name', async () => {
  expect((await ask('/.stamp')).status).toBe(404)
  expect((await ask(`${MAIN}.gz`)).status).toBe(404)
})

test('names with spaces, percent signs and umlauts, queries and empty files are served', async () => {
  const { headers, body } = await ask(`/${encodeURIComponent('ä b%.avif')}?v=1`)
  expect([headers['content-type'], body.toString()]).toEqual(['image/avif', 'picture'])
  expect((await ask('/empty.txt')).status).toBe(200)
})

test('a path without a file is left to who comes next', () => {
  let passed = false
  const origin = createOrigin({ dir })
  origin({ url: '/village', method: 'POST', headers: {} } as never, {} as never, () => (passed = true))
  expect(passed).toBe(true)
})

test.each(['/digits.txt', '/long.bin'])(
  'a caller that has all bytes of %s and hangs up has not given up',
  async (at) => {
    const ends: boolean[] = []
    const watch = (_: unknown, res: ServerResponse) => res.once('close', () => ends.push(res.writableFinished))
    server.on('request', watch)
    for (let turn = 0; turn < 20; turn++) await countAndHangUp(at)
    await expect.poll(() => ends.length).toBe(20)
    server.off('request', watch)
    expect(ends).not.toContain(false)
  },
)

/** As a load balancer that keeps no connection to its servers: it closes the line with the last byte. */
function countAndHangUp(at: string): Promise<void> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    let got = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(`GET ${at} HTTP/1.1\r\nHost: a\r\n\r\n`))
    socket.setEncoding('latin1').on('error', reject)
    socket.on('data', (text: string) => {
      got += text
      const [head = '', body] = got.split('\r\n\r\n', 2)
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
      if (body?.length !== length) return
      socket.resetAndDestroy()
      resolve()
    })
  })
}
