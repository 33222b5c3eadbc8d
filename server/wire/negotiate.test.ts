import { expect, test } from 'vitest'
import { chooseInstead } from './negotiate.ts'

const AVIF = { file: 'assets/a-11111111.avif', bytes: 1, type: 'image/avif' }
const WEBP = { file: 'assets/a-22222222.webp', bytes: 2, type: 'image/webp' }
const OGG = { file: 'assets/s-33333333.ogg', bytes: 1, type: 'audio/ogg' }
const MP3 = { file: 'assets/s-44444444.mp3', bytes: 2, type: 'audio/mpeg' }
const picture = { instead: [AVIF, WEBP] }
const sound = { instead: [OGG, MP3] }

test.each([
  ['an <img> of Chromium', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', AVIF],
  ['an <img> that knows no AVIF', 'image/webp,image/png,image/*;q=0.8,*/*;q=0.5', WEBP],
  ['a fetch() of a page or a worker', '*/*', WEBP],
  ['any picture', 'image/*', WEBP],
  ['one that forbids WebP', 'image/webp;q=0, */*', undefined],
  ['one that takes pictures of one kind alone', 'image/png', undefined],
  ['one that says nothing', undefined, undefined],
])('%s is answered with what it takes', (_who, accept, expected) => {
  expect(chooseInstead(accept, picture)).toBe(expected)
})

test('a sound that not every browser plays is sent only to who names it', () => {
  expect(chooseInstead('*/*', sound)).toBe(MP3)
  expect(chooseInstead('audio/ogg, */*;q=0.1', sound)).toBe(OGG)
})

test('a name without anything better is answered with its own bytes', () => {
  expect(chooseInstead('image/avif', { instead: [] })).toBeUndefined()
})
