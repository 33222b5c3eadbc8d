import { expect, test } from 'vitest'
import { find, noise, page } from './fixture.ts'
import { msOfBytes, msOfTrips } from './line.ts'

const link = (href: string, more = ''): string => `<link rel="stylesheet" href="${href}"${more}>`
const script = (src: string, more = ''): string => `<script src="${src}"${more}></script>`
const face = (src: string, more = ''): string => `@font-face{font-family:Ember;src:url(${src});${more}}`

test('a script in the head that stops the parser costs its round trip and its bytes', async () => {
  const found = await find('blocking-script', { 'index.html': page(script('engine.js')), 'engine.js': noise(20_000) })
  expect(found).toMatchObject({ where: 'index.html', bytes: 20_000, ms: msOfTrips(1) + msOfBytes(20_000) })
  expect(found?.what).toBe('1 script of 20.0 kB must arrive and run before anything is painted: engine.js.')
})

test.each([
  ['deferred', page(script('engine.js', ' defer'))],
  ['a module', page(script('engine.js', ' type="module"'))],
  ['after what is painted', page('', `<main>Play</main>${script('engine.js')}`)],
  ['data, not code', page(script('engine.js', ' type="application/json"'))],
])('a script that is %s holds up nothing', async (_case, html) => {
  expect(await find('blocking-script', { 'index.html': html, 'engine.js': noise(20_000) })).toBeUndefined()
})

test('a stylesheet in the head holds up the first paint, one for print does not', async () => {
  const sheet = `a{b:${noise(9000)}}`
  const found = await find('blocking-style', { 'index.html': page(link('a.css')), 'a.css': sheet })
  expect(found).toMatchObject({ where: 'index.html', bytes: sheet.length })
  const print = page(link('a.css', ' media="print"'))
  expect(await find('blocking-style', { 'index.html': print, 'a.css': sheet })).toBeUndefined()
})

test('an @import is a round trip more, and one within a comment is none', async () => {
  const files = { 'index.html': page(link('css/a.css')), 'css/b.css': 'b{color:red}' }
  const found = await find('css-import', { ...files, 'css/a.css': '@import "./b.css";' })
  expect(found).toMatchObject({ where: 'css/a.css', ms: msOfTrips(1) })
  expect(await find('css-import', { ...files, 'css/a.css': '/* @import "./b.css"; */ a{color:red}' })).toBeUndefined()
})

test('another host before the first paint costs a connection', async () => {
  const fonts = link('https://fonts.example.com/css?family=Ember')
  const found = await find('foreign-host', { 'index.html': page(fonts + link('//fonts.example.com/b.css')) })
  expect(found?.ms).toBe(msOfTrips(4))
  expect(found?.what).toContain('2 files of fonts.example.com')
  const later = page(script('https://cdn.example.com/engine.js', ' defer'))
  expect(await find('foreign-host', { 'index.html': later })).toBeUndefined()
})

test('modules found one after the other cost a round trip each, unless the page names them', async () => {
  const files = {
    'a.js': 'import{b}from"./b.js";b()',
    'b.js': 'import"./c.js";export const b=()=>{}',
    'c.js': 'export{}',
  }
  const entry = script('/game/a.js', ' type="module"')
  const found = await find('import-chain', { ...files, 'index.html': page(entry) })
  expect(found?.ms).toBe(msOfTrips(2))
  expect(found?.what).toContain('a.js → b.js → c.js')
  const named = ['b', 'c'].map((name) => `<link rel="modulepreload" href="/game/${name}.js">`).join('')
  expect(await find('import-chain', { ...files, 'index.html': page(entry + named) })).toBeUndefined()
})

test('scripts beyond what a game can start with are told with the largest', async () => {
  const html = page(script('a.js', ' type="module"'))
  const heavy = await find('heavy-start', { 'index.html': html, 'a.js': `x="${noise(600_000)}"` })
  expect(heavy?.bytes).toBe(600_004 - 150_000)
  expect(heavy?.what).toContain('a.js alone has 600 kB')
  expect(await find('heavy-start', { 'index.html': html, 'a.js': `x="${noise(100_000)}"` })).toBeUndefined()
})

test('code as it was written is told with what a minifier makes of it', async () => {
  const line = (index: number): string =>
    `// what this line is for\nexport function step${index}(value) {\n  return value + ${index}\n}\n`
  const written = Array.from({ length: 100 }, (_, index) => line(index)).join('\n')
  const html = page(script('a.js', ' type="module"'))
  const found = await find('unminified', { 'index.html': html, 'a.js': written })
  expect(found?.where).toBe('a.js')
  expect(found?.bytes).toBeGreaterThan(written.length / 2)
  const minified = `/*! licence\n * of two lines\n */\n${written.replaceAll(/\s+/g, ' ').replaceAll(/\/\/ what this line is for/g, '')}`
  expect(await find('unminified', { 'index.html': html, 'a.js': minified })).toBeUndefined()
})

test('a stylesheet as it was written is told as well', async () => {
  const css = Array.from({ length: 200 }, (_, index) => `/* the hero */\n.hero-${index} {\n  color: red;\n}\n`).join(
    '\n',
  )
  expect((await find('unminified', { 'index.html': page(link('a.css')), 'a.css': css }))?.where).toBe('a.css')
})

test('a source map inside a script is fetched by everybody, one beside it by nobody', async () => {
  const html = page(script('a.js', ' type="module"'))
  const inline = `a()\n//# sourceMappingURL=data:application/json;base64,${noise(5000)}`
  expect((await find('map-inline', { 'index.html': html, 'a.js': inline }))?.ms).toBeGreaterThan(msOfBytes(5000))
  const beside = { 'index.html': html, 'a.js': 'a()\n//# sourceMappingURL=a.js.map', 'a.js.map': noise(5000) }
  expect(await find('map-inline', beside)).toBeUndefined()
  expect(await find('maps-shipped', beside)).toMatchObject({ bytes: 5000, ms: 0 })
  expect(await find('maps-shipped', { 'index.html': html, 'a.js': 'a()' })).toBeUndefined()
})

test('a font that only the stylesheet names is late, unless the page preloads it', async () => {
  const files = { 'a.css': face('f.woff2', 'font-display:swap'), 'f.woff2': noise(9000) }
  expect(await find('font-late', { ...files, 'index.html': page(link('a.css')) })).toMatchObject({ ms: msOfTrips(1) })
  const preload = '<link rel="preload" as="font" href="f.woff2" crossorigin>'
  expect(await find('font-late', { ...files, 'index.html': page(link('a.css') + preload) })).toBeUndefined()
})

test('text in a font without font-display is invisible until it has come', async () => {
  const files = { 'index.html': page(link('a.css')), 'f.woff2': noise(20_000) }
  const found = await find('font-hidden', { ...files, 'a.css': face('f.woff2') })
  expect(found?.ms).toBe(msOfTrips(1) + msOfBytes(20_000))
  expect(await find('font-hidden', { ...files, 'a.css': face('f.woff2', 'font-display:swap') })).toBeUndefined()
})

test('a font that is not WOFF2 is told, unless a WOFF2 stands beside it', async () => {
  const files = { 'index.html': page(link('a.css')), 'a.css': face('f.ttf'), 'f.ttf': 'glyph '.repeat(20_000) }
  expect((await find('font-format', files))?.bytes).toBeGreaterThan(100_000)
  expect(await find('font-format', { ...files, 'f.woff2': noise(5000) })).toBeUndefined()
})

test('a font with far more letters than a language has is told, unless it comes in parts', async () => {
  const files = { 'index.html': page(link('a.css')), 'f.woff2': noise(300_000) }
  expect(await find('font-heavy', { ...files, 'a.css': face('f.woff2') })).toMatchObject({ bytes: 280_000 })
  expect(await find('font-heavy', { ...files, 'a.css': face('f.woff2', 'unicode-range:U+4E00-4E7F') })).toBeUndefined()
  const whole = { ...files, 'f.woff2': noise(1_200_000), 'a.css': face('f.woff2') }
  expect((await find('font-cjk', whole))?.what).toContain('Chinese, Japanese or Korean')
  expect(await find('font-cjk', { ...files, 'a.css': face('f.woff2') })).toBeUndefined()
})
