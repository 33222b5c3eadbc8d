import { expect, test } from 'vitest'
import type { Manifest } from '../server/wire/manifest.ts'
import { cacheHeaders, hashedBy } from './policy.ts'

const manifest: Manifest = {
  format: 2,
  answers: {
    'art/hero.png': {
      hash: '55555555',
      bytes: 2,
      instead: [{ file: 'assets/hero-66666666.avif', bytes: 1, type: 'image/avif' }],
    },
  },
  documents: {},
  release: 'r',
  entries: {
    'main.ts': { kind: 'script', file: 'assets/main-11111111.js', bytes: 1, imports: ['assets/a-22222222.js'] },
  },
  images: {
    sky: {
      width: 1,
      height: 1,
      alpha: false,
      placeholder: null,
      variants: [{ file: 'assets/sky-1-33333333.avif', bytes: 1, type: 'image/avif', width: 1, height: 1 }],
    },
  },
  files: { 'odd.bin': { file: 'assets/odd.bin', bytes: 1 } },
}
const isHashed = hashedBy(manifest)

test.each([
  'assets/main-11111111.js',
  'assets/a-22222222.js',
  'assets/sky-1-33333333.avif',
  'assets/main-11111111.js.br',
  'assets/hero-66666666.avif',
])('%s may be kept for a year', (path) => {
  expect(cacheHeaders(path, isHashed)['Cache-Control']).toBe('public, max-age=31536000, immutable')
})

test.each(['assets/main-44444444.js', 'assets/odd.bin', 'art/hero.png', 'worker.js', 'index.html', ''])(
  '%s is revalidated',
  (path) => {
    expect(cacheHeaders(path, isHashed)).toEqual({ 'Cache-Control': 'no-cache' })
  },
)

test('without a manifest nothing is taken for hashed', () => {
  expect(hashedBy(undefined)('assets/main-11111111.js')).toBe(false)
})
