import { defineEntity } from '../store/entities.ts'
import { defineList } from '../store/lists.ts'
import { content } from './rules/data/content.ts'
import { SLOTS } from './rules/types.ts'
import type { NewsKind, Player } from './rules/types.ts'

/** The game's tables, column by column; migrations.ts makes them. */
export interface Tables {
  player: {
    id: string
    version: number
    name: string
    avatar: string
    level: number
    xp: number
    coins: number
    energy: number
    energy_at: number
    health: number
    health_at: number
    wins: number
    losses: number
    week: number
    week_xp: number
    code: string
    invited_by: string | null
    band: number
    created_at: number
    news_read: number
    unread: number
    gear: string
    bag: string
    mastery: string
    buildings: string
    steps: string
    battle: string
  }
  news: NewsTable
  friend: { player: string; friend: string; since: number }
}

interface NewsTable {
  id: number
  player: string
  kind: NewsKind
  text: string
  picture: string
  from_player: string
  at: number
}

/**
 * An entry of somebody's news. It is written once and never changed, so it is a row of a list and no entity: its id is
 * its place in the order, which is what a feed resumes by.
 */
export interface News {
  id: number
  kind: NewsKind
  /** One sentence. */
  text: string
  picture: string
  /** Id of the player who caused it. */
  from: string
  /** Milliseconds since the epoch. */
  at: number
}

/** What players' rows say again and again: the cache stores a number for each. The first 96 take one byte, the rest two. */
const WORDS = new Set([
  ...SLOTS,
  ...'level collectedAt by me foe damage critical'.split(' '),
  ...idsOf(content.buildings, content.steps, content.missions, content.items, content.monsters),
  ...'kind monster player id name picture health won blows xp coins loot at'.split(' '),
  ...[...content.avatars, ...content.monsters].map(({ picture }) => picture),
  ...content.monsters.map(({ name }) => name),
])

function idsOf(...kinds: (readonly { id: string }[])[]): string[] {
  return kinds.flat().map(({ id }) => id)
}

/** A player is one row, read by one key and written by one versioned statement. */
export const PLAYER = defineEntity<Player, Tables>({
  name: 'player',
  table: 'player',
  schema: 1,
  json: ['gear', 'bag', 'mastery', 'buildings', 'steps', 'battle'],
  words: [...WORDS],
  columns: {
    id: 'id',
    version: 'version',
    name: 'name',
    avatar: 'avatar',
    level: 'level',
    xp: 'xp',
    coins: 'coins',
    energy: 'energy',
    energyAt: 'energy_at',
    health: 'health',
    healthAt: 'health_at',
    wins: 'wins',
    losses: 'losses',
    week: 'week',
    weekXp: 'week_xp',
    code: 'code',
    invitedBy: 'invited_by',
    band: 'band',
    createdAt: 'created_at',
    newsRead: 'news_read',
    unread: 'unread',
    gear: 'gear',
    bag: 'bag',
    mastery: 'mastery',
    buildings: 'buildings',
    steps: 'steps',
    battle: 'battle',
  },
})

/** How many stand on the ladder's page. */
export const LADDER_LENGTH = 20

/** The best of a week; the owner is the week's number. Every win could change it, so it is let grow old by a few seconds. */
export const LADDER = defineList<Player, Tables>({
  name: 'ladder',
  of: PLAYER,
  schema: 1,
  limit: LADDER_LENGTH,
  ttl: 5,
  local: 1,
  told: false,
  owner: 'week',
  order: [{ field: 'weekXp', direction: 'desc' }],
  where: [{ field: 'weekXp', above: 0 }],
})

/** A player's friends: who came by their invite, and who invited them; newest first. */
export const BAND = defineList<Player, Tables>({
  name: 'band',
  of: PLAYER,
  schema: 1,
  limit: 50,
  async ids(db, owner, limit) {
    const rows = await db
      .selectFrom('friend')
      .select('friend')
      .where('player', '=', owner)
      .orderBy('since', 'desc')
      .orderBy('friend')
      .limit(limit)
      .execute()
    return rows.map(({ friend }) => friend)
  },
})
