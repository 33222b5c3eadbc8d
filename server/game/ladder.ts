import { sql } from 'kysely'
import type { Session } from '../store/session.ts'
import { LADDER, LADDER_LENGTH, PLAYER } from './entities.ts'
import type { Tables } from './entities.ts'
import type { Player } from './rules/types.ts'

/** How many are shown above and below one's own place. */
const NEIGHBOURS = 2

/** Where somebody stands this week. */
export interface Standing {
  /** 1 is the best. */
  place: number
  player: Player
  /** Experience won this week. */
  xp: number
}

export interface Ladder {
  /** Number of the week. */
  week: number
  top: Standing[]
  /** The player's own place; null before the week's first experience. */
  mine: Standing | null
  /** The player's own place among its neighbours, best first; empty where `top` shows it already. */
  around: Standing[]
}

/**
 * The ladder of the player's week, as `player` (brought up to date) sees it. The place is counted along the index: exact,
 * and as cheap as the number of players ahead.
 */
export async function readLadder(session: Session<Tables>, player: Player): Promise<Ladder> {
  const { week, weekXp: xp, id } = player
  // The list may be some seconds old and its rows are not: sort by what is shown.
  const best = (await session.list(LADDER, week)).sort((a, b) => b.weekXp - a.weekXp || (a.id < b.id ? -1 : 1))
  const top = best.map((player, index) => ({ place: index + 1, player, xp: player.weekXp }))
  if (xp === 0) return { week, top, mine: null, around: [] }

  const place =
    top.find(({ player }) => player.id === id)?.place ?? Math.max(await placeOf(session, week, xp, id), top.length + 1)
  const mine = { place, player, xp }
  if (place <= LADDER_LENGTH) return { week, top, mine, around: [] }

  const ids = await neighbours(session, week, xp, id)
  const rows = await session.getMany(PLAYER, [...ids.above.toReversed(), ...ids.below])
  const around = [...rows.slice(0, ids.above.length), player, ...rows.slice(ids.above.length)].flatMap(
    (player, index) =>
      player === null ? [] : [{ place: place - ids.above.length + index, player, xp: player.weekXp }],
  )
  return { week, top, mine, around }
}

function placeOf(session: Session<Tables>, week: number, xp: number, id: string): Promise<number> {
  return session.query(async (db) => {
    const { rows } = await sql<{ ahead: number }>`SELECT
      (SELECT COUNT(*) FROM player WHERE week = ${week} AND week_xp > ${xp}) +
      (SELECT COUNT(*) FROM player WHERE week = ${week} AND week_xp = ${xp} AND id < ${id}) AS ahead`.execute(db)
    return 1 + (rows[0]?.ahead ?? 0)
  })
}

/** Ids of those next to a standing, nearest first. */
function neighbours(
  session: Session<Tables>,
  week: number,
  xp: number,
  id: string,
): Promise<{ above: string[]; below: string[] }> {
  return session.query(async (db) => {
    const ids = async (query: ReturnType<typeof sql<{ id: string }>>) =>
      (await query.execute(db)).rows.map(({ id }) => id)
    return {
      above:
        await ids(sql`SELECT id FROM player WHERE week = ${week} AND week_xp >= ${xp} AND (week_xp > ${xp} OR id < ${id})
        ORDER BY week_xp, id DESC LIMIT ${NEIGHBOURS}`),
      below:
        await ids(sql`SELECT id FROM player WHERE week = ${week} AND week_xp <= ${xp} AND week_xp > 0 AND (week_xp < ${xp} OR id > ${id})
        ORDER BY week_xp DESC, id LIMIT ${NEIGHBOURS}`),
    }
  })
}
