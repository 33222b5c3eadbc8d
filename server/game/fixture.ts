import { createLocalCache } from '../cache/local.ts'
import { type Bus, createBus } from '../live/bus.ts'
import type { Assets } from '../middleware/assets.ts'
import { encode } from '../middleware/encode.ts'
import { answerError, errors } from '../middleware/errors.ts'
import { html } from '../middleware/html.ts'
import { body } from '../middleware/limits.ts'
import { createPages } from '../middleware/pages.ts'
import { session } from '../middleware/session.ts'
import { type Answer, app, listen, type Question } from '../middleware/testing.ts'
import { controller } from '../middleware/timing.ts'
import type { Database } from '../store/database.ts'
import type { DialectName } from '../store/engine.ts'
import { storeMigrations } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { scratchDatabase } from '../store/scratch.ts'
import { createStore, type Store } from '../store/store.ts'
import { type Actions, createActions } from './actions.ts'
import type { Tables } from './entities.ts'
import { createGame, type Game } from './game.ts'

/** Pictures by their names alone, for tests: what is built of them is another test's matter. */
export const assets: Assets = {
  release: 'test',
  base: '',
  script: () => ({ src: '', preloads: [] }),
  style: () => ({ href: '', fonts: [] }),
  file: () => '',
  image: (name, { alt }) => html`<img src="${name}" alt="${alt}">`,
  preloadImage: () => html``,
  imageUrl: (name) => name,
  importMap: '',
  placeholderRules: () => '',
}

/** The whole game on a free port, with a database of its own and a clock that the test turns. */
export interface Served extends AsyncDisposable {
  ask(path: string, question?: Question): Promise<Answer>
  game: Game
  database: Database<Tables>
  store: Store<Tables>
  bus: Bus
  actions: Actions
  clock: { now: number }
  /** How many players there are. */
  players(): Promise<number>
}

/** Serves the game for one test: `await using game = await serveGame(NOW)`. */
export async function serveGame(now: number, dialect: DialectName = 'sqlite'): Promise<Served> {
  const scratch = await scratchDatabase<Tables>(dialect)
  const { database } = scratch
  const clock = { now }
  const bus = createBus()
  const cache = createLocalCache()
  const deps = {
    store: createStore<Tables>({ database, cache }),
    bus,
    events: { track: () => {} },
    clock: () => clock.now,
  }
  const sendPage = createPages({ assets: () => assets })
  const game = createGame({ ...deps, assets: () => assets, sendPage, log: () => {} })
  await migrate(database, { ...storeMigrations, ...game.migrations })
  const chain = app()
  chain.use(session({ secrets: ['a-secret-for-the-tests'] }), body(), encode(), controller(), game.router)
  chain.use(errors(answerError({ errorPage: game.errorPage, sendPage })))
  const server = await listen(chain)
  return {
    ask: (path, question) => server.ask(path, question),
    game,
    database,
    store: deps.store,
    bus,
    actions: createActions(deps),
    clock,
    players: async () => (await database.kysely.selectFrom('player').select('id').execute()).length,
    async [Symbol.asyncDispose]() {
      bus.close()
      await server[Symbol.asyncDispose]()
      await cache.close()
      await scratch[Symbol.asyncDispose]()
    },
  }
}

/** What a browser sends with a form. */
export const form = (fields: Record<string, string>): Question => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

/** `session=…`, as the browser sends it back. */
export const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? ''
