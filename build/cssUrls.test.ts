import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { filesOf, mapUrls, urlsOf, writeUrl } from './cssUrls.ts'

const urls = (css: string): string[] => urlsOf(css).map(({ url }) => url)

test('finds URLs with either quotes, with none, and with space around', () => {
  expect(urls(`a{b:url(x.png)}c{d:url( "y z.png" ) URL('w.png')}`)).toEqual(['x.png', 'y z.png', 'w.png'])
})

test('a URL in a comment or in a string is none', () => {
  expect(urls(`/* url(a.png) */ a::before{content:"url(b.png)"} b{c:url(d.png)}`)).toEqual(['d.png'])
})

test('a name that ends in url is not url()', () => {
  expect(urls('a{b:my-url(x.png)}')).toEqual([])
})

test('brackets in a quoted data URL do not end it', () => {
  const data = `data:image/svg+xml,<svg transform='scale(2)'/>`
  expect(urls(`a{b:url("${data}"),url(c.png)}`)).toEqual([data, 'c.png'])
})

test('a broken URL is passed over, and what follows is found', () => {
  expect(urls(`a{b:url(x"y.png)}c{d:url(e.png)}`)).toEqual(['e.png'])
})

test('escapes are read', () => {
  expect(urls(String.raw`a{b:url(x\ y\28 1\29 .png)}`)).toEqual(['x y(1).png'])
})

test('a string in an image-set() is a URL, one in a type() inside it is none', () => {
  const css = `a{b:image-set("c.avif" type("image/avif"),'d.png' 2x);e:-webkit-image-set("f.png" 1x)}i{content:"g"}`
  expect(urls(css)).toEqual(['c.avif', 'd.png', 'f.png'])
  expect(mapUrls(css, (url) => `x/${url}`)).toContain('image-set(url(x/c.avif) type("image/avif"),url(x/d.png) 2x)')
})

test('a set that is never closed ends with its declaration', () => {
  expect(urls('a{b:image-set(c}i{content:"g"}')).toEqual([])
})

test('any URL that is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (url) => {
      fc.pre(url.trim() === url && url !== '' && !/[\0\f\r\u{D800}-\u{DFFF}]/u.test(url))
      expect(urls(`a{b:${writeUrl(url)}}`)).toEqual([url])
    }),
  )
})

test('relative URLs are rewritten, quoted where they need it; absolute ones and fragments stay', () => {
  const css = `a{b:url(c.png);d:url('/e.png');f:url(#g);h:url(data:i);j:url("https://k.test/l.png")}`
  expect(mapUrls(css, (url) => `m n/${url}`)).toBe(
    `a{b:url("m n/c.png");d:url('/e.png');f:url(#g);h:url(data:i);j:url("https://k.test/l.png")}`,
  )
})

test('files are resolved against the stylesheet, without query and fragment', () => {
  expect(filesOf('a{b:url(../c.woff2?v=1#iefix)}', 'x/y/z.css')).toEqual(['x/c.woff2'])
})
