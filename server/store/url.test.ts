import { expect, test } from 'vitest'
import { maskPasswords, parseDatabaseUrl } from './url.ts'

test.each([
  ['postgres://ann:secret@db:5432/game', 'postgres://ann:…@db:5432/game'],
  ['postgres://ann:sec/r?e#t@db/game', 'postgres://ann:…@db/game'],
  ['postgres://ann:se@cret@db/game', 'postgres://ann:…@db/game'],
  ['postgres://:secret@db/game', 'postgres://:…@db/game'],
  ['postgres://ann:secret', 'postgres://ann:…'],
  ['postgres://ann:secret/game', 'postgres://ann:…/game'],
  ['mysql://root:secret@db', 'mysql://root:…@db'],
  ['postgres://db/game?password=secret&max=4', 'postgres://db/game?password=…&max=4'],
])('the password in %s is not shown', (text, shown) => {
  expect(maskPasswords(text)).toBe(shown)
})

test.each([
  'postgres://db:5432/game',
  'postgres://ann@db:5432/game',
  'postgres://[::1]:5432/game',
  'postgres://ann@[::1]:5432/game',
  'sqlite:.data/a:b@c.db',
  'db:5432',
])('%s, which holds none, is shown as it is', (text) => {
  expect(maskPasswords(text)).toBe(text)
})

test('both schemes of PostgreSQL, sockets and SQLite’s paths are taken', () => {
  expect(parseDatabaseUrl('sqlite:.data/game.db')).toEqual({ dialect: 'sqlite', path: '.data/game.db' })
  for (const url of [
    'postgres://db/game',
    'postgresql://ann:%2Fx@db:5432/game?sslmode=require',
    'postgres:///game?host=/run',
  ])
    expect(parseDatabaseUrl(url)).toMatchObject({ dialect: 'postgres' })
})

test.each([
  '',
  'game.db',
  'sqlite:',
  'mysql://db/game',
  'postgres://db',
  'postgres://db/',
  'postgres://a:b/c@db/game',
  'postgres://a:%zz@db/game',
])('%j is no database', (url) => {
  expect(parseDatabaseUrl(url)).toBeNull()
})
