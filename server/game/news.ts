import { sql } from 'kysely'
import type { LiveMessage } from '../live/bus.ts'
import type { Session } from '../store/session.ts'
import type { StoreTransaction } from '../store/writes.ts'
import { PLAYER } from './entities.ts'
import type { News, Tables } from './entities.ts'
import { curves } from './rules/data/curves.ts'
import type { Player, Tiding } from './rules/types.ts'

/** Entries given at once. */
const PAGE = 30

/** The topic on which a player's news is published as it happens. */
export const newsTopic = (player: string): string => `player:${player}`

/** A news entry as the live stream tells it; its id is what a stream resumes by. */
export const newsMessage = (news: News): LiveMessage => ({ id: String(news.id), event: 'news', data: news })

/**
 * A player's news: the newest first, or, after `since` (an entry's id), what came since then with the oldest first, as a
 * stream that resumes needs it.
 */
export async function readNews(
  session: Session<Tables>,
  player: string,
  since?: number,
  limit = PAGE,
): Promise<News[]> {
  const rows = await session.query((db) => {
    const mine = db
      .selectFrom('news')
      .select(['id', 'kind', 'text', 'picture', 'from_player as from', 'at'])
      .where('player', '=', player)
      .limit(Math.max(1, Math.min(limit, 200)))
    return since === undefined
      ? mine.orderBy('id', 'desc').execute()
      : mine.where('id', '>', since).orderBy('id').execute()
  })
  return rows
}

/**
 * Writes an entry, to be published by the caller after the commit. Whoever calls it has counted it in the player's `unread` before: that row is
 * then locked until the commit, so that a player's entries are committed in the order of their ids, which a feed resumes by.
 */
export async function writeNews(tx: StoreTransaction<Tables>, tiding: Tiding, at: number): Promise<News> {
  const { player, kind, text, picture, from } = tiding
  const { id } = await tx.db
    .insertInto('news')
    .values({ player, kind, text, picture, from_player: from, at } as Tables['news'])
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, kind, text, picture, from, at }
}

/** Marks a player's news as read up to the entry `newest`; what came after it stays unread. @returns the player as now stored. */
export function markNewsRead(session: Session<Tables>, id: string, newest: number): Promise<Player | null> {
  return session.transaction(async (tx) => {
    const player = await tx.get(PLAYER, id)
    if (player === null || (player.unread === 0 && player.newsRead >= newest)) return player
    const newsRead = Math.max(player.newsRead, newest)
    const { rows } = await sql<{ later: number }>`
      SELECT COUNT(*) AS later FROM news WHERE player = ${id} AND id > ${newsRead}`.execute(tx.db)
    return tx.update(PLAYER, { ...player, unread: Math.min(rows[0]?.later ?? 0, curves.caps.count), newsRead })
  })
}

/** How a player's news stands at one moment. */
export interface NewsState {
  /** Id of the newest entry, 0 where there is none. */
  newest: number
  /** Entries up to it that have not been read. */
  unread: number
}

/** Read in one statement, so that the two belong together: a stream begins there, and counts on from it. */
export async function readNewsState(session: Session<Tables>, player: string): Promise<NewsState> {
  const [state] = await session.query(
    async (db) =>
      (
        await sql<NewsState>`SELECT
          COALESCE((SELECT MAX(news.id) FROM news WHERE news.player = player.id), 0) AS newest,
          (SELECT COUNT(*) FROM news WHERE news.player = player.id AND news.id > player.news_read) AS unread
          FROM player WHERE player.id = ${player}`.execute(db)
      ).rows,
  )
  return state ?? { newest: 0, unread: 0 }
}
