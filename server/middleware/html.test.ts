import { expect, test } from 'vitest'
import { html, raw } from './html.ts'

const evil = `<script>alert("it's & me")</script>`

test('values are escaped in text and in quoted attributes', () => {
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
    '<p title="&lt;script&gt;alert(&quot;it&#39;s &amp; me&quot;)&lt;/script&gt;">&lt;script&gt;alert(&quot;it&#39;s &amp; me&quot;)&lt;/script&gt;</p>',
  )
})

test('templates and raw text go in as they are, lists join, nothing writes nothing', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}${null}${undefined}${false}${0}${10n}${raw('<hr>')}</ul>`.text).toBe(
    '<ul><li>a</li><li>&lt;</li>010<hr></ul>',
  )
})

test.each([
  ['an unquoted attribute', () => html`<a href=${evil}>x</a>`],
  ['a tag’s name', () => html`<${evil}>x`],
  ['a whole attribute', () => html`<a ${evil}>x</a>`],
  ['a script', () => html`<script>let x = "${evil}"</script>`],
  ['a style', () => html`<style>a { color: ${evil} }</style>`],
  ['an attribute after a quoted one', () => html`<a title="${'fine'}" href=${evil}>x</a>`],
])('a text is refused as %s', (_place, render) => {
  expect(render).toThrow(/a text stands unquoted after/)
})

test('where quotes do not hold, markup, numbers and nothing are taken', () => {
  expect(html`<input ${raw('checked')} size=${3}${false}>`.text).toBe('<input checked size=3>')
})

test('a > in a quoted attribute does not end the tag', () => {
  expect(() => html`<a title="a > b" href=${evil}>x</a>`).toThrow(TypeError)
  expect(html`<a title="a > ${'b'}">it's ${'<'}</a>`.text).toBe(`<a title="a > b">it's &lt;</a>`)
})
