import { expect, test } from 'vitest'
import { fontsAboveFold } from './aboveFold.ts'

const face = (family: string, more = ''): string => `@font-face{font-family:${family};src:url(${family}.woff2);${more}}`

function needed(html: string, css: string): string[] {
  return fontsAboveFold(html, [{ file: 'assets/main.css', text: css }]).map(({ url }) => url)
}

test('fonts of elements with text come first, then the body’s', () => {
  const css = `${face('Body')}${face('Title')}body{font-family:Body,serif}h1{font:700 2em/1.2 "Title",serif}`
  expect(needed('<body><h1>Loading</h1></body>', css)).toEqual(['Title.woff2', 'Body.woff2'])
})

test('a font of a class that the page does not hold is not needed', () => {
  expect(needed('<body>x</body>', `${face('Hud')}.hud{font-family:Hud}`)).toEqual([])
})

test('an empty page needs the font that its text will be set in', () => {
  expect(needed('<div id="app"></div>', `${face('Body')}body{font-family:var(--f)}:root{--f:Body}`)).toEqual([
    'Body.woff2',
  ])
})

test('text inherits its font, and is bold in a heading', () => {
  const css = `${face('A')}${face('A', 'font-weight:700;src:url(bold.woff2)')}main{font-family:A}`
  expect(needed('<main><h2>x</h2></main>', css)).toEqual(['bold.woff2'])
  expect(needed('<main><p>x</p></main>', css)).toEqual(['A.woff2'])
})

test('of a font cut in two the part with the letters is needed', () => {
  const css = `${face('A', 'unicode-range:U+20-7E')}@font-face{font-family:A;src:url(rest.woff2);unicode-range:U+400-4FF}p{font-family:A}`
  expect(needed('<p>x</p>', css)).toEqual(['A.woff2'])
})

test('a font that only stands in for one of the system is not needed', () => {
  expect(needed('<p>x</p>', `${face('A')}p{font-family:Georgia,A}`)).toEqual([])
})

test('never more than two', () => {
  const css = ['A', 'B', 'C'].map((name) => `${face(name)}.${name}{font-family:${name}}`).join('')
  expect(needed('<i class=A>x</i><i class=B>x</i><i class=C>x</i>', css)).toEqual(['A.woff2', 'B.woff2'])
})

test.for([
  ['that may be installed', 'src:local("A"),url(a.woff2)'],
  ['in the stylesheet itself', 'src:url(data:font/woff2;base64,AAAA)'],
  ['that is no woff2', 'src:url(a.ttf)'],
])('a font %s is not preloaded', ([, src]) => {
  expect(needed('<p>x</p>', `@font-face{font-family:A;${src}}p{font-family:A}`)).toEqual([])
})
