import { type Request, Router } from 'express'
import type { Bus } from '../live/bus.ts'
import { liveStream } from '../live/stream.ts'
import type { Assets } from '../middleware/assets.ts'
import type { Page, SendPage } from '../middleware/pages.ts'
import type { Log } from '../middleware/timing.ts'
import type { Migration } from '../store/migrate.ts'
import type { Store } from '../store/store.ts'
import { type ActionsOptions, createActions } from './actions.ts'
import { seedCrowd } from './crowd.ts'
import type { Tables } from './entities.ts'
import { createGuests } from './guest.ts'
import { pruneGuests, stepCrowd } from './housekeeping.ts'
import { gameMigrations } from './migrations.ts'
import { newsMessage, newsTopic } from './news.ts'
import { battle } from './places/battle.ts'
import { createErrorPage } from './places/error.ts'
import { feed } from './places/feed.ts'
import { friends } from './places/friends.ts'
import { hero } from './places/hero.ts'
import { openInvite } from './places/invite.ts'
import { ladder } from './places/ladder.ts'
import { market } from './places/market.ts'
import { missions } from './places/missions.ts'
import { openPlace, type Place } from './places/place.ts'
import { village } from './places/village.ts'

/** What the game is served with. */
export interface GameDeps {
  store: Store<Tables>
  bus: Bus
  events: ActionsOptions['events']
  /** Asked anew for each page: in development pictures come and go. */
  assets: () => Assets
  sendPage: SendPage
  /** Milliseconds since the epoch. Default `Date.now`. */
  clock?: () => number
  log?: Log
}

/** Emberwood, as the server's chain takes it. */
export interface Game {
  /** All places, the invite links, and `/live`: the player's news as it happens. */
  router: Router
  /** Describes the page that tells of a failure. */
  errorPage: (req: Request, status: number, words: string) => Page
  /** Addresses that must not be fetched ahead, as URL patterns: opening one does something. */
  apart: readonly string[]
  /** The tables it stands on, to be made before anything is asked of it. */
  migrations: Readonly<Record<string, Migration>>
  /** Peoples an empty database, so that nobody fights alone, and puts the people of another on this week's ladder. To be called once the tables are there. */
  populate(): Promise<void>
  /** What has to be done now and then, in portions that hold nobody up: see `housekeeping.ts`. To be called hourly. */
  housekeep(): Promise<void>
}

/** Every place, in the order of the way bar. */
const PLACES: readonly Place[] = [village, missions, battle, market, hero, friends, feed, ladder]

/** Players who are there before the first guest. */
const CROWD = 300

/**
 * Checks the rules' data and opens all places.
 * @throws DataError when the data does not fit together.
 */
export function createGame(deps: GameDeps): Game {
  const { store, bus, events, assets, sendPage, clock = Date.now, log = console.log } = deps
  const actions = createActions({ store, bus, events, clock })
  const world = { store, actions, guests: createGuests({ actions, clock }), assets, sendPage, clock }

  const router = Router()
  for (const place of PLACES) openPlace(router, world, place)
  openInvite(router, world)
  const live = liveStream({
    bus,
    topic: (req) => (req.session.user === null ? null : newsTopic(req.session.user)),
    async since(req, lastId) {
      const { user } = req.session
      const id = Number(lastId)
      if (user === null || !Number.isSafeInteger(id)) return []
      const missed = await actions.news(store.session(req.timing), user, id)
      return missed.map((news) => newsMessage(news))
    },
    async here(req) {
      const { user } = req.session
      if (user === null) return { id: '0', data: { unread: 0 } }
      const { newest, unread } = await actions.newsState(store.session(req.timing), user)
      return { id: String(newest), data: { unread } }
    },
  })
  router.get('/live', live)

  return {
    router,
    errorPage: createErrorPage(assets),
    // A friend's link makes a player, and news shown are news read.
    apart: ['/i/*', '/feed'],
    migrations: gameMigrations,
    async populate() {
      const someone = await store.database.kysely.selectFrom('player').select('id').limit(1).executeTakeFirst()
      if (someone) await stepCrowd(store, clock())
      else {
        const { added } = await seedCrowd(store.database, CROWD, clock())
        log(`${added} players moved into the empty village`)
      }
    },
    async housekeep() {
      await stepCrowd(store, clock())
      const gone = await pruneGuests(store, clock())
      if (gone > 0) log(`${gone} guests who never did anything were forgotten`)
    },
  }
}
