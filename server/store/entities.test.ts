import { expect, expectTypeOf, test } from 'vitest'
import { defineEntity } from './entities.ts'
import { Hero, type HeroRow, type Tables } from './fixture.ts'
import type { Session } from './session.ts'
import type { StoreTransaction } from './writes.ts'

const columns = { id: 'id', version: 'version', guild: 'guild', coins: 'coins', bag: 'bag_json' } as const

test('wrong names of tables, columns and fields do not compile', () => {
  const good = { name: 'hero', table: 'hero', schema: 1, json: ['bag'], columns } as const
  expect(defineEntity<HeroRow, Tables>(good).columns).toEqual(Object.values(columns))
  // @ts-expect-error -- no such table
  defineEntity<HeroRow, Tables>({ ...good, table: 'heroes' })
  // @ts-expect-error -- no such column
  defineEntity<HeroRow, Tables>({ ...good, columns: { ...columns, coins: 'money' } })
  // @ts-expect-error -- the column of another table
  defineEntity<HeroRow, Tables>({ ...good, columns: { ...columns, coins: 'answer' } })
  // @ts-expect-error -- a field without a column
  defineEntity<HeroRow, Tables>({ ...good, columns: { id: 'id', version: 'version', guild: 'guild', coins: 'coins' } })
  // @ts-expect-error -- no such field
  defineEntity<HeroRow, Tables>({ ...good, json: ['bags'] })
  // @ts-expect-error -- a row without a version
  defineEntity<{ id: string }, Tables>({ ...good, columns: { id: 'id' } })
})

test('rows have the type of their entity', () => {
  expectTypeOf<Session<Tables>['get']>().toBeFunction()
  const read = (session: Session<Tables>) => session.get(Hero, 'a')
  expectTypeOf(read).returns.toEqualTypeOf<Promise<HeroRow | null>>()
  // @ts-expect-error -- a field of another type
  const write = (tx: StoreTransaction<Tables>, row: HeroRow) => tx.update(Hero, { ...row, coins: 'many' })
  expect(write).toBeTypeOf('function')
})

test('a name that would blur the cache keys is refused', () => {
  expect(() => defineEntity<HeroRow, Tables>({ name: 'my hero', table: 'hero', schema: 1, columns })).toThrow(
    'cache key part "my hero"',
  )
})
