import { type RawBuilder, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Database } from '../store/database.ts'
import { openAside } from '../store/aside.ts'
import { DIALECTS } from '../store/scratch.ts'
import { eventDatabase, someEvent } from './fixture.ts'
import {
  countsByDay,
  DAY,
  dayStart,
  ERRORS_EACH,
  FUNNEL,
  funnel,
  growth,
  retention,
  sessionLengths,
  toldBy,
  toldErrors,
} from './queries.ts'
import { type EventSchema, eventTable, type StoredEvent } from './table.ts'

/** Noon of some day. */
const NOW = Date.UTC(2026, 0, 31, 12)
const FROM = dayStart(NOW, 29)
/** So many days before {@link NOW}, some hours later. */
const ago = (days: number, hours = 0): number => NOW - days * DAY + hours * 3_600_000

/** `[who, what, when, more]`: told by whom it has to be told, unless it says so. */
type Told = [user: string | null, name: StoredEvent['name'], receivedAt: number, more?: Partial<StoredEvent>]

async function store(database: Database<EventSchema>, events: readonly Told[]): Promise<void> {
  const stored = events.map(([user, name, receivedAt, more]) =>
    someEvent({ user, name, at: receivedAt, receivedAt, toldBy: toldBy(name), ...more } as Partial<StoredEvent>),
  )
  await eventTable(database)(stored)
}

describe.each(DIALECTS)('on %s', (dialect) => {
  /** What a statement answers of these events, as the page asks it. */
  async function ask<Row>(query: RawBuilder<Row>, events: readonly Told[]): Promise<Row[]> {
    await using scratch = await eventDatabase(dialect)
    await store(scratch.database, events)
    await using aside = await openAside(scratch.database)
    return await aside.rows(query)
  }

  test('the funnel tells how far each got who came: once however often, in whatever order', async () => {
    const events: Told[] = [
      // All five steps, the battle before the mission.
      ['ada', 'install', ago(3)],
      ['ada', 'battle', ago(3, 1)],
      ['ada', 'battle', ago(3, 2)],
      ['ada', 'mission', ago(3, 3)],
      ['ada', 'invite-sent', ago(2)],
      ['ada', 'invite-accepted', ago(1)],
      // Stored before the installation, whose event came by another process.
      ['bob', 'mission', ago(5, -1)],
      ['bob', 'install', ago(5)],
      // Fought, but went on no mission: stays at the first step.
      ['cyd', 'install', ago(4)],
      ['cyd', 'battle', ago(4, 1)],
      ['cyd', 'invite-sent', ago(4, 2)],
      // Three steps.
      ['dan', 'install', ago(4)],
      ['dan', 'mission', ago(4, 1)],
      ['dan', 'battle', ago(4, 2)],
      // Never installed, as far as is known: not of this funnel.
      ['eve', 'mission', ago(2)],
      ['eve', 'battle', ago(2)],
      // Installed before the time that is looked at.
      ['old', 'install', ago(40)],
      ['old', 'mission', ago(2)],
      // What the server knows is not believed of pages.
      ['fox', 'install', ago(2), { toldBy: 'page' }],
      ['fox', 'mission', ago(2)],
      ['bob', 'battle', ago(2), { toldBy: 'page' }],
      // Of nobody.
      [null, 'install', ago(2)],
    ]
    expect(await ask(funnel(FROM), events)).toEqual([
      { step: 0, players: 1 },
      { step: 1, players: 1 },
      { step: 2, players: 1 },
      { step: 4, players: 1 },
    ])
  })

  test('retention finds those of a day again on the first, seventh and thirtieth after, by a deed or a session', async () => {
    const midnight = dayStart(NOW, 31)
    const events: Told[] = [
      ['ada', 'install', midnight],
      ['ada', 'battle', midnight + DAY],
      ['ada', 'battle', midnight + DAY + 5],
      ['ada', 'session-start', midnight + 7 * DAY],
      ['ada', 'mission', midnight + 31 * DAY - 1],
      // The last moment of the same day, and the day after tomorrow: neither is the first day after.
      ['bob', 'install', midnight + DAY - 1],
      ['bob', 'battle', midnight + DAY - 1],
      ['bob', 'battle', midnight + 2 * DAY],
      // A page says that it left, or failed: that is no return. Nor is a deed that only a page tells of.
      ['cyd', 'install', midnight + 5],
      ['cyd', 'session-end', midnight + DAY],
      ['cyd', 'error', midnight + DAY],
      ['cyd', 'battle', midnight + DAY, { toldBy: 'page' }],
      // Of the next day; told twice, the first time counts.
      ['dan', 'install', midnight + DAY],
      ['dan', 'install', midnight + 3 * DAY],
      ['dan', 'build', midnight + 2 * DAY],
      // Never installed.
      ['eve', 'battle', midnight + DAY],
      [null, 'install', midnight],
    ]
    const first = midnight / DAY
    expect(await ask(retention(midnight), events)).toEqual([
      { day: first + 1, players: 1, day1: 1, day7: 0, day30: 0 },
      { day: first, players: 3, day1: 1, day7: 1, day30: 1 },
    ])
  })

  test('a clock of the sender’s that is wrong brings nobody back', async () => {
    const events: Told[] = [
      ['ada', 'install', ago(3)],
      ['ada', 'session-start', ago(3, 1), { at: ago(2) }],
    ]
    expect(await ask(retention(FROM), events)).toMatchObject([{ players: 1, day1: 0 }])
  })

  test('what the k-factor is made of is believed of the server alone, and counts each invitation', async () => {
    const events: Told[] = [
      ['ada', 'install', ago(3)],
      ['bob', 'install', ago(3)],
      ['ada', 'invite-sent', ago(3)],
      ['ada', 'invite-sent', ago(2)],
      ['bob', 'invite-sent', ago(2)],
      ['ada', 'invite-accepted', ago(1)],
      ['cyd', 'invite-accepted', ago(1), { toldBy: 'page' }],
      ['cyd', 'invite-sent', ago(31)],
    ]
    expect(await ask(growth(FROM), events)).toEqual([{ players: 2, sent: 3, accepted: 1 }])
  })

  test('events are counted by name, teller and day', async () => {
    const events: Told[] = [
      ['ada', 'battle', ago(1)],
      ['ada', 'battle', ago(1, 11)],
      ['ada', 'battle', ago(1, 12)],
      ['ada', 'battle', ago(1), { toldBy: 'page' }],
      [null, 'error', ago(0)],
      ['ada', 'battle', ago(30)],
    ]
    const today = Math.floor(NOW / DAY)
    const counts = await ask(countsByDay(FROM), events)
    expect(new Set(counts)).toEqual(
      new Set([
        { name: 'battle', told_by: 'server', day: today - 1, count: 2 },
        { name: 'battle', told_by: 'server', day: today, count: 1 },
        { name: 'battle', told_by: 'page', day: today - 1, count: 1 },
        { name: 'error', told_by: 'page', day: today, count: 1 },
      ]),
    )
  })

  test('sessions are counted by their length; what is no number is left out', async () => {
    const lasted = (...seconds: unknown[]): Told[] =>
      seconds.map((value) => ['ada', 'session-end', ago(1), { data: { seconds: value } } as Partial<StoredEvent>])
    const events = [
      ...lasted(0, 9.9, 10, 59, 299, 3599, 3600, 86_400, -5, '12', 'NaN', null, [7]),
      ['ada', 'session-end', ago(1)] satisfies Told,
      ['ada', 'session-end', ago(1), { toldBy: 'server', data: { seconds: 1 } }] satisfies Told,
    ]
    expect(await ask(sessionLengths(FROM, dialect), events)).toEqual([
      { length: 0, count: 2 },
      { length: 1, count: 2 },
      { length: 2, count: 1 },
      { length: 4, count: 1 },
      { length: 5, count: 2 },
    ])
  })

  test('errors that are alike are one row for each player, and no player has more than the bound', async () => {
    const broken = { data: { message: 'broken', release: 'r1' } }
    const events: Told[] = [
      ['ada', 'error', ago(3), broken],
      ['ada', 'error', ago(1), broken],
      ['bob', 'error', ago(2), broken],
      ...Array.from({ length: ERRORS_EACH + 5 }, (_, n): Told => [
        'eve',
        'error',
        ago(6, n / 60),
        { data: { message: `noise ${n}` } },
      ]),
      ['ada', 'error', ago(31), broken],
      ['ada', 'error', ago(1), { toldBy: 'server', data: { message: 'forged' } }],
      ['ada', 'error', ago(1)],
    ]
    const rows = await ask(toldErrors(FROM), events)
    const data = '{"message":"broken","release":"r1"}'
    expect(rows.slice(0, 2)).toEqual([
      { data, user_id: 'ada', count: 2, first: ago(3), last: ago(1) },
      { data, user_id: 'bob', count: 1, first: ago(2), last: ago(2) },
    ])
    expect(rows.filter(({ user_id }) => user_id === 'eve')).toHaveLength(ERRORS_EACH)
    expect(rows.map((row) => row.data)).toContain(`{"message":"noise ${ERRORS_EACH + 4}"}`)
    expect(rows).toHaveLength(2 + ERRORS_EACH)
  })

  test('an empty table answers with zeros and no rows', async () => {
    expect(await ask(growth(FROM), [])).toEqual([{ players: 0, sent: 0, accepted: 0 }])
    for (const query of [
      countsByDay(FROM),
      funnel(FROM),
      retention(FROM),
      sessionLengths(FROM, dialect),
      toldErrors(FROM),
    ])
      expect(await ask<object>(query, [])).toEqual([])
  })

  test.each(Object.entries({ countsByDay, funnel, retention, growth, sessionLengths, toldErrors }))(
    '%s goes along an index',
    async (_name, statement) => {
      await using scratch = await eventDatabase(dialect)
      const { kysely } = scratch.database
      const plan = await scratch.database.transaction(async (db) => {
        // A table of no rows is read whole, unless that is made dear.
        if (dialect === 'postgres') await sql`SET LOCAL enable_seqscan = off`.execute(db)
        const { sql: text, parameters } = statement(FROM, dialect).compile(kysely)
        const explain = dialect === 'postgres' ? 'EXPLAIN ' : 'EXPLAIN QUERY PLAN '
        const { rows } = await db.executeQuery<object>({
          ...sql`${sql.raw(explain)}`.compile(db),
          sql: explain + text,
          parameters,
        })
        return JSON.stringify(rows)
      })
      expect(plan).toMatch(
        dialect === 'postgres' ? /Index.* event_by_name/ : /SEARCH event USING .*INDEX event_by_name/,
      )
      expect(plan).not.toMatch(/Seq Scan|SCAN event|SCAN e\b/)
    },
  )
})

test('the funnel begins with those who came, and its last step is a friend’s', () => {
  expect([FUNNEL[0].name, FUNNEL.at(-1)?.name]).toEqual(['install', 'invite-accepted'])
})
