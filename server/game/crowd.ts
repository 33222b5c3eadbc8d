import { sql } from 'kysely'
import { eventMigrations } from '../events/table.ts'
import { openDatabase } from '../store/database.ts'
import type { Database } from '../store/database.ts'
import { storeMigrations } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { PLAYER } from './entities.ts'
import type { Tables } from './entities.ts'
import { randomCode, randomId } from './ids.ts'
import { gameMigrations } from './migrations.ts'
import { buildings } from './rules/data/buildings.ts'
import { items } from './rules/data/items.ts'
import { missions } from './rules/data/missions.ts'
import { steps } from './rules/data/steps.ts'
import { maxEnergy, maxHealth, topLevel, xpToNext } from './rules/levels.ts'
import { newPlayer } from './rules/player.ts'
import { random } from './rules/random.ts'
import type { Random } from './rules/random.ts'
import { weekOf, weekStart } from './rules/time.ts'
import { SLOTS } from './rules/types.ts'
import type { Player } from './rules/types.ts'

const DAY = 86_400_000
/** Rows in one statement: SQLite takes 32,766 values at once, PostgreSQL 65,535. */
const BATCH = 500
/** Levels thin out upwards: each is this many levels rarer by a factor of e. */
const LEVELS = 5

/** What seeding came to. */
export interface Seeded {
  added: number
  /** Members of this crowd that were there before. */
  existed: number
}

/**
 * Puts the first `count` members of a crowd into the database, so that battles and the ladder have people in them. The
 * crowd is the same every time: whoever is there already stays as they are.
 */
export async function seedCrowd(database: Database<Tables>, count: number, now = Date.now()): Promise<Seeded> {
  const seeded: Seeded = { added: 0, existed: 0 }
  const columns = sql.join(PLAYER.columns.map((column) => sql.ref(column)))
  for (let start = 0; start < count; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - start) }, (_, index) => crowdPlayer(start + index, now))
    const rows = sql.join(batch.map((player) => sql`(${sql.join(PLAYER.toParameters(player))})`))
    // Another process may be starting on the same empty village.
    const { numAffectedRows = 0n } =
      await sql`INSERT INTO player (${columns}) VALUES ${rows} ON CONFLICT DO NOTHING`.execute(database.kysely)
    seeded.added += Number(numAffectedRows)
    seeded.existed += batch.length - Number(numAffectedRows)
  }
  return seeded
}

/** Who member number `index` of the crowd is. */
export function crowdId(index: number): string {
  const chance = random(`crowd ${index}`)
  return randomId(() => chance.next())
}

/** Member number `index` of the crowd as of the week of `now`. */
export function crowdPlayer(index: number, now: number): Player {
  const chance = random(`crowd ${index}`)
  const next = () => chance.next()
  const id = randomId(next)
  const level = Math.min(topLevel, 1 + Math.floor(-Math.log(1 - chance.next()) * LEVELS))
  const week = weekOf(now)
  const createdAt = weekStart(week) - Math.floor(chance.next() * (5 + level * 6)) * DAY
  const { gear, bag } = outfit(level, chance)
  const fights = chance.between(0, 4 + level * 5)
  const wins = Math.round(fights * (0.45 + 0.4 * chance.next()))
  return {
    ...newPlayer({ id, code: randomCode(next), invitedBy: null, seed: id, now: createdAt }),
    level,
    // Nobody of the crowd looks like a guest who never did anything.
    xp: Math.max(1, Math.floor(chance.next() * xpToNext(level))),
    coins: Math.floor(chance.next() * 60 * level ** 1.4),
    energy: maxEnergy(level),
    energyAt: weekStart(week),
    health: maxHealth(level),
    healthAt: weekStart(week),
    wins,
    losses: fights - wins,
    week,
    weekXp: crowdWeekXp(index, level, week),
    gear,
    bag,
    mastery: experience(level, chance),
    buildings: village(level, chance, weekStart(week)),
    steps: steps.slice(0, level > 2 ? steps.length : chance.between(0, 3)).map(({ id }) => id),
  }
}

/** Experience that member number `index` wins in a week: most play little and a few play a lot. */
export function crowdWeekXp(index: number, level: number, week: number): number {
  const chance = random(`crowd ${index} week ${week}`)
  return chance.next() < 0.35 ? 0 : Math.floor(chance.next() ** 4 * (60 + 110 * level))
}

/** Gear that somebody of this level could wear, better slots filled first by those who have played longer. */
function outfit(level: number, chance: Random): Pick<Player, 'gear' | 'bag'> {
  const gear: Player['gear'] = {}
  const bag: Player['bag'] = {}
  for (const slot of SLOTS) {
    if (chance.next() > Math.min(0.95, 0.15 + 0.1 * level)) continue
    const wearable = items.filter(
      (item) => item.slot === slot && item.level <= level && (item.stocked || chance.next() < 0.2),
    )
    if (wearable.length === 0) continue
    const best = wearable.reduce((best, item) => (item.price > best.price ? item : best))
    const item = chance.next() < 0.6 ? best : chance.pick(wearable)
    gear[slot] = item.id
    bag[item.id] = 1
  }
  return { gear, bag }
}

/** Missions done, the early ones most, up to a point near what the level allows. */
function experience(level: number, chance: Random): Player['mastery'] {
  const mastery: Player['mastery'] = {}
  const left = new Set<string>()
  for (const { id, region, level: needed } of missions) {
    if (needed > level || left.has(region)) continue
    if (level > 1 && chance.next() < 0.9) mastery[id] = 1 + chance.between(0, Math.min(30, (level - needed) * 3))
    else left.add(region)
  }
  return mastery
}

function village(level: number, chance: Random, collectedAt: number): Player['buildings'] {
  const standing: Player['buildings'] = {}
  for (const { id, levels } of buildings) {
    const affordable = levels.filter(({ level: needed }) => needed + 1 < level).length
    const built = Math.min(affordable, chance.between(0, 3))
    if (built > 0) standing[id] = { level: built, collectedAt }
  }
  return standing
}

/** `node server/game/crowd.ts [count=10000]` */
async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 10_000)
  if (!Number.isSafeInteger(count) || count < 1 || count > 1_000_000)
    throw new Error(
      `crowd: the count is ${JSON.stringify(process.argv[2])}, expected a whole number from 1 to 1000000, as in: node server/game/crowd.ts 10000`,
    )
  const database = openDatabase<Tables>(process.env['DATABASE_URL'] || 'sqlite:.data/emberwood.db')
  try {
    await migrate(database, { ...storeMigrations, ...eventMigrations, ...gameMigrations })
    const started = Date.now()
    const { added, existed } = await seedCrowd(database, count)
    console.log(`crowd: ${added} players came up the road in ${Date.now() - started} ms, ${existed} were there already`)
  } finally {
    await database.close()
  }
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
