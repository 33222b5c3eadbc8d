import { expect, test } from 'vitest'
import { isByWidth, mapSrcset, writeSrcset } from './srcset.ts'

test('URLs are replaced, what they are for stays', () => {
  expect(mapSrcset(' a.png 480w,\n b.png   2x , c.png', (url) => `${url}!`)).toBe('a.png! 480w, b.png! 2x, c.png!')
})

test('a comma inside a URL does not end it, one behind it does', () => {
  const seen: string[] = []
  mapSrcset('data:image/png;base64,AA= 1x, i.png?a,b 2x, last.png,', (url) => {
    seen.push(url)
    return url
  })
  expect(seen).toEqual(['data:image/png;base64,AA=', 'i.png?a,b', 'last.png'])
})

test('one URL without a replacement leaves the set without one', () => {
  expect(mapSrcset('a.png 1x, b.png 2x', (url) => (url === 'a.png' ? 'c' : undefined))).toBeUndefined()
})

test('spaces and commas of a name are escaped', () => {
  expect(writeSrcset([{ url: 'a b,c.png', width: 5 }])).toBe('a%20b%2Cc.png')
})

test('only widths make the browser choose by width', () => {
  expect(isByWidth('a-480w.png 2x, b.png')).toBe(false)
  expect(isByWidth('a.png 480w, b.png 960w')).toBe(true)
})
