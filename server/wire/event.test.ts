import { expect, test } from 'vitest'
import { EVENT_NAMES, parseEvents } from './event.ts'

test('an event comes through with its fields in the table’s order', () => {
  const [event] = parseEvents([
    { name: 'mission', id: 'k3v9x2ab.0', at: 5.5, data: { good: true, mission: 'burn-the-nest' } },
  ])
  expect(JSON.stringify(event)).toBe(
    '{"id":"k3v9x2ab.0","name":"mission","at":5.5,"data":{"mission":"burn-the-nest","good":true}}',
  )
})

test.each(EVENT_NAMES)('%s needs no more than a name and a time', (name) => {
  expect(parseEvents([{ name, at: 1 }])).toEqual([{ name, at: 1 }])
})

test.each([
  [{ name: 'install', at: 1 }, 'events: expected an array of { id, name, at, data? }, got {"name"'],
  [Array.from({ length: 51 }, () => ({ name: 'install', at: 1 })), 'events: at most 50 in one batch, got 51'],
  [[null], 'events[0]: expected { id, name, at, data? }, got null'],
  [
    [
      { name: 'install', at: 1 },
      { name: 'hack', at: 1 },
    ],
    'events[1]: name "hack" is not one of install, invite-sent',
  ],
  [[{ name: 'constructor', at: 1 }], 'name "constructor" is not one of'],
  [[{ name: 'install', at: '1' }], 'at: expected milliseconds since the epoch, got "1"'],
  [[{ name: 'install', at: 1, user: 'ada' }], 'expected only id, name, at, data, got "user"'],
  [[{ name: 'install', at: 1, id: 'short' }], 'id: expected 8 to 64 of A-Z a-z 0-9 _ . -, got "short"'],
  [[{ name: 'install', at: 1, id: `${'x'.repeat(20)}\0` }], 'id: expected'],
  [[{ name: 'install', at: 1, data: [] }], 'data: expected an object, got []'],
  [[{ name: 'level', at: 1, data: { coins: 9 } }], 'data: level has level, got "coins"'],
  [[{ name: 'level', at: 1, data: JSON.parse('{"__proto__":9}') }], 'data: level has level, got "__proto__"'],
  [[{ name: 'level', at: 1, data: { level: 'nine' } }], 'data.level: expected a number, got "nine"'],
  [[{ name: 'level', at: 1, data: { level: null } }], 'data.level: expected a number, got null'],
  [[{ name: 'mission', at: 1, data: { good: 1 } }], 'data.good: expected a boolean, got 1'],
  [[{ name: 'gift', at: 1, data: { item: 'x'.repeat(101) } }], 'data.item: expected a text of at most 100 characters'],
  [[{ name: 'gift', at: 1, data: { item: { a: 1 } } }], 'data.item: expected a text'],
])('%j is refused in words', (body, words) => {
  expect(() => parseEvents(body)).toThrow(words)
})
