import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseSync, Visitor } from 'vite'
import { expect, test } from 'vitest'
import { readScript } from './script.ts'

interface Heard {
  isRead: boolean
  texts: string[]
  /** With `*` for a hole. */
  patterns: string[]
  keys: string[]
}

function hear(code: string): Heard {
  const heard: Heard = { isRead: false, texts: [], patterns: [], keys: [] }
  heard.isRead = readScript(code, {
    text: (text) => void heard.texts.push(text),
    pattern: (parts) => void heard.patterns.push(parts.map((part) => part ?? '*').join('')),
    key: (key) => void heard.keys.push(key),
  })
  return heard
}

test.each([
  [`load('a' + b + "c")`, ['a*c']],
  [`load('a' + b.c(1)[2]?.d + "e" + 'f')`, ['a*ef']],
  ['load(`a${b + `c${d}`}e`)', ['*c*', 'a*e']],
  ['load(`a${{ b: {} }.c}d` + e)', ['a*d*']],
  [`load("".concat(a, "/b/").concat(c ? "d" : "e", ".png"))`, ['*/b/*.png']],
  [`url += '/a'; url += b`, ['*/a']],
  [`load(a + (b ? 'c' : 'd') + 'e')`, ['*e']],
  [`load('a' + i++ + 'b')`, ['a*b']],
  [`load('a' + b * 2 / c % 3 - 1 + 'd')`, ['a*d']],
  [`load('a' + -b, 'c' + +d)`, ['a*', 'c*']],
  [`load('a' + await b + 'c')`, ['*c']],
  [`load('a' + b)\n'c' + d`, ['a*', 'c*']],
])('%s makes %j', (code, patterns) => {
  const heard = hear(code)
  expect(heard.isRead).toBe(true)
  expect(heard.patterns).toEqual(patterns)
})

test.each([
  [`'use strict'; f('a'.length, 'b'.at(c))`, ['use strict', 'a', 'b']],
  [`'a' in b ? 'c' : 'd'`, ['a', 'c', 'd']],
  [`case'a':return'b'`, ['a', 'b']],
  [
    String.raw`f('it\'s', "\u00e9\x41\u{1f600}", 'a\
b')`,
    ["it's", 'éA😀', 'ab'],
  ],
  ['f(`a\n$b`)', ['a\n$b']],
  [`f('a' + 'b')`, ['ab']],
])('%s says %j', (code, texts) => {
  expect(hear(code)).toMatchObject({ isRead: true, texts, patterns: [] })
})

test.each([
  [`a = b / 2 + 'c' / d`, ['c']],
  [`a = /['"]/.test('b')`, ['b']],
  [`if (a) /"/.test(b); f('c')`, ['c']],
  [`return /[/"]\\/'/g.exec('a')`, ['a']],
  [`a = (b + c) / 2; d = 'e' /* ' */ // "`, ['e']],
  [`a = {} / 2; f('b')`, ['b']],
  [`function f() {} /'/.test('a')`, ['a']],
  [`a++ / 2; f('b')`, ['b']],
  [`a.return / 2; f('b')`, ['b']],
  [`x = y ? .5 : a?.b; f('c')`, ['c']],
  [`#!/usr/bin/env node\nf('a')`, ['a']],
])('in %s no slash is mistaken', (code, texts) => {
  expect(hear(code)).toMatchObject({ isRead: true, texts })
})

test('names of properties are heard, labels of a choice are not', () => {
  expect(hear(`x = { goblin: 1, 'orc': 2, elf: { hp: a ? b : c } }`).keys).toEqual(['goblin', 'elf', 'hp'])
})

test.each(['f("a', 'f(`a${b', 'f("a\n")', 'f(]', 'f(', '/* a', 'a = /b\n/', "<p>It's</p>"])(
  '%j is no script',
  (code) => {
    expect(hear(code).isRead).toBe(false)
  },
)

test.each(['web-vitals/dist/web-vitals.js', 'vite/dist/client/client.mjs'])(
  'in %s it finds the strings that a parser finds',
  async (name) => {
    const file = path.join(import.meta.dirname, '../../node_modules', name)
    const code = await readFile(file, 'utf8')
    const { isRead, texts, patterns } = hear(code)
    expect(isRead).toBe(true)
    const missing: string[] = []
    const all = [...texts, ...patterns].join('\n')
    new Visitor({
      Literal({ value }) {
        if (typeof value === 'string' && !all.includes(value)) missing.push(value)
      },
      TemplateElement({ value }) {
        if (!all.includes(value.cooked ?? '')) missing.push(value.raw)
      },
    }).visit(parseSync(file, code).program)
    expect(missing).toEqual([])
  },
)
