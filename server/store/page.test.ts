import * as fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createLocalCache } from '../cache/local.ts'
import { type Cursor, CursorError } from './cursor.ts'
import { type Fixture, Hero, hero, type HeroRow, open, type Tables } from './fixture.ts'
import { defineList } from './lists.ts'
import type { Page, PageOptions } from './page.ts'
import { DIALECTS } from './scratch.ts'
import type { StoreTransaction } from './writes.ts'

const Richest = defineList<HeroRow, Tables>({
  name: 'richest',
  of: Hero,
  schema: 1,
  limit: 5,
  owner: 'guild',
  order: [{ field: 'coins', direction: 'desc' }],
})

type List = typeof Richest

/** A guild's ids from the last one down, those below `last`. */
async function downwards(db: Kysely<Tables>, guild: string, limit: number, last = '~'): Promise<string[]> {
  const heroes = db.selectFrom('hero').select('id').where('guild', '=', guild).where('id', '<', last)
  return (await heroes.orderBy('id', 'desc').limit(limit).execute()).map(({ id }) => id)
}

/** By a query that knows no more than the first five. */
const Short = defineList<HeroRow, Tables>({ name: 'short', of: Hero, schema: 1, limit: 5, ids: downwards })

/** By a query that goes on. */
const Long = defineList<HeroRow, Tables>({
  name: 'long',
  of: Hero,
  schema: 1,
  limit: 5,
  ids: downwards,
  after: (db, guild, last, limit) => downwards(db, guild, limit, last),
})

const letters = (count: number): string[] => Array.from({ length: count }, (_, n) => String.fromCharCode(97 + n))
const idsOf = ({ rows }: Page<HeroRow>): string => rows.map(({ id }) => id).join(' ')
const write = <T>(fixture: Fixture, work: (tx: StoreTransaction<Tables>) => Promise<T>) =>
  fixture.store.session().transaction(work)
const page = (fixture: Fixture, options: PageOptions, list: List = Richest) =>
  fixture.store.session().page(list, 'owls', options)

/** All pages from `after` on, each as the ids on it. */
async function walk(fixture: Fixture, size: number, list: List = Richest, after: Cursor | null = null) {
  const pages: string[] = []
  do {
    const one = await page(fixture, { after, size }, list)
    pages.push(idsOf(one))
    after = one.next
  } while (after !== null)
  return pages
}

describe.each(DIALECTS)('on %s', (dialect) => {
  test.each([1, 2, 3, 5])('pages of %i give each member once, in order, past what is cached', async (size) => {
    const ids = letters(13)
    // Equals in threes; the richest are the last.
    const heroes = ids.map((id, n) => hero(id, { coins: Math.floor(n / 3) }))
    await using fixture = await open([...heroes, hero('z', { guild: 'foxes' })], createLocalCache(), dialect)
    const pages = await walk(fixture, size)
    expect(pages.join(' ')).toBe('m j k l g h i d e f a b c')
    expect(pages).toHaveLength(Math.ceil(13 / size))
  })

  test('a list may be ordered by several fields, this way and that, text and fractions among them', async () => {
    await using fixture = await open([], createLocalCache(), dialect)
    // Guilds are ASCII here, and bytewise where a list sorts by them.
    const Mixed = defineList<HeroRow, Tables>({
      name: 'mixed',
      of: Hero,
      schema: 1,
      limit: 2,
      owner: 'version',
      order: [
        { field: 'guild', direction: 'desc' },
        { field: 'coins', direction: 'asc' },
      ],
    })
    const heroes = letters(12).map((id, n) => hero(id, { guild: n % 3 === 0 ? 'owls' : 'foxes', coins: -(n % 4) }))
    await write(fixture, async (tx) => {
      for (const one of heroes) await tx.insert(Hero, one)
    })
    const sorted = heroes.sort(
      (a, b) => (a.guild < b.guild ? 1 : a.guild > b.guild ? -1 : 0) || a.coins - b.coins || (a.id < b.id ? -1 : 1),
    )
    const seen: string[] = []
    for (let after: Cursor | null = null, first = true; first || after !== null; first = false) {
      const one: Page<HeroRow> = await fixture.store.session().page(Mixed, 1, { after, size: 2 })
      seen.push(...one.rows.map(({ id }) => id))
      after = one.next
    }
    expect(seen).toEqual(sorted.map(({ id }) => id))
  })

  test('a made-up place is a place: numbers no column holds and texts no id is come to a page', async () => {
    await using fixture = await open(
      letters(8).map((id) => hero(id, { coins: 5 })),
      createLocalCache(),
      dialect,
    )
    const like = (await page(fixture, { size: 1 })).next ?? ''
    const tag = like.slice(0, Richest.tag.length)
    const at = (...entry: unknown[]) => tag + Buffer.from(JSON.stringify(entry)).toString('base64url')
    for (const coins of [1e300, 2 ** 53, 3_000_000_000, 5.5]) {
      expect(idsOf(await page(fixture, { after: at('a', coins) }))).toBe('a b c d e')
      expect(idsOf(await page(fixture, { after: at('a', -coins) }))).toBe('')
    }
    expect(idsOf(await page(fixture, { after: at('ĉ \ud800 \'"%', 5) }))).toBe('')
    expect(idsOf(await page(fixture, { after: at('', 5) }))).toBe('a b c d e')
    // What the database would not compare with its column is refused before it is asked.
    await expect(page(fixture, { after: at('a', '5') })).rejects.toBeInstanceOf(CursorError)
    await expect(page(fixture, { after: at('a\0', 5) })).rejects.toBeInstanceOf(CursorError)
  })

  test('whatever place is made up, it comes to a page or is refused in words', async () => {
    await using fixture = await open(
      letters(8).map((id) => hero(id, { coins: 5 })),
      createLocalCache(),
      dialect,
    )
    const { tag } = Richest
    const entry = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double(), fc.boolean()), {
      maxLength: 3,
    })
    const cursor = entry.map((parts) => tag + Buffer.from(JSON.stringify(parts)).toString('base64url'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(cursor, fc.string()), async (after) => {
        const came = await page(fixture, { after }).catch((error: unknown) => error)
        expect(came instanceof CursorError || (came as Page<HeroRow>).rows.length <= 5).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('a list is read, and what comes after a place is sought, along the index', async () => {
    await using fixture = await open([], createLocalCache(), dialect)
    const { kysely } = fixture.database
    await kysely.schema.createIndex('hero_guild').on('hero').columns(['guild', 'coins desc', 'id']).execute()
    const row = { version: 1, guild: 'owls', bag_json: '{}' }
    for (let start = 0; start < 3000; start += 500) {
      const rows = Array.from({ length: 500 }, (_, n) => ({ ...row, id: `h${start + n}`, coins: (start + n) % 1000 }))
      await kysely.insertInto('hero').values(rows).execute()
    }
    if (dialect === 'postgres') await sql`ANALYZE hero`.execute(kysely)
    fixture.statements.length = 0
    const { next } = await page(fixture, { size: 5 })
    await page(fixture, { size: 5, after: next })
    const [first = '', after = ''] = fixture.statements.filter((statement) => statement.includes('order by'))

    const plan = async (statement: string, values: readonly string[]) => {
      let next = 0
      const filled = statement.replaceAll(/\?|\$\d+/g, () => values[next++] ?? 'missing')
      const explain = dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'
      const { rows } = await sql.raw<Record<string, string>>(`${explain} ${filled}`).execute(kysely)
      return rows.map((row) => row['detail'] ?? row['QUERY PLAN']).join('\n')
    }
    const plans = [
      await plan(first, [`'owls'`, '5']),
      await plan(after, [`'owls'`, '500', '500', '500', `'h500'`, '5']),
    ]
    for (const one of plans) {
      expect(one).toMatch(/Index .*hero_guild|INDEX hero_guild/)
      expect(one).not.toMatch(/SCAN|TEMP B-TREE|Sort|Seq Scan/)
    }
    expect(plans[1]).toMatch(/guild=\? AND coins<\?|Index Cond: .*guild = .*coins <=/)
  })
})

test('pages within what is cached need no statement', async () => {
  await using fixture = await open(letters(9).map((id) => hero(id)))
  await walk(fixture, 2)
  fixture.statements.length = 0
  const first = await page(fixture, { size: 2 })
  const second = await page(fixture, { size: 2, after: first.next })
  expect([first, second].map(idsOf)).toEqual(['a b', 'c d'])
  expect(fixture.statements).toEqual([])
})

test('a page past what is cached is one statement for ids, with a limit, and one for rows that are not cached', async () => {
  await using fixture = await open(letters(20).map((id) => hero(id)))
  const { next } = await page(fixture, { size: 5 })
  fixture.statements.length = 0
  expect(idsOf(await page(fixture, { size: 3, after: next }))).toBe('f g h')
  expect(fixture.statements.map((sql) => /limit/.test(sql))).toEqual([true, false])
  fixture.statements.length = 0
  await page(fixture, { size: 3, after: next })
  expect(fixture.statements).toHaveLength(1)
})

test.each<[number | undefined, number]>([
  [undefined, 5],
  [3, 3],
  [0, 1],
  [-4, 1],
  [2.9, 2],
  [1e9, 5],
  [Number.NaN, 5],
  [Number.POSITIVE_INFINITY, 5],
])('a page of the size %s has %i members, past what is cached too', async (size, length) => {
  await using fixture = await open(letters(20).map((id) => hero(id)))
  const first = await page(fixture, { size })
  expect(first.rows).toHaveLength(length)
  const { next } = await page(fixture, { size: 5 })
  expect((await page(fixture, { size, after: next })).rows).toHaveLength(length)
})

test.each([4, 5, 6, 10])('of %i members in pages of two, the last page says that there are no more', async (count) => {
  await using fixture = await open(letters(count).map((id) => hero(id)))
  expect(await walk(fixture, 2)).toHaveLength(count / 2 === Math.floor(count / 2) ? count / 2 : Math.ceil(count / 2))
})

test('a list without members is one page without a next', async () => {
  await using fixture = await open()
  expect(await page(fixture, {})).toEqual({ rows: [], next: null })
})

/** Pages of two, with a write after the first. */
async function afterWriting(work: (tx: StoreTransaction<Tables>) => Promise<unknown>): Promise<string> {
  await using fixture = await open(letters(8).map((id, n) => hero(id, { coins: 100 - 10 * n })))
  const { next } = await page(fixture, { size: 2 })
  await write(fixture, work)
  return (await walk(fixture, 2, Richest, next)).join(' ')
}

test('a member inserted before the place shifts nothing', async () => {
  expect(await afterWriting((tx) => tx.insert(Hero, hero('new', { coins: 95 })))).toBe('c d e f g h')
})

test('a member inserted behind the place is on its page', async () => {
  expect(await afterWriting((tx) => tx.insert(Hero, hero('new', { coins: 75 })))).toBe('c new d e f g h')
})

test('a member deleted before the place shifts nothing', async () => {
  expect(await afterWriting((tx) => tx.delete(Hero, hero('a', { coins: 100 })))).toBe('c d e f g h')
})

test('the place holds when the member it names is deleted', async () => {
  expect(await afterWriting((tx) => tx.delete(Hero, hero('b', { coins: 90 })))).toBe('c d e f g h')
})

test('the place holds when the member it names moves, on or back, or to another owner', async () => {
  expect(await afterWriting((tx) => tx.update(Hero, hero('b', { coins: 55 })))).toBe('c d e b f g h')
  expect(await afterWriting((tx) => tx.update(Hero, hero('b', { coins: 500 })))).toBe('c d e f g h')
  expect(await afterWriting((tx) => tx.update(Hero, hero('b', { coins: 90, guild: 'foxes' })))).toBe('c d e f g h')
})

test('the place holds in an old list too: what was shown is what the cursor names', async () => {
  const Weekly = defineList<HeroRow, Tables>({
    name: 'weekly',
    of: Hero,
    schema: 1,
    limit: 3,
    told: false,
    owner: 'guild',
    order: [{ field: 'coins', direction: 'desc' }],
  })
  await using fixture = await open(letters(6).map((id, n) => hero(id, { coins: 100 - 10 * n })))
  await page(fixture, {}, Weekly)
  // The hero is shown where it was, with the coins it has now.
  await write(fixture, (tx) => tx.update(Hero, hero('c', { coins: 1 })))
  const { rows, next } = await page(fixture, { size: 3 }, Weekly)
  expect(rows.map(({ id, coins }) => `${id}${coins}`)).toEqual(['a100', 'b90', 'c1'])
  expect((await walk(fixture, 3, Weekly, next)).join(' ')).toBe('d e f c')
})

test('however members come, go and move between the pages, those that stay are on one page each, in order', async () => {
  const change = fc.record({
    id: fc.constantFrom(...letters(14)),
    coins: fc.nat(4),
    kind: fc.constantFrom('put', 'put', 'delete', 'leave'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4), { minLength: 14, maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 8 }),
      async (coins, size, rounds) => {
        const heroes = letters(14)
          .map((id, n) => hero(id, { coins: coins[n] ?? 0 }))
          .filter((_, n) => n % 4 !== 3)
        await using fixture = await open(heroes)
        const stays = new Set(heroes.map(({ id }) => id))
        const seen: string[] = []
        let after: Cursor | null = null
        for (let round = 0; ; round++) {
          const one: Page<HeroRow> = await page(fixture, { after, size })
          seen.push(...one.rows.map(({ id }) => id))
          after = one.next
          if (after === null) break
          for (const { id, coins, kind } of rounds[round] ?? []) {
            stays.delete(id)
            await write(fixture, async (tx) => {
              const row = await tx.get(Hero, id)
              if (kind === 'delete') return row && tx.delete(Hero, row)
              if (!row) return tx.insert(Hero, hero(id, { coins }))
              return tx.update(Hero, { ...row, ...(kind === 'leave' ? { guild: 'foxes' } : { coins, guild: 'owls' }) })
            })
          }
        }
        const expected = heroes.sort((a, b) => b.coins - a.coins || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
        expect(seen.filter((id) => stays.has(id))).toEqual(expected.filter((id) => stays.has(id)))
      },
    ),
    { numRuns: 60 },
  )
})

test('a list by a query without `after` ends where the cached ids end', async () => {
  await using fixture = await open(letters(9).map((id) => hero(id)))
  expect(await walk(fixture, 2, Short)).toEqual(['i h', 'g f', 'e'])
})

test('a list by a query with `after` goes on, and holds the place of a member that is gone', async () => {
  await using fixture = await open(letters(9).map((id) => hero(id)))
  expect(await walk(fixture, 2, Long)).toEqual(['i h', 'g f', 'e d', 'c b', 'a'])
  const { next } = await page(fixture, { size: 2 }, Long)
  await write(fixture, async (tx) => {
    await tx.delete(Hero, hero('h'))
    tx.invalidateList(Long, 'owls')
  })
  expect(await walk(fixture, 2, Long, next)).toEqual(['g f', 'e d', 'c b', 'a'])
})

test('a list by a query without `after` says when the member that a cursor names has left it', async () => {
  await using fixture = await open(letters(9).map((id) => hero(id)))
  const { next } = await page(fixture, { size: 2 }, Short)
  await write(fixture, async (tx) => {
    await tx.delete(Hero, hero('h'))
    tx.invalidateList(Short, 'owls')
  })
  await expect(page(fixture, { after: next }, Short)).rejects.toThrow(
    'names no member among the first 5 any more: expected what an earlier page of the list short gave as "next"; leave it out to begin again',
  )
})

test('a cursor of another list is refused', async () => {
  await using fixture = await open(letters(9).map((id) => hero(id)))
  const { next } = await page(fixture, { size: 2 }, Long)
  await expect(page(fixture, { after: next })).rejects.toBeInstanceOf(CursorError)
})
