import { expect, test } from 'vitest'
import { mapFontPreloads } from './preloads.ts'

const moved = (href: string): string | undefined => (href === '/t.ttf' ? '/t-subset.woff2' : undefined)

test('a preload follows its font', () => {
  expect(mapFontPreloads('<link rel="preload" as="font" href="/t.ttf" type="font/ttf" crossorigin>', moved)).toBe(
    '<link rel="preload" as="font" href="/t-subset.woff2" type="font/woff2" crossorigin>',
  )
})

test.for([
  '<link rel="preload" as="font" href="/other.woff2">',
  '<link rel="preload" as="fetch" href="/t.ttf">',
  '<a href="/t.ttf">',
])('%s stays', (html) => {
  expect(mapFontPreloads(html, moved)).toBe(html)
})
