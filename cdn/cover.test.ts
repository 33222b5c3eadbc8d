import { expect, test } from 'vitest'
import { cover } from './cover.ts'

test('a folder of nothing else is one pattern, whatever is below it', () => {
  const files = ['assets/a-1.js', 'assets/b-2.css', 'assets/art/c-3.avif']
  expect(cover(files, ['index.html', 'assets.txt'])).toEqual({ patterns: ['assets/*'], rest: [] })
})

test('in a folder shared with others, kinds of file are patterns where no other is of the kind', () => {
  const files = ['assets/a-1.js', 'assets/b-2.js', 'assets/c-3.png', 'assets/d-4.png']
  expect(cover(files, ['assets/sprites/hero.png'])).toEqual({
    patterns: ['assets/*.js'],
    rest: ['assets/c-3.png', 'assets/d-4.png'],
  })
})

test('a pattern fits no more than it must', () => {
  const files = ['built/art/a-1.avif', 'built/art/b-2.avif', 'c/d/e-3.js', 'c/f/g-4.js']
  expect(cover(files, ['c/h.css', 'index.html']).patterns).toEqual(['built/art/*', 'c/*.js'])
})

test('no file is fitted by two patterns', () => {
  const files = ['a/1.js', 'a/2.js', 'a/deep/3.js', 'a/deep/4.js', 'a/deep/5.css', 'a/deep/6.css']
  expect(cover(files, ['a/x.css'])).toEqual({ patterns: ['a/deep/*'], rest: ['a/1.js', 'a/2.js'] })
})

test('files at the top are fitted by their kind, never by everything', () => {
  expect(cover(['a-1.js', 'b-2.js'], ['index.html'])).toEqual({ patterns: ['*.js'], rest: [] })
})
