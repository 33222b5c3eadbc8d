import type { Database } from '../store/database.ts'
import type { Session } from '../store/session.ts'
import type { StoreTransaction } from '../store/writes.ts'
import { BAND, PLAYER } from './entities.ts'
import type { News, Tables } from './entities.ts'
import { randomCode, randomId } from './ids.ts'
import { writeNews } from './news.ts'
import { curves } from './rules/data/curves.ts'
import { more } from './rules/levels.ts'
import { newPlayer } from './rules/player.ts'
import type { Player } from './rules/types.ts'

/** Codes tried before giving up; one in a million is taken at 27,000 players. */
const CODES = 5

/** What may be a code at all; of other texts, PostgreSQL minds those with a zero byte. */
const CODE = /^\w{1,16}$/

/** Told after the commit. */
export interface Welcome {
  /** A guest came: always. */
  installed: (player: Player) => void
  /** The inviter has a new friend in the band. */
  accepted: (inviter: Player, player: Player, news: News) => void
}

export interface Arrivals {
  session: Session<Tables>
  database: Database<Tables>
  /** Milliseconds since the epoch. */
  now: number
  welcome: Welcome
  /** Makes invite codes; one that is taken is drawn again. Default random ones. */
  draw?: () => string
}

/**
 * Makes a guest. One who comes by somebody's invite code is credited to them once, in the same transaction; a code that
 * is nobody's is let pass, since a worn link must not keep a stranger out.
 */
export async function newcomer(
  { session, database, now, welcome, draw = randomCode }: Arrivals,
  invite?: string,
): Promise<Player> {
  const id = randomId()
  for (let attempt = 1; ; attempt++) {
    const code = draw()
    try {
      return await session.transaction(async (tx) => {
        const inviter = await inviterOf(tx, invite)
        const player = newPlayer({ id, code, invitedBy: inviter?.id ?? null, seed: id, now })
        const stored = await tx.insert(PLAYER, player)
        if (inviter !== null) await credit(tx, { inviter, player, now, welcome })
        tx.afterCommit(() => welcome.installed(stored))
        return stored
      })
    } catch (error) {
      if (!database.isDuplicate(error) || attempt === CODES) throw error
    }
  }
}

async function inviterOf(tx: StoreTransaction<Tables>, code: string | undefined): Promise<Player | null> {
  if (code === undefined || !CODE.test(code)) return null
  const row = await tx.db.selectFrom('player').select('id').where('code', '=', code.toLowerCase()).executeTakeFirst()
  return row === undefined ? null : tx.get(PLAYER, row.id)
}

interface Credit {
  inviter: Player
  player: Player
  now: number
  welcome: Welcome
}

async function credit(tx: StoreTransaction<Tables>, { inviter, player, now, welcome }: Credit): Promise<void> {
  const band = Math.min(inviter.band + 1, curves.caps.band)
  const credited = await tx.update(PLAYER, { ...inviter, band, unread: more(inviter.unread) })
  await tx.db
    .insertInto('friend')
    .values([
      { player: inviter.id, friend: player.id, since: now },
      { player: player.id, friend: inviter.id, since: now },
    ])
    .execute()
  tx.invalidateList(BAND, inviter.id)
  tx.invalidateList(BAND, player.id)
  const news = await writeNews(
    tx,
    {
      player: inviter.id,
      kind: 'joined',
      text: `${player.name} came up the road with your letter and has joined your band.`,
      picture: player.avatar,
      from: player.id,
    },
    now,
  )
  tx.afterCommit(() => welcome.accepted(credited, player, news))
}
