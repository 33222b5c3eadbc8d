import { type RawBuilder, sql } from 'kysely'
import type { DialectName } from '../store/engine.ts'
import { EVENT_NAMES, type EventName } from '../wire/event.ts'

// The statements behind `/__events__`. Each has one text for both databases, looks no further back than it is told, and goes along an index.
// What the server knows is believed of the server alone (`told_by`): anybody may post events. Times are `received_at`, by our clock.

/** Milliseconds. Days are UTC's. */
export const DAY = 86_400_000

/** The start of the day, `back` days before the one of `now`. */
export const dayStart = (now: number, back = 0): number => (Math.floor(now / DAY) - back) * DAY

/** What only a page can know; all else the server tells. */
const PAGE_TOLD: readonly EventName[] = ['session-start', 'session-end', 'error']

/** Who has to have told an event of this name for it to count. */
export const toldBy = (name: string): 'server' | 'page' =>
  PAGE_TOLD.some((known) => known === name) ? 'page' : 'server'

/**
 * The way from newcomer to host. Each step is the first of its kind that a player does, and the last is done by a friend: a game whose
 * players reach it grows by itself. Mission and battle come before the invitation because only who has played has something to tell.
 */
export const FUNNEL = [
  { name: 'install', says: 'came' },
  { name: 'mission', says: 'went on a mission' },
  { name: 'battle', says: 'fought' },
  { name: 'invite-sent', says: 'invited friends' },
  { name: 'invite-accepted', says: 'had a friend come' },
] as const satisfies readonly { name: EventName; says: string }[]

/** Days after the first on which players are looked for again. */
export const RETURNS = [1, 7, 30] as const

const day = sql.lit(DAY)
const own = sql`told_by = 'server'`

export interface NameCount {
  name: EventName
  told_by: string
  /** Days since the epoch. */
  day: number
  count: number
}

/** How often each event was told since `from`, by whom, on each day. */
export function countsByDay(from: number): RawBuilder<NameCount> {
  return sql<NameCount>`
    SELECT name, told_by, received_at / ${day} AS day, COUNT(*) AS count
    FROM event
    WHERE name IN (${sql.join(EVENT_NAMES)}) AND told_by IN ('server', 'page') AND received_at >= ${from}
    GROUP BY name, told_by, received_at / ${day}`
}

export interface Reached {
  /** Place in {@link FUNNEL} of the last step before the first that was not done. */
  step: number
  players: number
}

/**
 * How far those who came since `from` have got. In which order they did the steps does not matter: the game lets one fight before the first
 * mission, and events may arrive out of their order. (Grouped, and not counted by filters: those would look for the steps once each.)
 */
export function funnel(from: number): RawBuilder<Reached> {
  const did = ({ name }: (typeof FUNNEL)[number]) => sql`
      EXISTS (SELECT 1 FROM event e WHERE e.user_id = i.user_id AND e.name = ${name} AND e.${own} AND e.received_at >= ${from})`
  const [first, ...steps] = FUNNEL
  const cases = steps.map((step, before) => sql`WHEN NOT ${did(step)} THEN ${sql.lit(before)}`)
  return sql<Reached>`
    SELECT step, COUNT(*) AS players
    FROM (
      SELECT CASE ${sql.join(cases, sql` `)} ELSE ${sql.lit(steps.length)} END AS step
      FROM (
        SELECT DISTINCT user_id FROM event
        WHERE name = ${first.name} AND ${own} AND received_at >= ${from} AND user_id IS NOT NULL
      ) AS i
    ) AS player
    GROUP BY step ORDER BY step`
}

export interface Cohort {
  /** Days since the epoch on which they came. */
  day: number
  players: number
  day1: number
  day7: number
  day30: number
}

/**
 * For each day since `from`: how many came, and how many of them were there again on the first, seventh and thirtieth day after. There is
 * who has done something that the server knows, or began a session: whose it was is signed, so that nobody can come back for another.
 */
export function retention(from: number): RawBuilder<Cohort> {
  const back = (after: number) => sql`
      CASE WHEN EXISTS (
        SELECT 1 FROM event e WHERE e.user_id = i.user_id
          AND e.received_at >= (i.day + ${sql.lit(after)}) * ${day} AND e.received_at < (i.day + ${sql.lit(after + 1)}) * ${day}
          AND (e.${own} OR e.name = 'session-start')
      ) THEN 1 ELSE 0 END`
  return sql<Cohort>`
    SELECT day, COUNT(*) AS players,
      COUNT(*) FILTER (WHERE back1 = 1) AS day1, COUNT(*) FILTER (WHERE back7 = 1) AS day7, COUNT(*) FILTER (WHERE back30 = 1) AS day30
    FROM (
      SELECT day, ${back(1)} AS back1, ${back(7)} AS back7, ${back(30)} AS back30
      FROM (
        SELECT user_id, MIN(received_at) / ${day} AS day FROM event
        WHERE name = 'install' AND ${own} AND received_at >= ${from} AND user_id IS NOT NULL
        GROUP BY user_id
      ) AS i
    ) AS player
    GROUP BY day ORDER BY day DESC`
}

export interface Growth {
  players: number
  sent: number
  accepted: number
}

/**
 * What the k-factor is made of: k = accepted / players since `from`, which is invitations sent by each player times the share of them that
 * brings one. Above 1 every player brings more than one other.
 */
export function growth(from: number): RawBuilder<Growth> {
  return sql<Growth>`
    SELECT COUNT(*) FILTER (WHERE name = 'install') AS players,
      COUNT(*) FILTER (WHERE name = 'invite-sent') AS sent,
      COUNT(*) FILTER (WHERE name = 'invite-accepted') AS accepted
    FROM event
    WHERE name IN ('install', 'invite-sent', 'invite-accepted') AND ${own} AND received_at >= ${from}`
}

/** Sessions are counted by how long they were: seconds at most, and how that is said. */
export const LENGTHS = [
  { most: 10, says: 'under 10 s' },
  { most: 60, says: '10 to 60 s' },
  { most: 300, says: '1 to 5 min' },
  { most: 900, says: '5 to 15 min' },
  { most: 3600, says: '15 to 60 min' },
  { most: Infinity, says: 'longer' },
] as const

export interface SessionLength {
  /** Place in {@link LENGTHS}. */
  length: number
  count: number
}

/** How many sessions ended since `from` after how long, as far as pages told it. */
export function sessionLengths(from: number, dialect: DialectName): RawBuilder<SessionLength> {
  // Whoever may write to the stream of events may write anything into them.
  const seconds =
    dialect === 'sqlite'
      ? sql`CASE WHEN json_type(data, '$.seconds') IN ('integer', 'real') THEN data->>'seconds' END`
      : sql`CASE WHEN json_typeof(data::json->'seconds') = 'number' THEN (data::json->>'seconds')::numeric END`
  const cases = LENGTHS.slice(0, -1).map(
    ({ most }, place) => sql`WHEN seconds < ${sql.lit(most)} THEN ${sql.lit(place)}`,
  )
  return sql<SessionLength>`
    SELECT length, COUNT(*) AS count
    FROM (
      SELECT CASE ${sql.join(cases, sql` `)} ELSE ${sql.lit(LENGTHS.length - 1)} END AS length
      FROM (
        SELECT ${seconds} AS seconds FROM event
        WHERE name = 'session-end' AND told_by = 'page' AND received_at >= ${from} AND data IS NOT NULL
      ) AS ended
      WHERE seconds >= 0
    ) AS session
    GROUP BY length ORDER BY length`
}

/** Of one player, so that a page that only complains is not heard above all others. */
export const ERRORS_EACH = 50
const ERRORS_MOST = 1000

export interface ToldError {
  /** JSON: `EventData<'error'>`. */
  data: string
  user_id: string | null
  count: number
  first: number
  last: number
}

/** The errors of pages since `from`, the latest first: those that are alike and of one player in one row, the latest {@link ERRORS_EACH} of each player. */
export function toldErrors(from: number): RawBuilder<ToldError> {
  return sql<ToldError>`
    SELECT data, user_id, COUNT(*) AS count, MIN(received_at) AS first, MAX(received_at) AS last
    FROM (
      SELECT data, user_id, received_at, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY received_at DESC) AS nth
      FROM event WHERE name = 'error' AND told_by = 'page' AND received_at >= ${from} AND data IS NOT NULL
    ) AS latest
    WHERE nth <= ${sql.lit(ERRORS_EACH)}
    GROUP BY data, user_id ORDER BY last DESC LIMIT ${sql.lit(ERRORS_MOST)}`
}
