import { sql } from 'kysely'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { service } from '../services.ts'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { gate } from './fixture.ts'
import { migrate } from './migrate.ts'
import { scratchDatabase } from './scratch.ts'

interface Tables {
  purse: { id: string; coins: number }
}

const postgres = service('postgres')
const server = new URL(postgres?.url ?? 'postgres://nowhere/none')

/** A database with two purses in it. */
async function purses() {
  const scratch = await scratchDatabase<Tables>('postgres')
  onTestFinished(async () => await scratch[Symbol.asyncDispose]())
  const { kysely } = scratch.database
  await sql`CREATE TABLE purse (id text PRIMARY KEY, coins integer NOT NULL)`.execute(kysely)
  await kysely
    .insertInto('purse')
    .values(['a', 'b'].map((id) => ({ id, coins: 0 })))
    .execute()
  return scratch
}

/** Opens the database of `url` with changes to it. */
function open(url: string, change: (url: URL) => void, options?: DatabaseOptions): Database<Tables> {
  const changed = new URL(url)
  change(changed)
  const database = openDatabase<Tables>(changed.href, options)
  onTestFinished(() => database.close())
  return database
}

const coins = async ({ kysely }: Database<Tables>, id = 'a') =>
  (await kysely.selectFrom('purse').select('coins').where('id', '=', id).executeTakeFirstOrThrow()).coins
const give = ({ kysely }: Pick<Database<Tables>, 'kysely'>, id = 'a') =>
  kysely
    .updateTable('purse')
    .set(({ eb }) => ({ coins: eb('coins', '+', 1) }))
    .where('id', '=', id)
    .execute()

describe.skipIf(!postgres)('at the start', () => {
  const start = (change: (url: URL) => void) => migrate(open(server.href, change), {})

  test('a server that is not there is told in a line', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await expect(start((url) => Object.assign(url, { port, username: 'ann', password: 'secret' }))).rejects.toThrow(
      `DATABASE_URL is "postgres://ann:…@127.0.0.1:${port}/postgres": no PostgreSQL answers at 127.0.0.1:${port} (connect ECONNREFUSED 127.0.0.1:${port}); start one there, or correct host and port`,
    )
  })

  test('a server that takes connections and says nothing is given up', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const { port } = silent.address() as AddressInfo
    await expect(start((url) => Object.assign(url, { port, search: '?connect_timeout=1' }))).rejects.toThrow(
      /no PostgreSQL answers at 127\.0\.0\.1:\d+ \(.*timeout.*\); start one there/,
    )
  })

  test('a wrong password is told and not shown', async () => {
    const admin = open(server.href, () => {})
    await sql`DROP ROLE IF EXISTS guarded`.execute(admin.kysely)
    await sql`CREATE ROLE guarded LOGIN PASSWORD 'right'`.execute(admin.kysely)
    await expect(
      start((url) => Object.assign(url, { username: 'guarded', password: 'right', pathname: '/postgres' })),
    ).rejects.toThrow('permission denied')
    const wrong = start((url) => Object.assign(url, { username: 'guarded', password: 'wrong' }))
    await expect(wrong).rejects.toThrow(
      /^DATABASE_URL is "postgres:\/\/guarded:…@[^"]+": the server refuses its user \(password authentication failed for user "guarded"\); correct user and password$/,
    )
    await expect(start((url) => Object.assign(url, { username: 'guarded', password: '' }))).rejects.toThrow(
      /its user is asked for a password \(SASL: .*\); expected postgres:\/\/USER:PASSWORD@/,
    )
    await sql`DROP ROLE guarded`.execute(admin.kysely)
  })

  test('a database that is not there is told with how to make it', async () => {
    await expect(start((url) => Object.assign(url, { pathname: '/no%20such' }))).rejects.toThrow(
      'there is no such database (database "no such" does not exist); make it, for example with createdb no such',
    )
  })

  test.each([
    ['max', '1', 'from 2, for example max=10'],
    ['max', '2.5', 'from 2, for example max=10'],
    ['lock_timeout', '5s', 'from 0, for example lock_timeout=5000'],
  ])('%s=%s is refused', (name, value, words) => {
    expect(() => openDatabase(`${server.href}?${name}=${value}`)).toThrow(
      `its ${name} is "${value}", expected a whole number ${words}`,
    )
  })
})

describe.skipIf(!postgres)('what comes back', () => {
  test('bigint and COUNT are numbers, and one that a number cannot hold is an error', async () => {
    const { database } = await purses()
    const { rows } = await sql`SELECT COUNT(*) AS n, 9007199254740991::bigint AS most FROM purse`.execute(
      database.kysely,
    )
    expect(rows).toEqual([{ n: 2, most: Number.MAX_SAFE_INTEGER }])
    await expect(sql`SELECT 9007199254740993::bigint`.execute(database.kysely)).rejects.toThrow(
      'the database gave the bigint 9007199254740993, which a number cannot hold exactly: select it as text',
    )
    expect(await coins(database)).toBe(0)
  })

  test('statements are prepared once for each connection', async () => {
    const { database } = await purses()
    await database.transaction(async (db) => {
      for (const id of ['a', 'b', 'a']) await db.selectFrom('purse').selectAll().where('id', '=', id).execute()
      const { rows } =
        await sql`SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE 'select %'`.execute(db)
      expect(rows).toEqual([{ n: 1 }])
    })
  })

  test('a statement prepared before a migration changed its columns is prepared anew', async () => {
    const { database, url } = await purses()
    const one = open(url, (url) => url.searchParams.set('max', '2'))
    const all = () => one.kysely.selectFrom('purse').selectAll().where('id', '=', 'a').execute()
    expect(await all()).toEqual([{ id: 'a', coins: 0 }])
    await sql`ALTER TABLE purse ADD COLUMN silver integer NOT NULL DEFAULT 7`.execute(database.kysely)
    expect(await all()).toEqual([{ id: 'a', coins: 0, silver: 7 }])
  })
})

describe.skipIf(!postgres)('limits', () => {
  test('are those of the house, or of the URL', async () => {
    const { database, url } = await purses()
    const limits = async ({ kysely }: Database<Tables>) =>
      (
        await sql<{ name: string; setting: string }>`SELECT name, setting FROM pg_settings
          WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'application_name')
          ORDER BY name`.execute(kysely)
      ).rows.map(({ setting }) => setting)
    expect(await limits(database)).toEqual(['firstframe', '10000', '5000', '10000'])
    const other = open(url, (url) => {
      url.searchParams.set('statement_timeout', '2500')
      url.searchParams.set('application_name', 'bench')
    })
    expect(await limits(other)).toEqual(['bench', '10000', '5000', '2500'])
  })

  test('a statement that takes too long is ended by the server, and the connection goes on', async () => {
    const { url } = await purses()
    const database = open(url, (url) => url.searchParams.set('statement_timeout', '50'))
    await expect(sql`SELECT pg_sleep(5)`.execute(database.kysely)).rejects.toThrow('statement timeout')
    expect(await coins(database)).toBe(0)
  })

  test('more transactions than connections wait for each other, also where each reads beside itself', async () => {
    const { url } = await purses()
    const database = open(url, (url) => url.searchParams.set('max', '4'))
    const work = Array.from({ length: 12 }, () =>
      database.transaction(async (db) => {
        await give({ kysely: db })
        await coins(database)
      }),
    )
    await Promise.all(work)
    expect(await coins(database)).toBe(12)
  })

  test('a select that writes is refused: it might be asked twice', async () => {
    const { database } = await purses()
    const hidden = sql`SELECT setval(pg_get_serial_sequence('counted', 'id'), 1)`
    await sql`CREATE TABLE counted (id bigint GENERATED BY DEFAULT AS IDENTITY)`.execute(database.kysely)
    await expect(hidden.execute(database.kysely)).rejects.toThrow('read-only transaction')
  })
})

describe.skipIf(!postgres)('others in the way', () => {
  test('a deadlock, a lock not had in time and a serialization failure are contended, and nothing stays', async () => {
    const { url } = await purses()
    const database = open(url, (url) => {
      url.searchParams.set('options', `${url.searchParams.get('options')} -c deadlock_timeout=20ms`)
      url.searchParams.set('lock_timeout', '200')
    })
    const outcomes: unknown[] = []
    const failed = (error: unknown) => outcomes.push(database.isContended(error) && !database.isDuplicate(error))
    const [one, two] = [gate(), gate()]
    const both = (mine: string, theirs: string, had: typeof one, other: typeof one) =>
      database.transaction(async (db) => {
        await give({ kysely: db }, mine)
        had.open()
        await other.passed
        await give({ kysely: db }, theirs)
      })
    await Promise.all([both('a', 'b', one, two).catch(failed), both('b', 'a', two, one).catch(failed)])
    expect([outcomes, await coins(database), await coins(database, 'b')]).toEqual([[true], 1, 1])

    await database.transaction(async (db) => {
      await give({ kysely: db })
      await Promise.resolve()
      const other = open(url, (url) => url.searchParams.set('lock_timeout', '50'))
      await other.transaction((db) => give({ kysely: db })).catch(failed)
    })
    expect([outcomes, await coins(database)]).toEqual([[true, true], 2])

    await database
      .transaction(async (db) => {
        await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`.execute(db)
        await db.selectFrom('purse').selectAll().execute()
        const other = open(url, () => {})
        await give(other)
        await give({ kysely: db })
      })
      .catch(failed)
    expect([outcomes, await coins(database)]).toEqual([[true, true, true], 3])
  })

  test('a transaction in which a statement failed is not taken for committed, whatever became of the error', async () => {
    const { database } = await purses()
    const swallowed = database.transaction(async (db) => {
      await give({ kysely: db })
      await sql`SELECT nothing`.execute(db).catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('the transaction was rolled back: one of its statements had failed')
    expect(await coins(database)).toBe(0)
  })
})

describe.skipIf(!postgres)('when connections break', () => {
  const kill = (database: Database<Tables>) =>
    sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`.execute(
      database.kysely,
    )

  test('idle ones are replaced: reads and transactions go on', async () => {
    const { database, url } = await purses()
    const victim = open(url, (url) => url.searchParams.set('application_name', 'victim'))
    await Promise.all([coins(victim), coins(victim), give(victim), victim.transaction((db) => give({ kysely: db }))])
    await kill(database)
    expect(await coins(victim)).toBe(2)
    await kill(database)
    await victim.transaction((db) => give({ kysely: db }))
    expect(await coins(victim)).toBe(3)
  })

  test('a transaction that loses its connection fails, and the next has another', async () => {
    const { database, url } = await purses()
    const victim = open(url, (url) => url.searchParams.set('application_name', 'victim'))
    const broken = victim.transaction(async (db) => {
      await give({ kysely: db })
      await kill(database)
      await give({ kysely: db })
    })
    await expect(broken).rejects.toThrow(/terminat|not queryable/)
    await victim.transaction((db) => give({ kysely: db }))
    expect(await coins(victim)).toBe(1)
  })

  test('a transaction that is idle for too long is ended, and nobody falls over it', async () => {
    const { url } = await purses()
    const database = open(url, (url) => url.searchParams.set('idle_in_transaction_session_timeout', '30'))
    const idle = database.transaction(async (db) => {
      await give({ kysely: db })
      await new Promise((resolve) => setTimeout(resolve, 200))
      await give({ kysely: db })
    })
    await expect(idle).rejects.toThrow('idle-in-transaction timeout')
    expect(await coins(database)).toBe(0)
  })

  test.each([
    ['before the server had it', false, 0],
    ['after the server had it', true, 1],
  ])('a COMMIT whose line breaks %s is an error', async (_when, arrives, stored) => {
    const { database, url } = await purses()
    await using line = await layLine(arrives)
    const by = open(url, (url) => Object.assign(url, { port: line.port }))
    const unknown = by.transaction(async (db) => {
      await give({ kysely: db })
      line.cutAt('COMMIT')
    })
    await expect(unknown).rejects.toThrow(/terminated unexpectedly|ECONNRESET/)
    await expect.poll(() => coins(database)).toBe(stored)
    expect(line.cuts()).toBe(1)
    await by.transaction((db) => give({ kysely: db }))
    expect(await coins(by)).toBe(stored + 1)
  })

  // Without parameters they are not prepared, so that their words are on the line each time.
  const all = (database: Database<Tables>) => database.kysely.selectFrom('purse').selectAll().execute()
  const giveAll = ({ kysely }: Pick<Database<Tables>, 'kysely'>) =>
    sql`UPDATE purse SET coins = coins + 1`.execute(kysely)

  test.each([
    ['a select', 'select', all, 0],
    ['BEGIN', 'BEGIN', (database: Database<Tables>) => database.transaction((db) => giveAll({ kysely: db })), 2],
  ])('%s on a connection that turns out to be dead is asked again on another', async (_what, words, work, stored) => {
    const { database, url } = await purses()
    await using line = await layLine(false)
    const by = open(url, (url) => Object.assign(url, { port: line.port }))
    await work(by)
    line.cutAt(words)
    await work(by)
    expect(line.cuts()).toBe(1)
    expect(await coins(database)).toBe(stored)
  })

  test('a write on a connection that turns out to be dead is not asked again', async () => {
    const { database, url } = await purses()
    await using line = await layLine(true)
    const by = open(url, (url) => Object.assign(url, { port: line.port }))
    await giveAll(by)
    line.cutAt('UPDATE')
    await expect(giveAll(by)).rejects.toThrow(/terminated unexpectedly|ECONNRESET/)
    await expect.poll(() => coins(database)).toBe(2)
  })
})

/** A line to the server that breaks when the next bytes with certain words come up it, before or after they have arrived. */
async function layLine(arrives: boolean) {
  const sockets = new Set<Socket>()
  let words: string | null = null
  let cuts = 0
  const line = createServer((client) => {
    const upstream = connect({ host: server.hostname, port: Number(server.port) })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    upstream.on('data', (bytes) => client.write(bytes)).on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.on('data', (bytes) => {
      const cut = words !== null && bytes.includes(words)
      if (cut) {
        words = null
        cuts++
        upstream.removeAllListeners('data')
        // What comes back is the answer: it has been done, and nobody hears of it.
        upstream.once('data', () => upstream.destroy())
      }
      if (cut && !arrives) upstream.destroy()
      else upstream.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(line, 'listening')
  return {
    port: (line.address() as AddressInfo).port,
    cutAt(what: string) {
      words = what
    },
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      line.close()
      await once(line, 'close')
    },
  }
}
