import { minifySync } from 'vite'
import { expect, test } from 'vitest'
import { findCacheBusters } from './cacheBusters.ts'

const WAYS: [what: string, code: string][] = [
  ['a template', 'export const f = (url) => `${url}?v=${Date.now()}`'],
  ['a sum', 'export const f = (url) => url + "?t=" + new Date().getTime()'],
  ['a query without a name', 'export const f = (url) => `${url}?${+new Date()}`'],
  ['a second parameter', 'export const f = (url) => url + "?x=1&_=" + Math.random()'],
  [
    'a constant of the module',
    'const VERSION = Date.now().toString(36); export const f = (url) => `${url}?v=${VERSION}`',
  ],
  [
    'a mark chosen before',
    'const V = Date.now(); export function f(url) { const mark = url.includes("?") ? "&" : "?"; return `${url}${mark}v=${V}` }',
  ],
  [
    'a default with a fallback',
    'const V = import.meta.env.V ?? `${Date.now()}`; export const f = (url) => `${url}?v=${V}`',
  ],
  ['parameters set', 'export const f = (url) => { url.searchParams.set("cb", String(Date.now())); return url }'],
  ['parameters of the engine', 'Assets.init({ defaultSearchParams: `v=${Date.now()}` })'],
]

test.each(WAYS)('%s is found, as written and minified', (_, code) => {
  const { code: minified } = minifySync('game.js', code)
  for (const text of [code, minified]) expect(findCacheBusters([{ name: 'game.js', text }])).toHaveLength(1)
})

test('a place is told by text, line and code', () => {
  const text = 'const a = 1\nconst f = (url) => fetch(`${url}?v=${Date.now()}`)'
  expect(findCacheBusters([{ name: 'assets/game.js', text }])).toEqual([
    { where: 'assets/game.js', line: 2, code: '?v=${Date.now()}' },
  ])
})

test.each([
  ['a version that is fixed', 'fetch(`hero.png?v=${VERSION}`)'],
  ['a query of data', 'const id = 3; fetch(`/api?id=${id}`)'],
  ['a message', 'console.log(`took=${Date.now()}`)'],
  ['a time that is measured', 'const e = performance.now(); draw(); log(performance.now() - e)'],
])('%s is none', (_, text) => {
  expect(findCacheBusters([{ name: 'game.js', text }])).toEqual([])
})

test('data is not looked at', () => {
  expect(findCacheBusters([{ name: 'notes.txt', text: '`?v=${Date.now()}`' }])).toEqual([])
})
