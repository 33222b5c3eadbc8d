import { randomBytes } from 'node:crypto'
import type { Bus } from '../live/bus.ts'
import type { Session } from '../store/session.ts'
import type { Store } from '../store/store.ts'
import type { StoreTransaction } from '../store/writes.ts'
import type { EventData, EventName, TrackedEvent } from '../wire/event.ts'
import { isKey } from '../wire/fragment.ts'
import { BAND, PLAYER } from './entities.ts'
import type { News, Tables } from './entities.ts'
import { readLadder } from './ladder.ts'
import type { Ladder } from './ladder.ts'
import { newcomer } from './newcomer.ts'
import { markNewsRead, newsMessage, newsTopic, readNews, readNewsState, writeNews } from './news.ts'
import type { NewsState } from './news.ts'
import { findRivals } from './rivals.ts'
import { check } from './rules/check.ts'
import { content } from './rules/data/content.ts'
import { RuleError } from './rules/error.ts'
import { play } from './rules/play.ts'
import { refresh } from './rules/time.ts'
import type { Action, Outcome, Played, Player } from './rules/types.ts'

export interface ActionsOptions {
  store: Store<Tables>
  bus: Pick<Bus, 'publish'>
  events: { track: (user: string, events: TrackedEvent[]) => void }
  /** Milliseconds since the epoch. */
  clock: () => number
  /** Mixed into every seed, so that nobody can choose keys that win. Default: new with each start, which is enough: an action's result is kept. */
  salt?: string
}

/** What an action came to. */
export interface Acted {
  /** As stored after the action, brought up to date. */
  player: Player
  outcome: Outcome
  /** True when the key had been used for this action before: nothing was done again. */
  repeated: boolean
}

/** Everything players do and look up, over the store; the rules themselves are in rules/. */
export interface Actions {
  /** The player now. @throws RuleError `unknown` when there is none with this id. */
  refresh: (session: Session<Tables>, id: string) => Promise<Player>
  /** Like {@link refresh}, for somebody who may not exist. */
  find: (session: Session<Tables>, id: string) => Promise<Player | null>
  /**
   * Does an action once for each key, however often it is sent.
   * @throws RuleError when the rules refuse it, or `key` when the key is malformed or was used for another action.
   * @throws Conflict when others kept writing the same rows.
   */
  act: (session: Session<Tables>, player: string, action: Action, key: string) => Promise<Acted>
  /** Makes a guest, credited to whoever's invite code this is. */
  newGuest: (session: Session<Tables>, invite?: string) => Promise<Player>
  /** Six players of about the same level who can be attacked; fewer when there are no more. */
  rivals: (session: Session<Tables>, player: Player) => Promise<Player[]>
  /** The week's best, and where the player stands. */
  ladder: (session: Session<Tables>, player: Player) => Promise<Ladder>
  /** The player's friends, newest first, at most 50. */
  band: (session: Session<Tables>, player: string) => Promise<Player[]>
  /** The newest entries first; with `since`, those after it, oldest first. */
  news: (session: Session<Tables>, player: string, since?: number, limit?: number) => Promise<News[]>
  /** The newest entry and how many are unread, as they belong together. */
  newsState: (session: Session<Tables>, player: string) => Promise<NewsState>
  /** Marks the news as read up to the entry `newest`. @returns the player now. */
  markRead: (session: Session<Tables>, player: string, newest: number) => Promise<Player>
}

/** An outcome as the ledger keeps it: with what was done, so that a key cannot stand for two actions. */
type Kept = Outcome & { did: string }

/** @throws DataError when the game's data does not fit together. */
export function createActions({
  store,
  bus,
  events,
  clock,
  salt = randomBytes(16).toString('hex'),
}: ActionsOptions): Actions {
  check(content)

  const publish = (player: string, news: News): void => bus.publish(newsTopic(player), newsMessage(news))
  const track = <Name extends EventName>(user: string, name: Name, data: EventData<Name>): void =>
    events.track(user, [{ name, at: clock(), data }])

  async function find(session: Session<Tables>, id: string): Promise<Player | null> {
    const player = await session.get(PLAYER, id)
    return player === null ? null : refresh(player, clock())
  }

  async function refreshed(session: Session<Tables>, id: string): Promise<Player> {
    return (await find(session, id)) ?? nobody()
  }

  async function act(session: Session<Tables>, id: string, action: Action, key: string): Promise<Acted> {
    if (!isKey(key)) throw new RuleError('key', 'This page is too old to act from. Open it again.')
    const now = clock()
    const did = fingerprint(action)
    const { player, kept, repeated } = await session.transaction(async (tx) => {
      const { answer: kept, repeated } = await tx.once<Kept>(key, id, async () => ({
        ...(await perform(tx, id, action, key, now)),
        did,
      }))
      return { player: (await tx.get(PLAYER, id)) ?? nobody(), kept, repeated }
    })
    const { did: before, ...outcome } = kept
    if (before !== did)
      throw new RuleError(
        'key',
        'This page has been used for something else meanwhile. Open it again and repeat what you want.',
      )
    return { player: refresh(player, clock()), outcome, repeated }
  }

  async function perform(
    tx: StoreTransaction<Tables>,
    id: string,
    action: Action,
    key: string,
    now: number,
  ): Promise<Outcome> {
    const [player, rival = null] = await tx.getMany(PLAYER, action.kind === 'attack' ? [id, action.rival] : [id])
    const played = play({ player: player ?? nobody(), rival }, action, { seed: `${salt} ${id} ${key}`, now })
    // In the order of their ids: two who attack each other at once would otherwise wait for each other's row.
    const changed = played.rival === undefined ? [played.player] : [played.player, played.rival]
    for (const one of changed.sort((a, b) => (a.id < b.id ? -1 : 1))) await tx.update(PLAYER, one)
    for (const tiding of played.tidings ?? []) {
      const news = await writeNews(tx, tiding, now)
      tx.afterCommit(() => publish(tiding.player, news))
    }
    tx.afterCommit(() => trackPlayed(id, action, played))
    return played.outcome
  }

  function trackPlayed(id: string, action: Action, { outcome, player }: Played): void {
    const good = outcome.tone === 'good'
    if (action.kind === 'mission') track(id, 'mission', { mission: action.mission, good })
    else if (action.kind === 'fight') track(id, 'battle', { monster: action.monster, good })
    else if (action.kind === 'attack') track(id, 'battle', { rival: action.rival, good })
    else if (action.kind === 'buy') track(id, 'purchase', { item: action.item, price: action.price })
    else if (action.kind === 'build') track(id, 'build', { building: action.building, level: action.level })
    else if (action.kind === 'invite') track(id, 'invite-sent', { channel: 'link' })
    if (outcome.gains.level !== undefined) track(id, 'level', { level: player.level })
  }

  return {
    refresh: refreshed,
    find,
    act,
    newGuest: (session, invite) =>
      newcomer(
        {
          session,
          database: store.database,
          now: clock(),
          welcome: {
            installed: ({ id, invitedBy }) => track(id, 'install', { invited: invitedBy !== null }),
            accepted(inviter, player, news) {
              track(inviter.id, 'invite-accepted', { by: player.id })
              publish(inviter.id, news)
            },
          },
        },
        invite,
      ),
    rivals: (session, player) => findRivals(session, player, clock()),
    ladder: readLadder,
    band: (session, player) => session.list(BAND, player),
    news: readNews,
    newsState: readNewsState,
    markRead: async (session, player, newest) =>
      refresh((await markNewsRead(session, player, newest)) ?? nobody(), clock()),
  }
}

function nobody(): never {
  throw new RuleError('unknown', 'Nobody of that name lives at this edge of the forest.')
}

/** The same text for the same action, whatever the order of its fields. */
const fingerprint = (action: Action): string =>
  JSON.stringify(Object.entries(action).sort(([a], [b]) => (a < b ? -1 : 1)))
