import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encode, send } from './encode.ts'
import { app, listen } from './testing.ts'

const lines = (bytes: number) => '<p>Dusk at the edge of a forest.</p>\n'.repeat(Math.ceil(bytes / 37)).slice(0, bytes)
const HTML = 'text/html; charset=utf-8'

const decode: Record<string, (body: Buffer) => Buffer> = {
  deflate: inflateSync,
  gzip: gunzipSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/** Answers `/N` with N bytes. */
function site() {
  const site = app()
  site.use(encode())
  site.use('/stream', (_req, res) => {
    res.type('html')
    for (let i = 0; i < 10; i++) res.write(lines(1000))
    res.end()
  })
  site.use('/events', (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' })
    res.end(`data: ${'x'.repeat(5000)}\n\n`)
  })
  site.use((req, res) => send(req, res, lines(Number(req.path.slice(1))), HTML))
  return site
}

test.each([
  ['gzip, deflate, br, zstd', 4000, 'zstd'],
  ['gzip, deflate, br, zstd', 40_000, 'zstd'],
  ['gzip, deflate, br', 4000, 'gzip'],
  ['gzip, deflate, br', 40_000, 'br'],
  ['gzip', 40_000, 'gzip'],
  ['br', 4000, 'br'],
  ['zstd;q=0.5, gzip;q=0.9', 4000, 'gzip'],
  ['zstd;q=0, *', 4000, 'gzip'],
  ['*;q=0', 4000, undefined],
  ['deflate', 4000, 'deflate'],
  ['', 4000, undefined],
  ['identity;q=1, gzip;q=0.5', 4000, undefined],
  ['gzip, br, zstd', 859, undefined],
  ['gzip, br, zstd', 860, 'zstd'],
  ['gzip, br, zstd', 100_000, 'br'],
])('%j and %i bytes: %s', async (accept, bytes, expected) => {
  await using server = await listen(site())
  const answer = await server.ask(`/${bytes}`, { headers: { 'Accept-Encoding': accept } })
  const encoding = answer.headers['content-encoding']
  expect(encoding).toBe(expected)
  expect(answer.headers.vary).toContain('Accept-Encoding')
  expect((decode[encoding ?? ''] ?? ((body) => body))(answer.bytes).toString()).toBe(lines(bytes))
})

test('the tag is one for all encodings, and validates each', async () => {
  await using server = await listen(site())
  const encodings = ['zstd', 'gzip', 'br', 'identity']
  const answers = await Promise.all(
    encodings.map((encoding) => server.ask('/9000', { headers: { 'Accept-Encoding': encoding } })),
  )
  expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1)
  const tag = String(answers[0]?.headers.etag)
  expect(tag).toMatch(/^W\/"[\w-]{22}"$/)
  for (const encoding of encodings) {
    const headers = { 'Accept-Encoding': encoding, 'If-None-Match': `"other", ${tag}` }
    const again = await server.ask('/9000', { headers })
    expect(again.status).toBe(304)
    expect(again.bytes).toHaveLength(0)
    expect(again.headers).toMatchObject({ etag: tag, vary: 'Accept-Encoding' })
    expect(again.headers).not.toHaveProperty('content-encoding')
    expect((await server.ask('/9001', { headers })).status).toBe(200)
  }
})

test('a large body has a tag that validates too', async () => {
  await using server = await listen(site())
  const headers = { 'Accept-Encoding': 'gzip' }
  const { etag } = (await server.ask('/100000', { headers })).headers
  expect((await server.ask('/100000', { headers: { ...headers, 'If-None-Match': String(etag) } })).status).toBe(304)
})

test('HEAD has the head of GET and no body', async () => {
  await using server = await listen(site())
  for (const path of ['/500', '/5000']) {
    const headers = { 'Accept-Encoding': 'zstd' }
    const [get, head] = [await server.ask(path, { headers }), await server.ask(path, { method: 'HEAD', headers })]
    expect(head.bytes).toHaveLength(0)
    for (const name of ['content-length', 'content-encoding', 'etag', 'content-type', 'vary'])
      expect(head.headers[name]).toBe(get.headers[name])
  }
})

test('only answers to reading have a tag', async () => {
  await using server = await listen(site())
  expect((await server.ask('/5000', { method: 'POST' })).headers).not.toHaveProperty('etag')
})

test('what is streamed is compressed on its way', async () => {
  await using server = await listen(site())
  const answer = await server.ask('/stream', { headers: { 'Accept-Encoding': 'gzip' } })
  expect(answer.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(answer.bytes).toString()).toBe(lines(1000).repeat(10))
})

test('server-sent events are never compressed', async () => {
  await using server = await listen(site())
  const answer = await server.ask('/events', { headers: { 'Accept-Encoding': 'gzip, br, zstd' } })
  expect(answer.headers).not.toHaveProperty('content-encoding')
  expect(answer.text).toContain('xxxxx')
})

test('what has been answered already stays as it is', async () => {
  const site = app()
  site.use((req, res) => {
    res.end('first')
    send(req, res, 'second', HTML)
  })
  await using server = await listen(site)
  expect((await server.ask('/')).text).toBe('first')
})
