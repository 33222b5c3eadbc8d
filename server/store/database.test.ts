import { type Kysely, sql } from 'kysely'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Words } from './counters.ts'
import { openDatabase } from './database.ts'
import { gate, Hero, hero, heroMigrations, open as openFixture, type Tables } from './fixture.ts'
import { migrate } from './migrate.ts'
import { DIALECTS, scratchDatabase } from './scratch.ts'

const HERO = { id: 'a', version: 1, guild: 'owls', coins: 0, bag_json: '{}' }

const ids = async (db: Kysely<Tables>) =>
  (await db.selectFrom('hero').select('id').orderBy('id').execute()).map(({ id }) => id)

describe.each(DIALECTS)('on %s', (dialect) => {
  const open = (...[heroes, cache]: Parameters<typeof openFixture>) => openFixture(heroes, cache, dialect)

  test('a query outside a transaction does not see what is not committed', async () => {
    await using fixture = await open()
    const { kysely } = fixture.database
    const written = gate()
    const goOn = gate()
    const writing = fixture.database.transaction(async (db) => {
      await db.insertInto('hero').values(HERO).execute()
      expect(await ids(db)).toEqual(['a'])
      written.open()
      await goOn.passed
    })
    await written.passed
    expect(await ids(kysely)).toEqual([])
    goOn.open()
    await writing
    expect(await ids(kysely)).toEqual(['a'])
  })

  test('what would wait for its own transaction is refused at once', async () => {
    await using fixture = await open()
    const { database } = fixture
    await database.transaction(async (db) => {
      await expect(database.transaction(async () => {})).rejects.toThrow('would wait for it forever')
      await expect(database.kysely.insertInto('hero').values(HERO).execute()).rejects.toThrow(
        'use the db that the transaction hands out',
      )
      await db.insertInto('hero').values(HERO).execute()
    })
    expect(await ids(database.kysely)).toEqual(['a'])
  })

  test('work that a transaction left behind may write when it is over', async () => {
    await using fixture = await open()
    const { database } = fixture
    const over = gate()
    let later: Promise<unknown> = Promise.resolve()
    await database.transaction(async () => {
      later = over.passed.then(() => database.kysely.insertInto('hero').values(HERO).execute())
    })
    over.open()
    await later
    expect(await ids(database.kysely)).toEqual(['a'])
  })

  test('a transaction that fails leaves nothing, and its error passes', async () => {
    await using fixture = await open()
    const failing = fixture.database.transaction(async (db) => {
      await db.insertInto('hero').values(HERO).execute()
      throw new Error('change of mind')
    })
    await expect(failing).rejects.toThrow('change of mind')
    expect(await ids(fixture.database.kysely)).toEqual([])
  })

  test('a rollback that fails holds nobody up, and leaves nothing of its transaction', async () => {
    let broken = false
    await using scratch = await scratchDatabase<Tables>(dialect, {
      onStatement(statement) {
        if (broken && statement === 'ROLLBACK') {
          broken = false
          throw new Error('disk I/O error')
        }
      },
    })
    const { database } = scratch
    await migrate(database, heroMigrations)
    broken = true
    const failing = database.transaction(async (db) => {
      await db.insertInto('hero').values(HERO).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow(/^(?:no|disk I\/O error)$/)
    await database.transaction((db) =>
      db
        .insertInto('hero')
        .values({ ...HERO, id: 'b' })
        .execute(),
    )
    expect(await ids(database.kysely)).toEqual(['b'])
  })

  test('a failed statement and a failed COMMIT leave the connection fit for the next', async () => {
    await using fixture = await open([hero('a')])
    const { database } = fixture
    await expect(database.transaction((db) => db.insertInto('hero').values(HERO).execute())).rejects.toSatisfy(
      database.isDuplicate,
    )
    await sql`CREATE TABLE child (hero TEXT REFERENCES hero(id) DEFERRABLE INITIALLY DEFERRED)`.execute(database.kysely)
    const orphan = database.transaction((db) => sql`INSERT INTO child VALUES ('nobody')`.execute(db))
    await expect(orphan).rejects.toThrow(/foreign key constraint/i)
    await database.transaction((db) => sql`INSERT INTO child VALUES ('a')`.execute(db))
    expect((await sql`SELECT hero FROM child`.execute(database.kysely)).rows).toEqual([{ hero: 'a' }])
  })

  test('an error that is no duplicate is not taken for one, nor for others in the way', async () => {
    await using fixture = await open()
    const { database } = fixture
    expect([database.isDuplicate(new Error('no')), database.isContended(new Error('no'))]).toEqual([false, false])
    await expect(sql`INSERT INTO hero (id) VALUES ('x')`.execute(database.kysely)).rejects.toSatisfy(
      (error) => !database.isDuplicate(error) && !database.isContended(error),
    )
  })

  test('more different statements than are kept prepared still work', async () => {
    await using fixture = await open([hero('a')])
    const { kysely } = fixture.database
    for (let n = 0; n < 600; n++) {
      const { rows } = await sql`SELECT id AS ${sql.id(`n${n}`)} FROM hero WHERE id = ${'a'}`.execute(kysely)
      expect(rows).toEqual([{ [`n${n}`]: 'a' }])
    }
  })

  test('statements and transactions are counted, and all of their time is the database’s', async () => {
    await using fixture = await open()
    const counts: Record<string, number> = {}
    const spans: string[] = []
    const timing = {
      count: (name: string, n = 1) => void (counts[name] = (counts[name] ?? 0) + n),
      span: <T>(layer: string, work: () => T) => (spans.push(layer), work()),
    }
    const { database, statements } = fixture
    await database.timed(timing, async () => {
      await database.transaction((db) => db.insertInto('hero').values(HERO).execute())
      await ids(database.kysely)
    })
    await database.timed(timing, () => database.transaction(() => Promise.reject(new Error('no')))).catch(() => {})
    expect(counts).toEqual({ statements: 2, transactions: 2 })
    expect(statements.map((statement) => statement.split(' ')[0])).toEqual([
      'BEGIN',
      'insert',
      'COMMIT',
      'select',
      'BEGIN',
      'ROLLBACK',
    ])
    // Waiting for a connection is told apart.
    expect(spans.filter((layer) => layer !== 'pool')).toEqual(statements.map(() => 'database'))
  })

  test('a section says its statement, without values, and how many rows', async () => {
    await using fixture = await open([hero('a'), hero('b')])
    const told: string[] = []
    const timing = {
      count: () => {},
      span<T>(layer: string, work: () => T, words?: Words<T>): T {
        const result = work()
        if (layer === 'database')
          void Promise.resolve(result).then((value) => told.push(`${words?.detail}: ${words?.outcome?.(value)}`))
        return result
      },
    }
    await fixture.database.timed(timing, () =>
      fixture.database.kysely.selectFrom('hero').select('id').where('id', 'in', ['a', 'b', 'secret']).execute(),
    )
    expect(told).toEqual([expect.stringMatching(/^select "id" from "hero" where "id" in \(.*\): 2 rows$/)])
    expect(told.join()).not.toContain('secret')
  })

  test('two processes write one database: all writes arrive, none is in the other’s way for good', async () => {
    const names = ['a', 'b', 'c']
    await using fixture = await open(names.map((id) => hero(id)))
    const times = 300
    const program = `
    import { createLocalCache } from ${JSON.stringify(new URL('../cache/local.ts', import.meta.url).href)}
    import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)}
    import { createStore } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)}
    import { Hero } from ${JSON.stringify(new URL('./hero.ts', import.meta.url).href)}
    const database = openDatabase(${JSON.stringify(fixture.url)})
    const store = createStore({ database, cache: createLocalCache() })
    console.log('ready')
    for (let n = 0; n < ${times}; n++) {
      await store.session().transaction(async (tx) => {
        const hero = await tx.get(Hero, ${JSON.stringify(names)}[n % 3])
        await tx.update(Hero, { ...hero, coins: hero.coins + 1 })
      }, { retries: 20 })
    }
    await database.close()`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let complaints = ''
    child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
    const ended = once(child, 'exit')
    for (let n = 0; n < times; n++) {
      await fixture.store.session().transaction(
        async (tx) => {
          const found = await tx.get(Hero, names[n % 3] ?? '')
          if (found) await tx.update(Hero, { ...found, coins: found.coins + 1 })
        },
        { retries: 20 },
      )
      // The other one takes a moment to start; from then on both write as fast as they can.
      if (n === 0) await once(child.stdout, 'data')
    }
    expect([await ended, complaints]).toEqual([[0, null], ''])
    const rows = await fixture.database.kysely.selectFrom('hero').select('coins').execute()
    expect(rows.reduce((sum, { coins }) => sum + coins, 0)).toBe(2 * times)
  })
})

test.each(['mysql://x', 'postgres://localhost', 'sqlite:', '', '/tmp/x.db'])(
  'the URL %j is refused with what was expected',
  (url) => {
    expect(() => openDatabase(url)).toThrow(
      `DATABASE_URL is ${JSON.stringify(url)}: expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE (`,
    )
  },
)

test('a URL that is refused shows no password', () => {
  expect(() => openDatabase('postgres://ann:sec/ret@db/game')).toThrow('DATABASE_URL is "postgres://ann:…@db/game"')
})

test('a file that is no database is refused by name', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'store-test-')), 'notes.txt')
  writeFileSync(file, 'this is not a database, only a text that is long enough to be looked at. '.repeat(20))
  expect(() => openDatabase(`sqlite:${file}`)).toThrow(
    `${file} cannot be opened (file is not a database); expected an SQLite file`,
  )
})

test('a folder that cannot be made is refused by name', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'store-test-')), 'file')
  writeFileSync(file, '')
  expect(() => openDatabase(`sqlite:${file}/x/y.db`)).toThrow(
    /^DATABASE_URL is ".*": .*y\.db cannot be opened \(.*; expected an SQLite file/,
  )
})

test('the folder is made, and what is written is there when it is opened again', async () => {
  const url = `sqlite:${join(mkdtempSync(join(tmpdir(), 'store-test-')), 'deep', 'er', 'x.db')}`
  const first = openDatabase<Tables>(url)
  await migrate(first, heroMigrations)
  await first.kysely.insertInto('hero').values(HERO).execute()
  await first.close()
  const second = openDatabase<Tables>(url)
  expect(await ids(second.kysely)).toEqual(['a'])
  await second.close()
})

test('an in-memory database leaves nothing behind', async () => {
  const before = new Set(readdirSync(tmpdir()))
  const database = openDatabase<Tables>('sqlite::memory:')
  await migrate(database, heroMigrations)
  expect(await database.kysely.selectFrom('hero').selectAll().execute()).toEqual([])
  const made = readdirSync(tmpdir()).filter((name) => name.startsWith('firstframe-') && !before.has(name))
  await database.close()
  expect(made.filter((name) => existsSync(join(tmpdir(), name, 'memory.db')))).toEqual([])
})

test('WAL, foreign keys and normal synchronisation are on', async () => {
  await using fixture = await openFixture()
  const { kysely } = fixture.database
  expect((await sql`PRAGMA journal_mode`.execute(kysely)).rows).toEqual([{ journal_mode: 'wal' }])
  expect((await sql`PRAGMA foreign_keys`.execute(kysely)).rows).toEqual([{ foreign_keys: 1 }])
  expect((await sql`PRAGMA synchronous`.execute(kysely)).rows).toEqual([{ synchronous: 1 }])
})

test('transactions begun at once run one after the other', async () => {
  await using fixture = await openFixture()
  const steps: string[] = []
  const step = (name: string) =>
    fixture.database.transaction(async (db) => {
      steps.push(`${name} begins`)
      await sql`SELECT 1`.execute(db)
      await new Promise(setImmediate)
      steps.push(`${name} ends`)
    })
  await Promise.all([step('a'), step('b'), step('c')])
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('a single write waits for the transaction under way', async () => {
  await using fixture = await openFixture()
  const goOn = gate()
  const writing = fixture.database.transaction(async (db) => {
    await goOn.passed
    await db.insertInto('hero').values(HERO).execute()
    throw new Error('change of mind')
  })
  const single = fixture.database.kysely
    .insertInto('hero')
    .values({ ...HERO, id: 'b' })
    .execute()
  goOn.open()
  await expect(writing).rejects.toThrow('change of mind')
  await single
  expect(await ids(fixture.database.kysely)).toEqual(['b'])
})

test('another process’s lock is others in the way', async () => {
  await using fixture = await openFixture()
  const { database, url } = fixture
  const other = new DatabaseSync(url.replace('sqlite:', ''), { timeout: 0 })
  await database.transaction(async () => {
    expect(() => other.exec('BEGIN IMMEDIATE')).toThrow(
      expect.toSatisfy((error) => database.isContended(error) && !database.isDuplicate(error)),
    )
  })
  other.close()
})
