import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { findTrueNames } from './trueNames.ts'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Runs over a folder given as texts, and answers with what is then in it. */
function name(folder: Record<string, string>): { folder: Record<string, string>; names: Map<string, string> } {
  const { names, texts } = findTrueNames({
    files: Object.keys(folder),
    isText: (file) => /\.(?:js|css|html)$/.test(file),
    text: (file) => folder[file] ?? '',
    bytes: (file) => Buffer.from(folder[file] ?? ''),
  })
  const after = Object.entries(folder).map(([file, text]) => [names.get(file) ?? file, texts.get(file) ?? text])
  return { folder: Object.fromEntries(after) as Record<string, string>, names }
}

test('every name is the hash of the bytes, those that follow from other names included', () => {
  const { folder } = name({
    'index.html': '<script src="/assets/main-aaaaaaaa.js"></script>',
    'assets/main-aaaaaaaa.js': 'new URL(`x-bbbbbbbb.png`)',
    'assets/x-bbbbbbbb.png': 'pixels',
    'assets/a-cccccccc.css': 'a{background:url(./x-bbbbbbbb.png)}',
  })
  const hashed = Object.entries(folder).filter(([file]) => file !== 'index.html')
  for (const [file, text] of hashed) expect(file).toContain(`-${hashOf(text)}.`)
  expect(folder[`assets/x-${hashOf('pixels')}.png`]).toBe('pixels')
  const script = Object.keys(folder).find((file) => file.endsWith('.js')) ?? ''
  expect(folder['index.html']).toBe(`<script src="/${script}"></script>`)
})

test('what has the right name keeps it, and so does what only looks like a name', () => {
  const pixels = hashOf('pixels')
  const folder = { [`assets/x-${pixels}.png`]: 'pixels', 'photo-20241231.png': 'p', 'index.html': 'y-dddddddd.png' }
  const { folder: after, names } = name(folder)
  expect(names).toEqual(new Map([['photo-20241231.png', `photo-${hashOf('p')}.png`]]))
  expect(after['index.html']).toBe('y-dddddddd.png')
})

test('two files of one hash are told apart by the rest of their names', () => {
  const { folder } = name({
    'a.html': 'one-aaaaaaaa.js two-aaaaaaaa.js',
    'one-aaaaaaaa.js': '1',
    'two-aaaaaaaa.js': '2',
  })
  expect(folder['a.html']).toBe(`one-${hashOf('1')}.js two-${hashOf('2')}.js`)
})

test('files in a circle are renamed when one of them changes, and are found under their new names', () => {
  const circle = (word: string): Record<string, string> => ({
    'assets/main-aaaaaaaa.js': `import("./lazy-bbbbbbbb.js");${word}`,
    'assets/lazy-bbbbbbbb.js': 'import"./main-aaaaaaaa.js"',
  })
  const [first, again, other] = ['a', 'a', 'b'].map((word) => Object.entries(name(circle(word)).folder))
  expect(again).toEqual(first)
  for (const [index, [file]] of (first ?? []).entries()) expect(other?.[index]?.[0]).not.toBe(file)
  const [main, lazy] = first ?? []
  expect(main?.[1]).toContain(lazy?.[0].slice('assets/'.length))
  expect(lazy?.[1]).toContain(main?.[0].slice('assets/'.length))
})
