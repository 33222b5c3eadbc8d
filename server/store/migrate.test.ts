import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { migrate, type Migration } from './migrate.ts'
import { DIALECTS, scratchDatabase } from './scratch.ts'

function note(name: string, notes: string[]): Migration {
  return {
    async up(db, dialect) {
      notes.push(`${name} on ${dialect}`)
      await sql`CREATE TABLE ${sql.table(name)} (id TEXT)`.execute(db)
    },
  }
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('migrations run once, in the order of their names, and hear which database it is', async () => {
    await using scratch = await scratchDatabase(dialect)
    const notes: string[] = []
    const migrations = { '0002-b': note('b', notes), '0001-a': note('a', notes) }
    expect(await migrate(scratch.database, migrations)).toEqual(['0001-a', '0002-b'])
    expect(await migrate(scratch.database, { ...migrations, '0003-c': note('c', notes) })).toEqual(['0003-c'])
    expect(notes).toEqual([`a on ${dialect}`, `b on ${dialect}`, `c on ${dialect}`])
  })

  test('a migration that fails leaves no half of itself, and runs when it is mended', async () => {
    await using scratch = await scratchDatabase(dialect)
    const broken: Migration = {
      async up(db) {
        await sql`CREATE TABLE half (id TEXT)`.execute(db)
        await sql`CREATE TABLE half (id TEXT)`.execute(db)
      },
    }
    await expect(migrate(scratch.database, { '0001-half': broken })).rejects.toThrow(/"?half"? already exists/)
    expect(await migrate(scratch.database, { '0001-half': note('half', []) })).toEqual(['0001-half'])
  })

  test('a database from the future is refused by the name of what is unknown', async () => {
    await using scratch = await scratchDatabase(dialect)
    await migrate(scratch.database, { '0001-a': note('a', []), '0002-b': note('b', []) })
    await expect(migrate(scratch.database, { '0001-a': note('a', []) })).rejects.toThrow(
      'the database has migration "0002-b", which this release does not know: run the release that made it',
    )
  })

  test('processes that start at once migrate once', async () => {
    await using scratch = await scratchDatabase(dialect)
    const others = [scratch.again(), scratch.again(), scratch.again()]
    const notes: string[] = []
    const migrations = { '0001-a': note('a', notes), '0002-b': note('b', notes) }
    const ran = await Promise.all([scratch.database, ...others].map((database) => migrate(database, migrations)))
    for (const other of others) await other.close()
    expect(ran.flat().sort()).toEqual(['0001-a', '0002-b'])
    expect(notes).toHaveLength(2)
  })
})
