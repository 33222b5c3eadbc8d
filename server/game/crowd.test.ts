import { afterEach, expect, test } from 'vitest'
import { openDatabase } from '../store/database.ts'
import { storeMigrations } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { crowdPlayer, seedCrowd } from './crowd.ts'
import type { Tables } from './entities.ts'
import { gameMigrations } from './migrations.ts'
import { itemOf } from './rules/lookup.ts'
import { maxEnergy, maxHealth, xpToNext } from './rules/levels.ts'
import { SLOTS } from './rules/types.ts'

const NOW = Date.UTC(2026, 10, 24, 18)

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function empty() {
  const database = openDatabase<Tables>('sqlite::memory:')
  opened.push(() => database.close())
  await migrate(database, { ...storeMigrations, ...gameMigrations })
  return database
}

const CROWD = Array.from({ length: 2000 }, (_, index) => crowdPlayer(index, NOW))

test('a crowd is put in once, and topped up when it is to be larger', async () => {
  const database = await empty()
  expect(await seedCrowd(database, 700, NOW)).toEqual({ added: 700, existed: 0 })
  expect(await seedCrowd(database, 700, NOW)).toEqual({ added: 0, existed: 700 })
  expect(await seedCrowd(database, 900, NOW)).toEqual({ added: 200, existed: 700 })
})

test('the same member is the same on every machine and day of the week', () => {
  expect(crowdPlayer(7, NOW)).toEqual(crowdPlayer(7, NOW + 86_400_000))
  expect(crowdPlayer(7, NOW).id).not.toBe(crowdPlayer(8, NOW).id)
})

test('levels have a long tail', () => {
  const share = (least: number) => CROWD.filter(({ level }) => level >= least).length / CROWD.length
  expect(share(2)).toBeGreaterThan(0.7)
  expect(share(6)).toBeLessThan(0.45)
  expect(share(15)).toBeGreaterThan(0.02)
  expect(share(15)).toBeLessThan(0.1)
})

test('everybody could have come by what they have', () => {
  for (const { level, xp, energy, health, gear, bag, mastery, coins } of CROWD) {
    expect(xp).toBeLessThan(xpToNext(level))
    expect({ energy, health }).toEqual({ energy: maxEnergy(level), health: maxHealth(level) })
    expect(Number.isSafeInteger(coins)).toBe(true)
    for (const slot of SLOTS) {
      const worn = gear[slot]
      if (worn === undefined) continue
      expect(itemOf(worn)).toMatchObject({ slot })
      expect(itemOf(worn).level).toBeLessThanOrEqual(level)
      expect(bag[worn]).toBe(1)
    }
    expect(mastery['gather-kindling'] !== undefined || mastery['light-the-lanterns'] === undefined).toBe(true)
  }
})

test('names are varied', () => {
  expect(new Set(CROWD.map(({ name }) => name)).size).toBeGreaterThan(900)
})
