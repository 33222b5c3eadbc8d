import { isDeepStrictEqual } from 'node:util'
import type { Store } from '../store/store.ts'
import { crowdId, crowdWeekXp } from './crowd.ts'
import { BAND, PLAYER } from './entities.ts'
import type { Tables } from './entities.ts'
import { newPlayer } from './rules/player.ts'
import { weekOf } from './rules/time.ts'
import type { Player } from './rules/types.ts'

/** Rows written in one transaction: others wait for its end. */
const PORTION = 100
/** A guest who has not done anything for this long will not. Milliseconds: 30 days. */
const GIVEN_UP = 30 * 86_400_000

/**
 * Puts the crowd on the ladder of the week of `now`, so that it is not empty on a Monday: as many members as there are, from the first
 * on. Whoever won more than their share by themselves keeps it.
 *
 * @returns how many stepped; none where all had.
 */
export async function stepCrowd(store: Store<Tables>, now: number): Promise<number> {
  const week = weekOf(now)
  let stepped = 0
  for (let start = 0; ; start += PORTION) {
    const members = Array.from({ length: PORTION }, (_, index) => ({
      index: start + index,
      id: crowdId(start + index),
    }))
    const there = await store.session().query((db) =>
      db
        .selectFrom('player')
        .select(['id', 'week', 'week_xp as weekXp', 'level'])
        .where(
          'id',
          'in',
          members.map(({ id }) => id),
        )
        .execute(),
    )
    if (there.length === 0) return stepped
    const rows = new Map(there.map((row) => [row.id, row]))
    const behind = members.flatMap(({ index, id }) => {
      const row = rows.get(id)
      const weekXp = crowdWeekXp(index, row?.level ?? 1, week)
      return row && isBehind(row, week, weekXp) ? [{ id, weekXp }] : []
    })
    if (behind.length === 0) continue
    stepped += behind.length
    await store.session().transaction(async (tx) => {
      for (const { id, weekXp } of behind) {
        const player = await tx.get(PLAYER, id)
        // They may have been attacked since, or stepped by another process.
        if (player && isBehind(player, week, weekXp)) await tx.update(PLAYER, { ...player, week, weekXp })
      }
    })
  }
}

function isBehind(row: Pick<Player, 'week' | 'weekXp'>, week: number, weekXp: number): boolean {
  return row.week < week || (row.week === week && row.weekXp < weekXp)
}

/**
 * Forgets guests of more than 30 days ago who never did anything, with what was written to them. Whoever comes back after that is a guest
 * again, with the same nothing.
 *
 * @returns how many went.
 */
export async function pruneGuests(store: Store<Tables>, now: number): Promise<number> {
  let gone = 0
  for (let last = ''; ;) {
    const candidates = await store.session().query((db) =>
      db
        .selectFrom('player')
        .select('id')
        .where('level', '=', 1)
        .where('id', '>', last)
        .where('xp', '=', 0)
        .where('mastery', '=', '{}')
        .where('created_at', '<', now - GIVEN_UP)
        .orderBy('id')
        .limit(PORTION)
        .execute(),
    )
    const [end] = candidates.slice(-1)
    if (end === undefined) return gone
    last = end.id
    gone += await forget(
      store,
      candidates.map(({ id }) => id),
    )
  }
}

/** Deletes those of the players who have only what everybody comes with. */
function forget(store: Store<Tables>, ids: readonly string[]): Promise<number> {
  return store.session().transaction(async (tx) => {
    const rows = await tx.getMany(PLAYER, ids)
    const idle = rows.filter((player) => player !== null).filter(isUntouched)
    if (idle.length === 0) return 0
    const going = idle.map(({ id }) => id)
    const friends = await tx.db.selectFrom('friend').select('player').where('friend', 'in', going).execute()
    await tx.db
      .deleteFrom('friend')
      .where((either) => either.or([either('player', 'in', going), either('friend', 'in', going)]))
      .execute()
    await tx.db.deleteFrom('news').where('player', 'in', going).execute()
    for (const player of idle) await tx.delete(PLAYER, player)
    for (const { player } of friends) tx.invalidateList(BAND, player)
    return idle.length
  })
}

/** What a player changes by doing something; being attacked, or written to, changes none of it. */
const OWN = ['name', 'avatar', 'level', 'xp', 'coins', 'wins', 'gear', 'bag', 'mastery', 'buildings', 'steps'] as const

function isUntouched(player: Player): boolean {
  const { id, code, invitedBy, createdAt: now } = player
  const fresh = newPlayer({ id, code, invitedBy, seed: id, now })
  return OWN.every((what) => isDeepStrictEqual(player[what], fresh[what]))
}
