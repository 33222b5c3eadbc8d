import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { DIALECTS } from '../store/scratch.ts'
import { eventDatabase, someEvent } from './fixture.ts'
import { DAY } from './queries.ts'
import { createReports } from './report.ts'
import { createStacks } from './stacks.ts'
import { eventTable, type StoredEvent } from './table.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const stacks = createStacks('/no/maps')

const event = (name: StoredEvent['name'], daysAgo: number, more: Partial<StoredEvent> = {}): StoredEvent =>
  someEvent({
    name,
    toldBy: 'server',
    at: NOW - daysAgo * DAY,
    receivedAt: NOW - daysAgo * DAY,
    ...more,
  } as Partial<StoredEvent>)

describe.each(DIALECTS)('on %s', (dialect) => {
  test('a report is the sum of what was told in its days', async () => {
    await using scratch = await eventDatabase(dialect)
    await eventTable(scratch.database)([
      event('install', 2),
      event('mission', 2),
      event('mission', 0),
      event('install', 36, { user: 'bob' }),
      event('build', 29, { user: 'bob' }),
      event('purchase', 6, { toldBy: 'page' }),
      event('session-end', 1, { toldBy: 'page', data: { seconds: 61 } }),
      event('error', 1, { toldBy: 'page', data: { message: 'no hero' } }),
      event('invite-sent', 7),
    ])
    const report = await createReports({ database: scratch.database, stacks, clock: () => NOW }).read(7)
    const today = Math.floor(NOW / DAY)
    expect(report).toMatchObject({
      days: 7,
      from: today - 6,
      to: today,
      funnel: [1, 1, 0, 0, 0].map((players) => ({ players })),
      growth: { players: 1, sent: 0, accepted: 0 },
      // Those who came a month before are there, to have had a thirtieth day.
      cohorts: [
        { day: today - 2, players: 1, day1: 0 },
        { day: today - 36, players: 1, day7: 1 },
      ],
      sessions: [0, 0, 1, 0, 0, 0].map((count) => ({ count })),
      errors: [{ message: 'no hero', count: 1, players: 1 }],
    })
    const told = (name: string) => report.names.find((one) => one.name === name)
    expect(told('mission')).toEqual({
      name: 'mission',
      by: 'server',
      total: 2,
      byDay: [0, 0, 0, 0, 1, 0, 1],
      ignored: 0,
    })
    expect(told('purchase')).toMatchObject({ total: 0, ignored: 1 })
    expect(told('invite-sent')).toMatchObject({ total: 0 })
  })
})

test('all who ask within some seconds share one report, and then it is read anew', async () => {
  await using scratch = await eventDatabase('sqlite')
  let now = NOW
  const reports = createReports({ database: scratch.database, stacks, keep: 1000, clock: () => now })
  const [one, other] = await Promise.all([reports.read(30), reports.read(30)])
  expect(other).toBe(one)
  await eventTable(scratch.database)([event('install', 0)])
  now += 999
  expect(await reports.read(30)).toBe(one)
  expect((await reports.read(7)).growth.players).toBe(1)
  now += 1
  expect((await reports.read(30)).growth.players).toBe(1)
})

test('a report that failed is not kept', async () => {
  await using scratch = await eventDatabase('sqlite')
  const { kysely } = scratch.database
  const reports = createReports({ database: scratch.database, stacks })
  await sql`ALTER TABLE event RENAME TO elsewhere`.execute(kysely)
  await expect(reports.read(30)).rejects.toThrow('no such table: event')
  await sql`ALTER TABLE elsewhere RENAME TO event`.execute(kysely)
  expect((await reports.read(30)).growth.players).toBe(0)
})
