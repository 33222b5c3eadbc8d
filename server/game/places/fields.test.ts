import { expect, test } from 'vitest'
import { FieldError, whole, word } from './fields.ts'

test('a field is read as it came', () => {
  expect(word({ mission: 'gather-kindling' }, 'mission')).toBe('gather-kindling')
  expect(whole({ price: '120' }, 'price')).toBe(120)
})

test('a missing, repeated, empty or endless field is refused in words', () => {
  for (const fields of [{}, { item: ['a', 'b'] }, { item: '' }, { item: 'x'.repeat(41) }])
    expect(() => word(fields, 'item')).toThrow(FieldError)
})

test('a negative, broken or huge number is refused', () => {
  for (const price of ['-5', '1.5', '1e3', '', '12345678901', ' 1'])
    expect(() => whole({ price }, 'price')).toThrow(FieldError)
})
