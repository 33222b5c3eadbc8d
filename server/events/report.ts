import { openAside } from '../store/aside.ts'
import type { Database } from '../store/database.ts'
import { EVENT_NAMES, type EventName } from '../wire/event.ts'
import { type ClientError, groupErrors } from './clientErrors.ts'
import {
  type Cohort,
  countsByDay,
  DAY,
  dayStart,
  FUNNEL,
  funnel,
  type Growth,
  growth,
  LENGTHS,
  type NameCount,
  RETURNS,
  retention,
  sessionLengths,
  toldBy,
  toldErrors,
} from './queries.ts'
import type { Stacks } from './stacks.ts'
import type { EventSchema } from './table.ts'

/** What `/__events__` shows. Days are UTC's, named by their number since the epoch. */
export interface EventReport {
  /** Days that are looked at, the present one included. */
  days: number
  /** The first and the last of them. */
  from: number
  to: number
  /** When it was read, in milliseconds since the epoch, and how long that took. */
  at: number
  took: number
  names: readonly Told[]
  funnel: readonly { name: EventName; says: string; players: number }[]
  growth: Growth
  /** Those who came in the days looked at and in as many before them as the last return takes, the latest first. */
  cohorts: readonly Cohort[]
  sessions: readonly { says: string; count: number }[]
  errors: readonly ClientError[]
}

export interface Told {
  name: EventName
  by: 'server' | 'page'
  total: number
  /** One number a day, the earliest first. */
  byDay: readonly number[]
  /** Told by somebody who cannot know: not in the total, nor anywhere else. */
  ignored: number
}

export interface ReportsOptions {
  database: Database<EventSchema>
  stacks: Stacks
  /** Milliseconds for which a report that has been read is given out again. Default 10,000. */
  keep?: number
  /** Milliseconds since the epoch. Default the machine's clock. */
  clock?: () => number
}

/** Days that one may ask for: what is read has a bound. */
export const SPANS = [7, 30, 90] as const

export interface Reports {
  /** Read when it is asked for: all who ask meanwhile, and for `keep` after it, share one. */
  read(days: (typeof SPANS)[number]): Promise<EventReport>
}

export function createReports({ database, stacks, keep = 10_000, clock = Date.now }: ReportsOptions): Reports {
  /** Those under way, and those that were read lately. */
  const kept = new Map<number, { report: Promise<EventReport>; until: number }>()
  return {
    read(days) {
      const last = kept.get(days)
      if (last && clock() < last.until) return last.report
      const mine = { report: readReport({ database, stacks, clock }, days), until: Infinity }
      kept.set(days, mine)
      mine.report.then(
        () => void (mine.until = clock() + keep),
        // The next who asks tries again.
        () => kept.delete(days),
      )
      return mine.report
    },
  }
}

async function readReport(
  { database, stacks, clock }: Required<Omit<ReportsOptions, 'keep'>>,
  days: number,
): Promise<EventReport> {
  const began = performance.now()
  const now = clock()
  const from = dayStart(now, days - 1)
  // So that some of them have had their thirtieth day.
  const cohortsFrom = dayStart(now, days - 1 + Math.max(...RETURNS))
  await using aside = await openAside(database)
  const [counts, reached, cohorts, grown, lengths, errors] = await Promise.all([
    aside.rows(countsByDay(from)),
    aside.rows(funnel(from)),
    aside.rows(retention(cohortsFrom)),
    aside.rows(growth(from)),
    aside.rows(sessionLengths(from, database.dialect)),
    aside.rows(toldErrors(from)),
  ])
  return {
    days,
    from: from / DAY,
    to: dayStart(now) / DAY,
    at: now,
    names: EVENT_NAMES.map((name) => addUp(name, counts, { from: from / DAY, days })),
    funnel: FUNNEL.map(({ name, says }, step) => ({
      name,
      says,
      players: reached.reduce((all, one) => (one.step >= step ? all + one.players : all), 0),
    })),
    growth: grown[0] ?? { players: 0, sent: 0, accepted: 0 },
    cohorts,
    sessions: LENGTHS.map(({ says }, place) => ({
      says,
      count: lengths.find(({ length }) => length === place)?.count ?? 0,
    })),
    errors: await groupErrors(errors, stacks),
    took: performance.now() - began,
  }
}

function addUp(name: EventName, counts: readonly NameCount[], { from, days }: { from: number; days: number }): Told {
  const byDay = Array.from({ length: days }, () => 0)
  let total = 0
  let ignored = 0
  for (const { name: counted, told_by: teller, day, count } of counts) {
    if (counted !== name) continue
    if (teller !== toldBy(name)) ignored += count
    else {
      total += count
      // Told by a server whose clock is ahead, it is of the last day.
      const place = Math.min(day - from, days - 1)
      byDay[place] = (byDay[place] ?? 0) + count
    }
  }
  return { name, by: toldBy(name), total, byDay, ignored }
}
