import { expect, test } from 'vitest'
import { addsStyles, type Critical, criticalCss, type CriticalOptions, type Sheet } from './critical.ts'

/** Makes a sheet too large to go into the page whole. */
const PADDING = Array.from({ length: 400 }, (_, index) => `.unused-${index}{color:red}`).join('')
const OPTIONS: CriticalOptions = { page: 'index.html', inlineCss: 2000, stylesLater: false }

const sheet = (text: string, name = 'main'): Sheet => ({
  href: `/assets/${name}.css`,
  file: `assets/${name}.css`,
  text,
})
const link = ({ href }: Sheet): string => `<link rel="stylesheet" href="${href}">`
const page = (head: string, body: string): string => `<html><head>${head}</head><body>${body}</body></html>`

function critical(sheets: Sheet[], body: string, options: Partial<CriticalOptions> = {}): Critical {
  return criticalCss(page(sheets.map(link).join(''), body), sheets, { ...OPTIONS, ...options })
}

/** What of a large sheet goes into a page with this body. */
function partOf(css: string, body: string): string {
  const { html } = critical([sheet(css + PADDING)], body)
  return /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
}

test('a small sheet goes into the page whole, in its place', () => {
  const small = sheet('.later{color:red}')
  const { html, inlined } = criticalCss(page(`<meta>${link(small)}<title>`, ''), [small], OPTIONS)
  expect(html).toBe(page('<meta><style>.later{color:red}</style><title>', ''))
  expect(inlined).toEqual([small.href])
})

test('URLs are written as the page has to write them, and the source map is left out', () => {
  const small = sheet('@charset "utf-8";a{b:url(x.png),url(/y.png),url(#z)}/*# sourceMappingURL=main.css.map */')
  const { html } = criticalCss(page(link(small), ''), [small], { ...OPTIONS, page: 'about/us.html' })
  expect(html).toContain('<style>a{b:url(../assets/x.png),url(/y.png),url(#z)}</style>')
})

test('of a large sheet the rules go into the page that match what stands in it', () => {
  const css =
    'h1{a:b}h2{a:b}.x p{a:b}.y p{a:b}p:hover::after{a:b}@media (width>9px){h1{c:d}h2{c:d}}@media print{h1{e:f}}'
  expect(partOf(css, '<h1>Title</h1><div class="x"><p></p></div>')).toBe(
    'h1{a:b}.x p{a:b}p:hover::after{a:b}@media (width>9px){h1{c:d}}',
  )
})

test('a page without content still gets what its empty root and the canvas in it need', () => {
  const css = ':root{a:b}html{a:b}body{a:b}#app{a:b}#app > canvas{a:b}.hud{a:b}'
  expect(partOf(css, '<div id="app"></div><script src="x.js"></script>')).toBe(css.replace('.hud{a:b}', ''))
})

test('a page that leaves <html> and <body> to the browser has them', () => {
  const large = sheet(`body{a:b}.hud{a:b}${PADDING}`)
  expect(criticalCss(`<!doctype html>${link(large)}<canvas>`, [large], OPTIONS).html).toContain(
    '<style>body{a:b}</style>',
  )
})

test('what is nested comes with the rule around it', () => {
  expect(partOf('.a{a:b;.b &{c:d}}.c{a:b;& h1{c:d}}', '<div class="c"><h1></h1></div>')).toBe('.c{a:b;& h1{c:d}}')
})

test('a rule stays around a nested one that means something else than it', () => {
  const css = '.gone{a:b;h1:not(&){c:d}}'
  expect(partOf(css, '<h1></h1>')).toBe(css)
})

test('keyframes of a large sheet come where only a small one uses them', () => {
  const large = sheet(`@keyframes spin{}@keyframes turn{}${PADDING}`)
  expect(critical([large, sheet('h1{animation:spin 1s}', 'small')], '').html).toContain(
    '<style>@keyframes spin{}</style>',
  )
})

test('keyframes, fonts and custom properties come as far as they are used', () => {
  const css = `:root{--a:var(--b);--b:red;--c:red}@media (width>9px){:root{--c:blue}}@keyframes turn{}@keyframes spin{}@font-face{font-family:"Deco";src:url(d.woff2)}@font-face{font-family:Other}h1{color:var(--a);animation:spin 1s;font-family:Deco}`
  expect(partOf(css, '<h1>x</h1>')).toBe(
    ':root{--a:var(--b);--b:red}@keyframes spin{}@font-face{font-family:"Deco";src:url(./assets/d.woff2)}h1{color:var(--a);animation:spin 1s;font-family:Deco}',
  )
})

test('a custom property that only a style attribute uses comes too', () => {
  expect(partOf(':root{--a:red;--b:red}', '<h1 style="color:var(--a)">x</h1>')).toBe(':root{--a:red}')
})

test('of two large sheets neither is put off: the first to come would win for a while', () => {
  const sheets = [sheet(`h1{}${PADDING}`, 'one'), sheet(`h1{}${PADDING}`, 'two')]
  expect(critical(sheets, '<h1></h1>').blocking).toHaveLength(2)
})

test('layers keep their order, also those of which nothing is needed', () => {
  expect(partOf('@layer a,b;@layer c{.x{a:b}}@layer d{h1{a:b}}', '<h1></h1>')).toBe(
    '@layer a,b;@layer c{}@layer d{h1{a:b}}',
  )
})

test('the whole sheet stands at the end of the body, and the styles after it follow it there once more', () => {
  const before = sheet('.before{}', 'before')
  const large = sheet(`h1{a:b}${PADDING}`)
  const after = sheet('.after{}', 'after')
  const head = `${link(before)}${link(large)}${link(after)}<style id="own">.own{}</style><link rel="stylesheet" href="https://cdn.test/x.css">`
  const { html, deferred } = criticalCss(page(head, '<h1></h1>'), [before, large, after], OPTIONS)
  expect(deferred).toEqual([large.href])
  expect(html).toBe(
    page(
      '<style>.before{}</style><style>h1{a:b}</style><style>.after{}</style><style id="own">.own{}</style><link rel="stylesheet" href="https://cdn.test/x.css">',
      `<h1></h1>${link(large)}<style>.after{}</style><style>.own{}</style><link rel="stylesheet" href="https://cdn.test/x.css">`,
    ),
  )
})

test.for([
  ['scripts bring styles later', {}, '', { stylesLater: true }, /scripts add/],
  ['its rules count from the end of the body', { text: 'p:last-child{}' }, '<p></p>', {}, /counts/],
  ['its rules would show a link in the body', { text: 'body > *{display:block}' }, '', {}, /counts/],
  [
    'the first screen needs most of it',
    { text: `h1{a:url(${'x'.repeat(15_000)})}` },
    '<h1></h1>',
    {},
    /needs \d+ bytes/,
  ],
  ['it cannot be parsed', { text: 'a{' }, '', {}, /cannot be read/],
  ['it imports others', { text: '@import "x.css";' }, '', {}, /imports/],
  ['it holds an end of a style', { text: 'a{b:"</style>"}' }, '', {}, /<\/style/],
] as const)(
  'a large sheet stays where it is when %s',
  ([, { text = '' }, body, options, why]: readonly [
    string,
    { text?: string },
    string,
    Partial<CriticalOptions>,
    RegExp,
  ]) => {
    const large = sheet(text + PADDING)
    const { html, blocking } = critical([large], body, options)
    expect(html).toBe(page(link(large), body))
    expect(blocking).toEqual([{ href: large.href, why: expect.stringMatching(why) as string }])
  },
)

test('styles for browsers without scripts stay where they are', () => {
  const large = sheet(`h1{}${PADDING}`)
  const apart = '<noscript><style>.off{}</style><link rel="stylesheet" href="/assets/main.css"></noscript>'
  const { html } = criticalCss(page(link(large) + apart, '<h1></h1>'), [large], OPTIONS)
  expect(html).toBe(page(`<style>h1{}</style>${apart}`, `<h1></h1>${link(large)}`))
})

test.for(['media="print"', 'media="screen"', 'disabled', 'title="dark"'])(
  'a small sheet with %s stays a link',
  (attribute) => {
    const small = sheet('a{}')
    const html = page(link(small).replace('>', ` ${attribute}>`), '')
    expect(criticalCss(html, [small], OPTIONS).html).toBe(html)
  },
)

test('nothing goes into a page whose policy forbids styles in it', () => {
  const small = sheet('a{}')
  const html = page(`<meta http-equiv="content-security-policy" content="style-src 'self'">${link(small)}`, '')
  expect(criticalCss(html, [small], OPTIONS)).toMatchObject({ html, inlined: [] })
})

test('nothing goes into the page when inlineCss is 0', () => {
  const small = sheet('a{}')
  expect(critical([small], '', { inlineCss: 0 }).inlined).toEqual([])
})

test('scripts that make stylesheets are told from those that do not', () => {
  expect(addsStyles('const s=document.createElement("style")')).toBe(true)
  expect(addsStyles('sheet.insertRule("a{}")')).toBe(true)
  expect(addsStyles('e.style.color="red";document.createElement("canvas")')).toBe(false)
})
