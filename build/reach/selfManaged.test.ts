import { minifySync } from 'vite'
import { expect, test } from 'vitest'
import { findSelfManaged } from './selfManaged.ts'

const js = (text: string): { name: string; text: string } => ({ name: 'game.js', text })
const WORKER = {
  name: 'service-worker.js',
  text: `self.addEventListener('fetch', (event) => event.respondWith(caches.match(event.request)))`,
}

test.each([
  [
    'a fixed name',
    `if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js', { scope: '/' })`,
    '/sw.js',
  ],
  ['an optional call', `navigator.serviceWorker?.register("./sw.js")`, './sw.js'],
  ['a base before it', 'export const f = (base) => navigator.serviceWorker.register(`${base}sw.js`)', 'sw.js'],
  [
    'a URL of the module',
    `navigator.serviceWorker.register(new URL('worker/sw.mjs', import.meta.url))`,
    'worker/sw.mjs',
  ],
  [
    'another name for the container',
    `const { serviceWorker: sw } = navigator; sw.register('/offline.js')`,
    '/offline.js',
  ],
])('a registration by %s is found, as written and minified', (_, code, worker) => {
  const { code: minified } = minifySync('game.js', code)
  for (const text of [code, minified]) expect(findSelfManaged([js(text)])).toEqual([{ where: 'game.js', worker }])
})

test('in a page it is found in its scripts, not in its comments', () => {
  const page = `<!-- navigator.serviceWorker.register('/old.js') --><script>navigator.serviceWorker.register('/sw.js')</script>`
  expect(findSelfManaged([{ name: 'index.html', text: page }])).toEqual([{ where: 'index.html', worker: '/sw.js' }])
})

test('of two calls in one text, that which names its script counts', () => {
  const code = `const sw = navigator.serviceWorker; navigator.serviceWorker.register(url); sw.register('/sw.js')`
  expect(findSelfManaged([js(code)])).toEqual([{ where: 'game.js', worker: '/sw.js' }])
})

test('a script that is handed to a library is the one text that is a service worker', () => {
  const library = js(
    'class W { constructor(u) { this.u = u } go() { return navigator.serviceWorker.register(this.u) } }',
  )
  expect(findSelfManaged([library, WORKER])).toEqual([{ where: 'game.js', worker: 'service-worker.js' }])
  expect(findSelfManaged([library])).toEqual([{ where: 'game.js', worker: undefined }])
  expect(findSelfManaged([library, WORKER, { ...WORKER, name: 'old.js' }])).toEqual([
    { where: 'game.js', worker: undefined },
  ])
})

test.each([
  ['a worker that nobody registers', WORKER],
  [
    'a game that takes its old worker away',
    js('navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => one.unregister()))'),
  ],
  [
    'another kind of register',
    js(`const s = navigator.serviceWorker; FinalizationRegistry; cache.register('hero.png')`),
  ],
  ['a call that is commented out', js(`start() // navigator.serviceWorker.register('/sw.js')`)],
  ['a document that explains', { name: 'README.txt', text: `navigator.serviceWorker.register('/sw.js')` }],
])('%s is none', (_, text) => {
  expect(findSelfManaged([text])).toEqual([])
})
