import { expect, test } from 'vitest'
import { resolveOptions, type Options } from './options.ts'

const resolve = (options: unknown): unknown => resolveOptions(options as Options)

test('an unknown option is named with the closest there is', () => {
  expect(() => resolve({ imags: {} })).toThrow('firstframe(): there is no option "imags": did you mean "images"?')
  expect(() => resolve({ images: { rules: [{ match: '*', width: [1] }] } })).toThrow(
    'firstframe({ images: { rules: [0] } }): there is no option "width": did you mean "widths"?',
  )
})

test('an option that resembles none is told with all there are', () => {
  expect(() => resolve({ zzzzzzzzzz: 1 })).toThrow(/there is no option "zzzzzzzzzz"; there are entries, critical/)
})

test('a wrong value says what arrived and what was expected', () => {
  expect(() => resolve({ worker: 3 })).toThrow('firstframe(): worker is 3, expected true, false or a path')
  expect(() => resolve({ images: { rules: [{ match: '*', widths: [0.5] }] } })).toThrow(
    'widths is [0.5], expected whole numbers of pixels',
  )
  expect(() => resolve({ images: { rules: [{ match: '*' }] } })).toThrow('widths is missing')
  expect(() => resolve({ pictures: { avifSeconds: -1 } })).toThrow(
    'firstframe({ pictures }): avifSeconds is -1, expected a number of seconds',
  )
  expect(() => resolve({ atlases: { forest: {} } })).toThrow('firstframe({ atlases: { "forest" } }): frames is missing')
  expect(() => resolve('fast')).toThrow('expected an object, got "fast"')
})

test('nothing given, everything has its default', () => {
  expect(resolve({})).toMatchObject({ entries: [], inlineCss: 8192, images: false, worker: true, fonts: true })
})
