import { expect, test } from 'vitest'
import { storeMigrations } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { DIALECTS, scratchDatabase } from '../store/scratch.ts'
import { crowdPlayer, seedCrowd } from './crowd.ts'
import type { Tables } from './entities.ts'
import { gameMigrations } from './migrations.ts'
import { itemOf } from './rules/lookup.ts'
import { maxEnergy, maxHealth, xpToNext } from './rules/levels.ts'
import { SLOTS } from './rules/types.ts'

const NOW = Date.UTC(2026, 10, 24, 18)

const CROWD = Array.from({ length: 2000 }, (_, index) => crowdPlayer(index, NOW))

test.each(DIALECTS)('on %s a crowd is put in once, and topped up when it is to be larger', async (dialect) => {
  await using scratch = await scratchDatabase<Tables>(dialect)
  const { database } = scratch
  await migrate(database, { ...storeMigrations, ...gameMigrations })
  expect(await seedCrowd(database, 700, NOW)).toEqual({ added: 700, existed: 0 })
  expect(await seedCrowd(database, 700, NOW)).toEqual({ added: 0, existed: 700 })
  expect(await seedCrowd(database, 900, NOW)).toEqual({ added: 200, existed: 700 })
})

test.each(DIALECTS)('on %s two processes that people one village at once put everybody in once', async (dialect) => {
  await using scratch = await scratchDatabase<Tables>(dialect)
  const other = scratch.again()
  await migrate(scratch.database, { ...storeMigrations, ...gameMigrations })
  const seeded = await Promise.all([scratch.database, other].map((database) => seedCrowd(database, 700, NOW)))
  await other.close()
  expect(seeded.reduce((sum, { added }) => sum + added, 0)).toBe(700)
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
