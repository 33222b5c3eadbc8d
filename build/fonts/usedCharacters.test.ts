import { expect, test } from 'vitest'
import { usedCharacters } from './usedCharacters.ts'

/** Those beyond what is always there. */
function beyond(file: string, text: string): string {
  const always = usedCharacters([])
  return [...usedCharacters([{ file, text }])]
    .filter((point) => !always.has(point))
    .map((point) => String.fromCodePoint(point))
    .join('')
}

test('ASCII and the usual punctuation are always there', () => {
  const used = usedCharacters([])
  const missing = Array.from('Az09 ~’“”–…×').filter((character) => !used.has(character.codePointAt(0) ?? 0))
  expect(missing).toEqual([])
  expect(used.has(0x44f)).toBe(false)
})

test('a script’s strings and templates count, whether written or escaped', () => {
  expect(beyond('a.js', 'const a="я\\u00e9",b=`ж${a}\\u{1F600}`,c=\'\\xdf\'')).toBe('яéж😀ß')
})

test('letters in regular expressions, names and comments do not', () => {
  expect(beyond('a.js', 'const é=/[ա-և\\u4e00-\\u9fff]/;/* ж */')).toBe('')
})

test('of a script that cannot be parsed everything counts', () => {
  expect(beyond('a.js', 'const = "я\\u00e9"')).toBe('яé')
})

test('a document’s text and attributes count, entities read', () => {
  expect(beyond('a.html', '<p title="ñ">&eacute;&#x44f;ł</p>')).toBe('ñłéя')
})

test('icons of a stylesheet count by their code', () => {
  expect(beyond('a.css', '.i::before{content:"\\e900"}')).toBe('\u{E900}')
})

test('data counts whole', () => {
  expect(beyond('a.json', '{"a":"ю\\u0451\\ud83d\\ude00"}')).toBe('юё😀')
})
