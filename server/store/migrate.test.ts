import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { migrate, type Migration } from './migrate.ts'

function note(name: string, notes: string[]): Migration {
  return {
    async up(db) {
      notes.push(name)
      await sql`CREATE TABLE ${sql.table(name)} (id TEXT)`.execute(db)
    },
  }
}

test('migrations run once, in the order of their names', async () => {
  const database = openDatabase('sqlite::memory:')
  const notes: string[] = []
  const migrations = { '0002-b': note('b', notes), '0001-a': note('a', notes) }
  expect(await migrate(database, migrations)).toEqual(['0001-a', '0002-b'])
  expect(await migrate(database, { ...migrations, '0003-c': note('c', notes) })).toEqual(['0003-c'])
  expect(notes).toEqual(['a', 'b', 'c'])
  await database.close()
})

test('a migration that fails leaves no half of itself, and runs when it is mended', async () => {
  const database = openDatabase('sqlite::memory:')
  const broken: Migration = {
    async up(db) {
      await sql`CREATE TABLE half (id TEXT)`.execute(db)
      await sql`CREATE TABLE half (id TEXT)`.execute(db)
    },
  }
  await expect(migrate(database, { '0001-half': broken })).rejects.toThrow('table half already exists')
  expect(await migrate(database, { '0001-half': note('half', []) })).toEqual(['0001-half'])
  await database.close()
})

test('a database from the future is refused by the name of what is unknown', async () => {
  const database = openDatabase('sqlite::memory:')
  await migrate(database, { '0001-a': note('a', []), '0002-b': note('b', []) })
  await expect(migrate(database, { '0001-a': note('a', []) })).rejects.toThrow(
    'the database has migration "0002-b", which this release does not know: run the release that made it',
  )
  await database.close()
})

test('two that start at once migrate once', async () => {
  const database = openDatabase('sqlite::memory:')
  const notes: string[] = []
  const migrations = { '0001-a': note('a', notes) }
  const ran = await Promise.all([migrate(database, migrations), migrate(database, migrations)])
  expect(ran.flat()).toEqual(['0001-a'])
  expect(notes).toEqual(['a'])
  await database.close()
})
