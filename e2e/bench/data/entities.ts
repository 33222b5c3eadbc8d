import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { door } from '../kit.ts'
import { answer, cpuOf, inFlight, told } from '../side.ts'

/** One round, CPU microseconds each. */
export interface EntitiesRound {
  /** A row of a new session, found in memcached. */
  entity: number
  /** The client's own get of the same key, and decoding what it gives. */
  bare: number
  /** The same row of the same session again. */
  identity: number
}

/** What of the kit this uses. */
interface Entity {
  key(id: string): string
  fields: readonly string[]
  words: readonly string[]
}
interface Database {
  kysely: unknown
  close(): Promise<void>
}
interface Session {
  get(entity: Entity, id: string): Promise<unknown>
  transaction(
    work: (tx: { insert(entity: Entity, row: object): Promise<unknown> }) => Promise<unknown>,
  ): Promise<unknown>
}
interface Schema {
  schema: {
    createTable(name: string): {
      addColumn(name: string, type: string): ReturnType<Schema['schema']['createTable']>
      execute(): Promise<void>
    }
  }
}

const PLAYERS = 1000
const READS = 20_000
const AGAIN = 500_000

const { port, runs } = told() as { port: number; runs: number }
const { openDatabase } = await door<{ openDatabase: (url: string) => Database }>('server/database')
const { createStore } = await door<{ createStore: (options: object) => { session(): Session } }>('server/store')
const { defineEntity } = await door<{ defineEntity: (options: object) => Entity }>('server/entities')
const { createSharedCache } = await door<{
  createSharedCache: (options: object) => { ready(): Promise<void>; close(): unknown }
}>('server/cache/shared')
const { createMemcached } = await door<{
  createMemcached: (options: object) => {
    get(key: string): Promise<Buffer | null>
    ready(): Promise<void>
    close(): void
  }
}>('server/memcached')
const { createCodec } = await door<{ createCodec: (shape: Entity) => { decode(bytes: Buffer): { ok: boolean } } }>(
  'server/codec',
)

const ITEMS = Array.from({ length: 60 }, (_, n) => `item-of-kind-${n}`)
const MISSIONS = Array.from({ length: 36 }, (_, n) => `mission-number-${n}`)

/** As wide as a player of Emberwood. */
const FIELDS = [
  'id',
  'version',
  'name',
  'avatar',
  'level',
  'xp',
  'coins',
  'energy',
  'energyAt',
  'health',
  'healthAt',
  'wins',
  'losses',
  'week',
  'weekXp',
  'code',
  'invitedBy',
  'band',
  'createdAt',
  'newsRead',
  'unread',
  'gear',
  'bag',
  'mastery',
  'buildings',
  'steps',
  'battle',
]
const JSON_FIELDS = ['gear', 'bag', 'mastery', 'buildings', 'steps', 'battle']

const player = (n: number) => {
  const now = 1_790_000_000_000 + n * 1000
  const bag = Object.fromEntries(ITEMS.slice(n % 40, (n % 40) + 9).map((item, count) => [item, 1 + count]))
  const mastery = Object.fromEntries(MISSIONS.slice(0, 8).map((mission, count) => [mission, count * 3]))
  const buildings = Object.fromEntries(
    ['hearth', 'sawmill', 'forge'].map((name) => [name, { level: 2, collectedAt: now }]),
  )
  return {
    id: `k${n.toString(36).padStart(11, '0')}`,
    version: 7,
    name: `Villager ${n}`,
    avatar: 'avatars/hunter',
    level: 9,
    xp: 431,
    coins: 12_345,
    energy: 21,
    energyAt: now,
    health: 80,
    healthAt: now,
    wins: 31,
    losses: 12,
    week: 2950,
    weekXp: 1200 + n,
    code: `c${n}x9`,
    invitedBy: null,
    band: 3,
    createdAt: now,
    newsRead: 40,
    unread: 2,
    gear: { hand: ITEMS[1], head: ITEMS[2] },
    bag,
    mastery,
    buildings,
    steps: ['first-mission', 'first-loot'],
    battle: null,
  }
}

const Player = defineEntity({
  name: 'player',
  table: 'player',
  schema: 1,
  json: JSON_FIELDS,
  words: [
    ...ITEMS,
    ...MISSIONS,
    'hearth',
    'sawmill',
    'forge',
    'level',
    'collectedAt',
    'hand',
    'head',
    'avatars/hunter',
    'first-mission',
    'first-loot',
  ],
  columns: Object.fromEntries(FIELDS.map((field) => [field, field])),
})

const folder = mkdtempSync(join(tmpdir(), 'bench-entities-'))
const database = openDatabase(`sqlite:${join(folder, 'bench.db')}`)
const servers = [{ host: '127.0.0.1', port }]
const cache = createSharedCache({ servers })
const client = createMemcached({ servers })
try {
  let table = (database.kysely as Schema).schema.createTable('player')
  for (const field of FIELDS)
    table = table.addColumn(
      field,
      JSON_FIELDS.includes(field) || ['id', 'name', 'avatar', 'code', 'invitedBy'].includes(field) ? 'text' : 'bigint',
    )
  await table.execute()
  await Promise.all([cache.ready(), client.ready()])
  const store = createStore({ database, cache })
  await store.session().transaction(async (tx) => {
    for (let n = 0; n < PLAYERS; n++) await tx.insert(Player, player(n))
  })
  const ids = Array.from({ length: PLAYERS }, (_, n) => player(n).id)
  const idAt = (n: number) => ids[n % PLAYERS] ?? ''
  const codec = createCodec(Player)

  const entity = () => inFlight(READS, 50, (n) => store.session().get(Player, idAt(n)))
  const bare = () =>
    inFlight(READS, 50, async (n) => {
      const bytes = await client.get(Player.key(idAt(n)))
      if (bytes === null || !codec.decode(bytes).ok) throw new Error(`${idAt(n)} is not in memcached`)
    })
  await entity()
  for (let run = 0; run <= runs; run++) {
    const session = store.session()
    await session.get(Player, idAt(run))
    const round: EntitiesRound = {
      entity: await cpuOf(READS, entity),
      bare: await cpuOf(READS, bare),
      identity: await cpuOf(AGAIN, () => inFlight(AGAIN, 1, () => session.get(Player, idAt(run)))),
    }
    if (run > 0) answer(round)
  }
} finally {
  client.close()
  await cache.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}
