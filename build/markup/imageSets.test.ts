import { expect, test } from 'vitest'
import { lookup } from './fixture.ts'
import { imageSetsInHtml } from './htmlStyles.ts'
import { imageSets } from './imageSets.ts'

const set = (stem: string): string =>
  `image-set(url("${stem}-100.avif") type("image/avif"),url("${stem}-100.webp") type("image/webp"),url("${stem}.png") type("image/png"))`

test('the declaration stays, and the same with a set follows it', () => {
  expect(imageSets('a{background:url(/x-100x50.png) no-repeat;color:red}', lookup)).toBe(
    `a{background:url(/x-100x50.png) no-repeat;background:${set('/x-100x50')} no-repeat;color:red}`,
  )
})

test('!important stays, also for the last declaration of a minified rule', () => {
  expect(imageSets('a{mask:url("x-100x50.png")!important}', lookup)).toBe(
    `a{mask:url("x-100x50.png")!important;mask:${set('x-100x50')}!important}`,
  )
})

test('every picture of a declaration is replaced, and what is not ours stays', () => {
  const css = `a{background-image:url(x-100x50.png),url(other.svg),linear-gradient(red,blue),url('y-100x50.png')}`
  expect(imageSets(css, lookup)).toBe(
    `${css.slice(0, -1)};background-image:${set('x-100x50')},url(other.svg),linear-gradient(red,blue),${set('y-100x50')}}`,
  )
})

test('the set shows the picture at its own size: a narrower encoding alone is none', () => {
  const narrow: typeof lookup = (url) => {
    const found = lookup(url)
    return found && { ...found, formats: [{ type: 'image/avif', candidates: [{ url: 'n.avif', width: 50 }] }] }
  }
  expect(imageSets('a{background:url(x-100x50.png)}', narrow)).toBe('a{background:url(x-100x50.png)}')
})

test.for([
  ['a cursor', 'a{cursor:url(x-100x50.png),auto}'],
  ['a custom property', 'a{--x:url(x-100x50.png)}'],
  ['a value with var(), which would be lost where sets are unknown', 'a{background:var(--c) url(x-100x50.png)}'],
  ['an author’s own set', 'a{background:image-set(url(x-100x50.png) 1x)}'],
  ['frames of an animation', '@keyframes a{to{background:url(x-100x50.png)}}'],
  ['a font', '@font-face{src:url(x-100x50.png)}'],
  ['a data URL', 'a{background:url(data:image/png;base64,AAAA)}'],
  ['a stylesheet that cannot be parsed', 'a{background:url(x-100x50.png)}}}{'],
  ['a comment', 'a{/*background:url(x-100x50.png)*/}'],
] as const)('%s is left alone', ([, css]) => {
  expect(imageSets(css, lookup)).toBe(css)
})

test('nested rules, media and layers are seen, and a byte order mark stays', () => {
  const css = '\u{FEFF}@media print{@layer b{.a{&:hover{list-style-image:url(x-100x50.png)}}}}'
  expect(imageSets(css, lookup)).toBe(css.replace('.png)', `.png);list-style-image:${set('x-100x50')}`))
})

test('styles in a document get sets too, quotes kept apart', () => {
  const html = `<style>a{background:url(x-100x50.png)}</style><p style='background:url("y-100x50.png")' id=p>`
  const better = imageSetsInHtml(html, lookup)
  expect(better).toContain(`<style>a{background:url(x-100x50.png);background:${set('x-100x50')}}</style>`)
  expect(better).toContain(`;background:${set('y-100x50').replaceAll('"', '&quot;')}" id=p>`)
})
