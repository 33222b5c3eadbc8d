import { hash } from 'node:crypto'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createAssets } from './assets.ts'
import { answerError, errors } from './errors.ts'
import { MANIFEST, page } from './fixture.ts'
import { encode } from './encode.ts'
import { headers } from './headers.ts'
import { type Html, html } from './html.ts'
import { HttpError } from './httperror.ts'
import { createPages, type Page } from './pages.ts'
import { app, listen } from './testing.ts'

const assets = createAssets(MANIFEST, '')

function site(more: Partial<Page> = {}, rendered: string[] = []) {
  const sendPage = createPages({ assets: () => assets })
  const site = app()
  site.use(headers())
  site.use((req, res) => sendPage(req, res, page(rendered, more)))
  site.use(
    errors(
      answerError({
        errorPage: (_req, _status, words) =>
          page([], { fragments: { notice: () => html`<p id="notice">${words}</p>` } }),
        sendPage,
      }),
    ),
  )
  return site
}

test('a document has its head in order, escaped, and blocks on nothing', async () => {
  await using server = await listen(site())
  const { text, headers, status } = await server.ask('/village?tab=1')
  expect(status).toBe(200)
  expect(text).toMatchInlineSnapshot(`
    "<!doctype html>
    <html lang="en" data-release="r1">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <title>The &lt;village&gt;</title>
    <meta name="description" content="Dusk &amp; embers">
    <link rel="preload" as="font" type="font/woff2" href="/assets/grenze-1.woff2" crossorigin>
    <style data-href="/assets/frame-1.css">@font-face{src:url(/assets/grenze-1.woff2)}</style>
    <script type="module" src="/assets/main-1.js"></script><link rel="modulepreload" href="/assets/queue-1.js">

    </head>
    <body class="village" data-path="/village">
    <div data-tag="OiSBNfdzGb3q" id="hud">7 coins</div><div data-tag="9c6HwJ-YGf3u" id="main">Hearth</div><div id="notice"></div>
    <link rel="stylesheet" href="/assets/game-1.css">
    </body>
    </html>
    "
  `)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'private, no-cache',
    release: 'r1',
    vary: 'Fragment, Accept-Encoding',
  })
})

test('a page has under its name each sheet that its parts name later, linked or inlined', async () => {
  await using server = await listen(site())
  const sheetsIn = (text: string) =>
    Array.from(
      text.matchAll(/<link rel="stylesheet" href="([^"]*)"|<style data-href="([^"]*)"/g),
      (found) => found[1] ?? found[2],
    )
  const [whole, parts] = [await server.ask('/'), await server.ask('/', { headers: { Fragment: 'main' } })]
  expect(sheetsIn(parts.text)).toEqual(['/assets/frame-1.css', '/assets/game-1.css'])
  expect(sheetsIn(whole.text)).toEqual(sheetsIn(parts.text))
})

test('where assets come from another origin, the document says from which', async () => {
  const cdn = createAssets(MANIFEST, 'https://cdn.example/')
  const site = app()
  site.use((req, res) => createPages({ assets: () => cdn })(req, res, page()))
  await using server = await listen(site)
  expect((await server.ask('/')).text).toContain('<html lang="en" data-release="r1" data-assets="https://cdn.example">')
})

test('every inline style is let through by its hash', async () => {
  const picture = assets.image('scenes/village', { alt: '' })
  await using server = await listen(site({ fragments: { main: () => picture }, body: ({ main }) => html`${main}` }))
  const { text, headers } = await server.ask('/')
  const styles = Array.from(text.matchAll(/<style[^>]*>(.*?)<\/style>/gs), ([, style = '']) => style)
  expect(styles).toHaveLength(2)
  expect(styles[1]).toBe('.p-2a2350{background:#2a2350}')
  for (const style of styles)
    expect(headers['content-security-policy']).toContain(`'sha256-${hash('sha256', style, 'base64')}'`)
})

test('the parts that are asked for come in the order asked, and no other is drawn', async () => {
  const rendered: string[] = []
  await using server = await listen(site({}, rendered))
  const { text, headers } = await server.ask('/village', { headers: { Fragment: 'main, hud' } })
  expect(text).toBe(
    '<title>The &lt;village&gt;</title><link rel="stylesheet" href="/assets/frame-1.css"><link rel="stylesheet" href="/assets/game-1.css">' +
      '<body class="village" data-path="/village"><div data-tag="9c6HwJ-YGf3u" id="main">Hearth</div><div data-tag="OiSBNfdzGb3q" id="hud">7 coins</div>',
  )
  expect(rendered).toEqual(['main', 'hud'])
  expect(headers).toMatchObject({ release: 'r1', vary: 'Fragment, Fragment-Known, Accept-Encoding' })
  expect(headers).not.toHaveProperty('fragment-location')
})

test('an old page may ask for a part that is no more, beside others', async () => {
  await using server = await listen(site())
  const { text, status } = await server.ask('/', { headers: { Fragment: 'hud, sidebar' } })
  expect(status).toBe(200)
  expect(text).toContain('7 coins')
})

test.each([
  ['sidebar', 'this page has hud, main, notice'],
  ['<script>', 'no fragment&#39;s name'],
])('asking for %s alone is refused in words', async (name, words) => {
  await using server = await listen(site())
  const { text, status } = await server.ask('/', { headers: { Fragment: name } })
  expect(status).toBe(400)
  expect(text).toContain(name === 'sidebar' ? words : words.replace('&#39;', "'"))
})

test('a failure is said even to those who did not ask for the notice', async () => {
  await using server = await listen(site({ status: 409 }))
  const { text, status, headers } = await server.ask('/', { method: 'POST', headers: { Fragment: 'hud' } })
  expect(status).toBe(409)
  expect(text).toContain('<div id="notice">')
  expect(headers).not.toHaveProperty('etag')
})

test('the new address is told', async () => {
  await using server = await listen(site({ location: '/battle?did=1' }))
  const { headers, text } = await server.ask('/attack', { method: 'POST', headers: { Fragment: 'hud' } })
  expect(headers['fragment-location']).toBe('/battle?did=1')
  expect(text).toContain('data-path="/battle"')
})

test.each(['zstd', 'gzip'])(
  'who has the page already gets 304, encoded by %s or not, whole and in parts',
  async (encoding) => {
    await using server = await listen(
      site({ fragments: { main: () => html`<main>${'x'.repeat(2000)}</main>` }, body: ({ main }) => html`${main}` }),
    )
    const tags = new Set<unknown>()
    for (const fragment of ['', 'main']) {
      const headers = { 'Accept-Encoding': encoding, Fragment: fragment }
      const first = await server.ask('/', { headers })
      expect(first.headers['content-encoding']).toBe(encoding)
      expect((encoding === 'gzip' ? gunzipSync : zstdDecompressSync)(first.bytes).toString()).toContain('xxxx')
      tags.add(first.headers.etag)
      const again = await server.ask('/', { headers: { ...headers, 'If-None-Match': String(first.headers.etag) } })
      expect(again.status).toBe(304)
      expect(again.bytes).toHaveLength(0)
      expect(again.headers).toMatchObject({
        vary: fragment ? 'Fragment, Fragment-Known, Accept-Encoding' : 'Fragment, Accept-Encoding',
        release: 'r1',
        'cache-control': 'private, no-cache',
      })
    }
    expect(tags.size).toBe(2)
  },
)

test('parts that the page has already are left out, and that answer is stored nowhere', async () => {
  await using server = await listen(site())
  const ask = async (known: string) =>
    server.ask('/', { headers: { Fragment: 'hud, main, notice', 'Fragment-Known': known } })
  const first = await ask('')
  const tags = Object.fromEntries(
    Array.from(first.text.matchAll(/data-tag="([^"]+)" id="([^"]+)"/g), ([, tag, id]) => [id, tag]),
  )
  expect(Object.keys(tags)).toEqual(['hud', 'main'])
  const again = await ask(`hud=${tags['hud']},main=older`)
  expect(again.text).not.toContain('7 coins')
  expect(again.text).toContain('Hearth')
  expect(again.text).toContain('id="notice"')
  expect(again.headers['cache-control']).toBe('private, no-store')
})

test('a part’s validator changes with what it shows', async () => {
  await using server = await listen(site({ fragments: { hud: () => html`<b id="hud">${String(++count)}</b>` } }))
  let count = 0
  const tag = async () => /data-tag="([^"]+)"/.exec((await server.ask('/', { headers: { Fragment: 'hud' } })).text)?.[1]
  expect(await tag()).not.toBe(await tag())
})

test('a late part follows the others, compressed or not, and a whole page waits for it', async () => {
  const gate = Promise.withResolvers<void>()
  const late = async () => {
    await gate.promise
    return html`<main id="main">late</main>`
  }
  const sendPage = createPages({ assets: () => assets })
  const { fragments: parts } = page()
  const hud = parts['hud'] ?? (() => html``)
  const chain = app()
  chain.use(encode())
  chain.use((req, res) => sendPage(req, res, page([], { fragments: { hud }, late: { main: late } })))
  await using server = await listen(chain)
  const response = await fetch(`${server.url}/`, { headers: { Fragment: 'main, hud', 'Accept-Encoding': 'gzip' } })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(response.headers.get('fragment-late')).toBe('main')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (words: string) => {
    while (!text.includes(words)) text += (await reader?.read())?.value ?? ''
  }
  await until('7 coins</div><!---->')
  expect(text).not.toContain('late')
  gate.resolve()
  await until('late</main><!---->')
  expect((await reader?.read())?.done).toBe(true)
  expect((await server.ask('/')).text).toMatch(/7 coins.*late/s)
})

test('a late part that fails cuts the answer; a whole page says so', async () => {
  const late = { main: () => Promise.reject<Html>(new HttpError(503, 'The smithy is closed.')) }
  const { hud = () => html`` } = page().fragments
  await using server = await listen(site({ fragments: { hud }, late }))
  const response = await fetch(`${server.url}/`, { headers: { Fragment: 'main, hud' } })
  await expect(response.text()).rejects.toThrow('terminated')
  const whole = await server.ask('/')
  expect(whole.status).toBe(503)
  expect(whole.text).toContain('The smithy is closed.')
})

test('a path cannot break out of the body’s attribute', async () => {
  await using server = await listen(site())
  const { text } = await server.ask(`/a"><b>'`)
  expect(text).toContain('data-path="/a%22%3E%3Cb%3E&#39;"')
})
