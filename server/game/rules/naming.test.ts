import { expect, test } from 'vitest'
import { nameFrom, rename } from './naming.ts'
import { sample } from './sample.ts'

test('a name is trimmed, its spaces drawn together, its letters composed', () => {
  expect(nameFrom('  Wren \u00A0  Ashby ')).toBe('Wren Ashby')
  expect(nameFrom('Zoe\u0308')).toBe('Zoë')
  expect(nameFrom('木枯し 🦊')).toBe('木枯し 🦊')
  expect(nameFrom('x'.repeat(24))).toHaveLength(24)
})

test.for([
  ['nothing', ''],
  ['only spaces', ' \u2003 \u00A0'],
  ['25 characters', 'x'.repeat(25)],
  ['a control character', 'Wren\u0007'],
  ['a line break', 'Wren\nAshby'],
  ['a direction override', '\u202EnerW'],
  ['a zero-width space', 'Wr\u200Ben'],
  ['a blank that passes for a letter', '\u3164'],
  ['a tower of marks', 'W\u0301\u0302\u0303\u0304'],
  ['half a surrogate pair', 'Wren \uD83E'],
])('%s is no name', ([, text]) => {
  expect(() => nameFrom(text ?? '')).toThrow(expect.objectContaining({ code: 'input', status: 422 }))
})

test('a player takes a name and a face; a face that is not there is refused', () => {
  expect(rename(sample(), 'Hob', 'mage').player).toMatchObject({ name: 'Hob', avatar: 'avatars/mage' })
  expect(() => rename(sample(), 'Hob', 'avatars/mage')).toThrow(
    expect.objectContaining({ code: 'unknown', status: 404 }),
  )
})
