import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Manifest } from '../server/wire/manifest.ts'
import { readBuilt } from './built.ts'
import { GAME, manifestOf, writeFiles } from './fixture.ts'
import { headersFile, writeHeaders } from './headers.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'firstframe-headers-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** What a host sends for a path by these rules: where two set a header, both values. As Cloudflare Pages documents it. */
function send(text: string, at: string): Record<string, string[]> {
  const sent: Record<string, string[]> = {}
  let fits = false
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line === '') continue
    if (line.startsWith('/')) {
      const pattern = line.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*')
      fits = new RegExp(`^${pattern}$`).test(at)
    } else if (fits) {
      const [, name = '', value = ''] = /^ {2}([\w-]+): (.+)$/.exec(line) ?? []
      ;(sent[name] ??= []).push(value)
    }
  }
  return sent
}

const FOREVER = 'public, max-age=31536000, immutable'
const file = (name: string): { file: string; bytes: number } => ({ file: name, bytes: 1 })

/** A build of hashed files and others. */
async function build(hashed: string[], others: string[], parts: Partial<Manifest> = {}): Promise<string> {
  const files = Object.fromEntries(hashed.map((name) => [name, file(name)]))
  await writeFiles(dir, {
    ...Object.fromEntries([...hashed, ...others].map((name) => [name, `of ${name}`])),
    'manifest.json': JSON.stringify(manifestOf({ files, ...parts })),
  })
  return headersFile(readBuilt(dir), '/')
}

test('hashed files are kept for a year, each header said once; all else is revalidated', async () => {
  const hashed = ['assets/a-11111111.js', 'assets/b-22222222.js', 'assets/c-33333333.png', 'built/d-44444444.avif']
  const text = await build(hashed, ['assets/sprites/hero.png', 'assets/photo-20241231.png', 'index.html', 'worker.js'])
  for (const name of hashed)
    expect(send(text, `/${name}`)).toEqual({
      'X-Content-Type-Options': ['nosniff'],
      'Cache-Control': [FOREVER],
      'Access-Control-Allow-Origin': ['*'],
      'Cross-Origin-Resource-Policy': ['cross-origin'],
    })
  for (const name of ['assets/sprites/hero.png', 'assets/photo-20241231.png', 'index.html', 'worker.js', 'later.js'])
    expect(send(text, `/${name}`)['Cache-Control'] ?? ['no-cache']).toEqual(['no-cache'])
})

test('a document has its links at every address that hosts know it by', async () => {
  const preloads = [
    { ...file('assets/a-11111111.woff2'), as: 'font' as const, type: 'font/woff2', crossorigin: true as const },
  ]
  const documents = Object.fromEntries(
    ['index.html', 'deep/index.html', 'about us.html'].map((name) => [name, { preloads, blocking: [] }]),
  )
  const text = await build(['assets/a-11111111.woff2'], Object.keys(documents), { documents })
  for (const at of ['/', '/index.html', '/deep/', '/deep/index.html', '/about%20us', '/about%20us.html'])
    expect(send(text, at)['Link']).toEqual([
      '</assets/a-11111111.woff2>; rel=preload; as=font; type="font/woff2"; crossorigin',
    ])
})

test('no more rules than hosts read, the broadest and the documents first; what is left out is told', async () => {
  const hashed = Array.from({ length: 150 }, (_, index) => `assets/p-${10_000_000 + index}.png`)
  const text = await build(
    [...hashed, 'built/a-11111111.js', 'built/b-22222222.js'],
    ['assets/hero.png', 'index.html'],
    {
      documents: { 'index.html': { preloads: [], blocking: [] } },
    },
  )
  expect(text.match(/^\//gm)).toHaveLength(100)
  expect(send(text, '/built/a-11111111.js')['Cache-Control']).toEqual([FOREVER])
  expect(send(text, '/')['Cache-Control']).toEqual(['no-cache'])
  expect(text).toContain('# 54 more found no room among the 100 rules that hosts read: those files are revalidated.')
})

test('no line is longer than hosts read: links that come late are left to the page', async () => {
  const scripts = Array.from({ length: 60 }, (_, index) => `assets/module-${10_000_000 + index}.js`)
  const preloads = scripts.map((name) => ({ file: name, as: 'script' as const }))
  const text = await build(scripts, ['index.html'], { documents: { 'index.html': { preloads, blocking: [] } } })
  const links = send(text, '/')['Link']?.[0]?.split(', ') ?? []
  expect(links.length).toBeGreaterThan(30)
  expect(links[0]).toBe('</assets/module-10000000.js>; rel=modulepreload')
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(2000)
})

test('a page that takes its files from elsewhere is hinted at them there', async () => {
  await build(['assets/a-11111111.js', 'assets/b-22222222.woff2'], ['index.html'], {
    documents: {
      'index.html': {
        preloads: [
          { file: 'assets/b-22222222.woff2', as: 'font' },
          { file: 'assets/a-11111111.js', as: 'script' },
        ],
        blocking: [],
      },
    },
  })
  await writeFiles(dir, {
    'index.html': '<script type=module src=https://cdn.example/g/assets/a-11111111.js></script>',
  })
  expect(send(headersFile(readBuilt(dir), '/'), '/')['Link']).toEqual([
    '<https://cdn.example/g/assets/b-22222222.woff2>; rel=preload; as=font, <https://cdn.example/g/assets/a-11111111.js>; rel=modulepreload',
  ])
})

test('the file is written where a static host will look, again with each build, and never over the project’s own', async () => {
  const read = (): Promise<string> => readFile(path.join(dir, '_headers'), 'utf8')
  await build([], ['page.html'])
  await writeHeaders(dir, '/')
  await expect(read()).rejects.toThrow('ENOENT')
  await build(['assets/a-11111111.js'], ['index.html'])
  await writeHeaders(dir, '/game/')
  await expect(read()).rejects.toThrow('ENOENT')
  await writeHeaders(dir, './')
  const first = await read()
  expect(first).toContain('/assets/a-11111111.js')
  await build(['assets/b-22222222.js'], ['index.html'])
  await writeHeaders(dir, '/')
  expect(await read()).toContain('/assets/b-22222222.js')
  await writeFiles(dir, { _headers: '/*\n  X-Mine: yes\n' })
  await writeHeaders(dir, '/')
  expect(await read()).toContain('X-Mine')
})

test('the odd names of a whole game make no rule that fits another file', async () => {
  await writeFiles(dir, GAME)
  const built = readBuilt(dir)
  const text = headersFile(built, '/')
  for (const name of built.names)
    expect(
      send(text, `/${encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')}`)['Cache-Control'] ?? ['no-cache'],
    ).toEqual([built.isHashed(name) ? FOREVER : 'no-cache'])
})
