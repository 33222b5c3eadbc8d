import { sql } from 'kysely'
import type { Session } from '../store/session.ts'
import { PLAYER } from './entities.ts'
import type { Tables } from './entities.ts'
import { randomId } from './ids.ts'
import { knockedOut } from './rules/battles.ts'
import { curves } from './rules/data/curves.ts'
import { topLevel } from './rules/levels.ts'
import { random } from './rules/random.ts'
import { refresh } from './rules/time.ts'
import type { Player } from './rules/types.ts'

/** Rivals offered at once. */
const OFFERED = 6
/** Read for each level and each direction: enough to leave out those who cannot fight. */
const PER_LEVEL = 4
/** Rows looked at for one offer. */
const LOOKED_AT = 2 * OFFERED
/** How long an offer stays as it is, unless the player fights, in milliseconds. */
const STAYS = 600_000

/**
 * Whom a player may attack: six of about the same level who can stand, others after each fight and every ten minutes.
 * Ids are random, so a seek to a random place in the index by level and id gives random players without sorting any.
 */
export async function findRivals(session: Session<Tables>, player: Player, now: number): Promise<Player[]> {
  const chance = random(`rivals ${player.id} ${Math.floor(now / STAYS)} ${player.wins + player.losses}`)
  const from = randomId(() => chance.next())
  const found = await seek(session, player, from, true)
  const candidates = found.length < LOOKED_AT ? [...found, ...(await seek(session, player, from, false))] : found
  const nearest = candidates
    .filter(({ id }) => id !== player.id)
    .sort((a, b) => Math.abs(a.level - player.level) - Math.abs(b.level - player.level))
    .slice(0, LOOKED_AT)
  const rows = await session.getMany(
    PLAYER,
    nearest.map(({ id }) => id),
  )
  return rows
    .filter((row) => row !== null)
    .map((row) => refresh(row, now))
    .filter((rival) => !knockedOut(rival) && Math.abs(rival.level - player.level) <= curves.battle.reach)
    .slice(0, OFFERED)
}

/** A few ids of each level in reach, from a point of the index upwards, or below it when those were too few. */
function seek(
  session: Session<Tables>,
  { level }: Player,
  from: string,
  up: boolean,
): Promise<{ id: string; level: number }[]> {
  const { reach } = curves.battle
  const levels = Array.from({ length: 2 * reach + 1 }, (_, index) => level - reach + index)
  const seeks = levels
    .filter((level) => level >= 1 && level <= topLevel)
    .map((level) =>
      up
        ? sql`SELECT * FROM (SELECT id, level FROM player WHERE level = ${level} AND id >= ${from} ORDER BY id LIMIT ${PER_LEVEL}) AS found`
        : sql`SELECT * FROM (SELECT id, level FROM player WHERE level = ${level} AND id < ${from} ORDER BY id LIMIT ${PER_LEVEL}) AS found`,
    )
  return session.query(
    async (db) => (await sql<{ id: string; level: number }>`${sql.join(seeks, sql` UNION ALL `)}`.execute(db)).rows,
  )
}
