import { expect, test } from 'vitest'
import type { Answer } from './manifest.ts'
import { decodeTable, encodeTable, type Table } from './table.ts'

/** Eight digits that do not compress, the same for the same text. */
function hashOf(text: string): string {
  let hash = 2166136261
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619)
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519)
  return ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0')
}
const plain = (name: string): Answer => ({ hash: hashOf(name), bytes: 1, instead: [] })
const through = (answers: Record<string, Answer>, folder?: string) =>
  decodeTable(JSON.parse(JSON.stringify(encodeTable(answers, folder))) as Table)

test('a name comes back with its hash and its variants in order, wherever they are', () => {
  const answers: Record<string, Answer> = {
    'index.html': plain('index.html'),
    'art/ein Held 100%#1.png': {
      ...plain('held'),
      instead: [
        { file: 'assets/art/ein Held 100%#1-00000001.avif', bytes: 1, type: 'image/avif' },
        { file: 'assets/art/ein Held 100%#1-00000002.webp', bytes: 2, type: 'image/webp' },
      ],
    },
    'art/英雄.png': { ...plain('b'), instead: [{ file: 'else/where-00000003.webp', bytes: 1, type: 'image/webp' }] },
    'a.b/theme': { ...plain('c'), instead: [{ file: 'assets/a.b/theme-00000004.mp3', bytes: 1, type: 'audio/mpeg' }] },
    'theme.wav': { ...plain('d'), instead: [{ file: 'assets/theme-00000005.aac', bytes: 1, type: 'audio/mp4' }] },
  }
  const rows = through(answers)
  expect([...rows.keys()].toSorted()).toEqual(Object.keys(answers).toSorted())
  for (const [name, { hash, instead }] of Object.entries(answers))
    expect(rows.get(name)).toEqual({ hash, instead: instead.map(({ file, type }) => ({ file, type })) })
})

test('variants may stand at the root of what is served', () => {
  const instead = [{ file: 'hero-0a0b0c0d.webp', bytes: 1, type: 'image/webp' }]
  const table = encodeTable({ 'hero.png': { ...plain('hero'), instead } }, '')
  expect(table.odd).toEqual({})
  expect(decodeTable(table).get('hero.png')?.instead).toEqual([{ file: 'hero-0a0b0c0d.webp', type: 'image/webp' }])
})

test('1,000 pictures of two variants are less than 25 KB, even of gzip', async () => {
  const answers: Record<string, Answer> = {}
  for (let n = 0; n < 1000; n++) {
    const stem = `art/${['heroes', 'monsters', 'tiles', 'ui/icons'][n % 4]}/${hashOf(`word ${n % 90}`).slice(0, 4)}-${n}`
    answers[`${stem}.png`] = {
      ...plain(stem),
      instead: ['avif', 'webp'].map((kind) => ({
        file: `assets/${stem}-${hashOf(stem + kind)}.${kind}`,
        bytes: 1,
        type: `image/${kind}`,
      })),
    }
  }
  const text = new Blob([JSON.stringify(encodeTable(answers))])
  const packed = await new Response(text.stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  expect(packed.byteLength).toBeLessThan(25_000)
})

test('a variant without a hash and a table of another format are refused', () => {
  const instead = [{ file: 'assets/hero.avif', bytes: 1, type: 'image/avif' }]
  expect(() => encodeTable({ 'hero.png': { ...plain('hero'), instead } })).toThrow(
    '"assets/hero.avif", sent for "hero.png", carries no hash',
  )
  expect(() => decodeTable({ format: 2 } as unknown as Table)).toThrow('format 2, expected 1')
})
