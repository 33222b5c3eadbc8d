import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openAside } from './aside.ts'
import { openDatabase } from './database.ts'
import { DIALECTS, scratchDatabase } from './scratch.ts'

interface Schema {
  star: { id: number }
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test('what is committed is seen, in the order asked for, and a statement that is wrong says so', async () => {
    await using scratch = await scratchDatabase<Schema>(dialect)
    await sql`CREATE TABLE star (id INTEGER)`.execute(scratch.database.kysely)
    await using aside = await openAside(scratch.database)
    const count = () => aside.rows(sql<{ count: number }>`SELECT COUNT(*) AS count FROM star WHERE id > ${0}`)
    const wrong = aside.rows(sql`SELECT brightness FROM star`)
    const none = count()
    await expect(wrong).rejects.toThrow(/brightness/)
    expect((await none)[0]?.count).toBe(0)
    await scratch.database.kysely.insertInto('star').values({ id: 7 }).execute()
    expect((await count())[0]?.count).toBe(1)
  })
})

test('while SQLite looks at much the process goes on', async () => {
  await using scratch = await scratchDatabase<Schema>('sqlite')
  await using aside = await openAside(scratch.database)
  let turns = 0
  const turning = setInterval(() => turns++, 1)
  // About a second; in this thread no timer would fire.
  const rows = await aside.rows(sql<{ n: number }>`
    SELECT COUNT(*) AS n FROM (WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 3000000) SELECT n FROM up)`)
  clearInterval(turning)
  expect(rows[0]?.n).toBe(3_000_000)
  expect(turns).toBeGreaterThan(20)
})

test('it cannot write', async () => {
  await using scratch = await scratchDatabase<Schema>('sqlite')
  await sql`CREATE TABLE star (id INTEGER)`.execute(scratch.database.kysely)
  await using aside = await openAside(scratch.database)
  await expect(aside.rows(sql`DELETE FROM star`)).rejects.toThrow(/readonly/)
})

test('a database in memory is read too', async () => {
  const database = openDatabase<Schema>('sqlite::memory:')
  await sql`CREATE TABLE star (id INTEGER)`.execute(database.kysely)
  await using aside = await openAside(database)
  expect(await aside.rows(sql<{ n: number }>`SELECT COUNT(*) AS n FROM star`)).toMatchObject([{ n: 0 }])
  await database.close()
})

test('who asks after the end is told so', async () => {
  await using scratch = await scratchDatabase<Schema>('sqlite')
  const aside = await openAside(scratch.database)
  await aside[Symbol.asyncDispose]()
  await expect(aside.rows(sql`SELECT 1`)).rejects.toThrow('has ended')
})
