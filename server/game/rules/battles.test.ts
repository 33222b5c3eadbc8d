import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { attack, fight, heal, healCost, monstersOf } from './battles.ts'
import { curves } from './data/curves.ts'
import { duel } from './duel.ts'
import { maxHealth } from './levels.ts'
import { random } from './random.ts'
import { NOW, pair, sample } from './sample.ts'
import type { BattleReport } from './types.ts'

test('a new player beats the rat, whatever the seed', () => {
  for (let seed = 0; seed < 3000; seed++) expect(fight(sample(), 'rat', `${seed}`, NOW).player.battle?.won).toBe(true)
})

test('a new player does not beat a boar', () => {
  const won = Array.from({ length: 100 }, (_, seed) => fight(sample(), 'boar', `${seed}`, NOW).player.wins)
  expect(won.filter(Boolean).length).toBeLessThan(20)
})

test('the report tells every blow, and the blows add up to the end', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 10, max: 132 }), (seed, health) => {
      const { player } = fight(sample({ level: 5, health }), 'spider', seed, NOW)
      const { blows, won, foe, me } = player.battle as BattleReport
      const taken = blows.filter(({ by }) => by === 'foe').reduce((sum, { damage }) => sum + damage, 0)
      const dealt = blows.filter(({ by }) => by === 'me').reduce((sum, { damage }) => sum + damage, 0)
      expect(me.health).toBe(health)
      expect(taken).toBeLessThanOrEqual(health)
      expect(dealt).toBeLessThanOrEqual(foe.health)
      const share = won ? curves.battle.wounds.won : curves.battle.wounds.lost
      expect(player.health).toBe(health - Math.ceil(taken * share))
      expect(won || dealt < foe.health).toBe(true)
    }),
  )
})

test('nobody misses twice running', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { blows } = duel(
      { attack: 9, defence: 9, health: 200 },
      { attack: 9, defence: 9, health: 200 },
      random(`${seed}`),
    )
    const mine = blows.filter(({ by }) => by === 'me').map(({ damage }) => damage)
    expect(mine.some((damage, index) => damage === 0 && mine[index + 1] === 0)).toBe(false)
  }
})

test('below ten health nobody fights', () => {
  expect(() => fight(sample({ health: 9 }), 'rat', 's', NOW)).toThrow(
    expect.objectContaining({ code: 'health', status: 409 }),
  )
  const { player, rival } = pair({ health: 9 })
  expect(() => attack(player, rival, 's', NOW)).toThrow(expect.objectContaining({ code: 'health' }))
})

test('losing costs health and never items or coins', () => {
  const { player, rival } = pair(
    { bag: { 'rusty-knife': 1 }, gear: { weapon: 'rusty-knife' } },
    { level: 9, health: 160 },
  )
  const lost = Array.from({ length: 40 }, (_, seed) => attack(player, rival, `${seed}`, NOW)).find(
    ({ outcome }) => outcome.tone === 'bad',
  )
  expect(lost?.player).toMatchObject({ bag: player.bag, gear: player.gear, coins: player.coins, losses: 1 })
  expect(lost?.player.health).toBeLessThan(player.health)
})

test('a rival loses some health and reads of it, and keeps everything else', () => {
  const { player, rival } = pair()
  const played = attack(player, rival, 'seed', NOW)
  expect(played.rival).toEqual({ ...rival, health: played.rival?.health, unread: 1 })
  expect(played.rival?.health).toBeLessThan(rival.health)
  expect(played.tidings).toEqual([
    expect.objectContaining({ player: 'rival', kind: 'attacked', from: 'me', picture: player.avatar }),
  ])
  expect(played.tidings?.[0]?.text).toContain(player.name)
})

test('one cannot attack oneself, nobody, the knocked out, or somebody far off', () => {
  const { player, rival } = pair()
  const refused = (against: typeof rival | null, code: string, status: number) =>
    expect(() => attack(player, against, 's', NOW)).toThrow(expect.objectContaining({ code, status }))
  refused(player, 'self', 422)
  refused(null, 'unknown', 404)
  refused({ ...rival, health: 9 }, 'resting', 409)
  refused({ ...rival, level: 11 }, 'reach', 409)
})

test('friends in the band tell in battle', () => {
  const wins = (band: number) => {
    const { player, rival } = pair({ band })
    return Array.from({ length: 60 }, (_, seed) => attack(player, rival, `${seed}`, NOW)).filter(
      ({ outcome }) => outcome.tone === 'good',
    ).length
  }
  expect(wins(10)).toBeGreaterThan(wins(0) + 10)
})

test('what stands far below pays less, and something all the same', () => {
  const [rat] = monstersOf(sample({ level: 20 }), 'thornwood')
  expect(rat).toMatchObject({ xp: 1, coins: [1, 1] })
})

test('a monster shows itself two levels early and no earlier', () => {
  const open = (level: number) =>
    monstersOf(sample({ level }), 'thornwood')
      .filter(({ lock }) => lock === null)
      .map(({ monster }) => monster.id)
  expect(open(1)).toEqual(['rat', 'wolf', 'boar'])
  expect(open(3)).toEqual(['rat', 'wolf', 'boar', 'spider'])
  expect(() => fight(sample({ level: 2 }), 'spider', 's', NOW)).toThrow('shows itself from level 3')
  expect(() => fight(sample({ level: 4 }), 'bat', 's', NOW)).toThrow('Mirefen opens at level 5')
})

test('the tavern heals for coins, as far as they reach', () => {
  const hurt = sample({ health: 50, coins: 30 })
  expect(healCost(hurt)).toEqual({ health: 50, coins: 20 })
  expect(heal(hurt).player).toMatchObject({ health: 100, coins: 10 })
  expect(heal({ ...hurt, coins: 5 }).player).toMatchObject({ health: 62, coins: 0 })
  expect(() => heal({ ...hurt, coins: 0 })).toThrow(expect.objectContaining({ code: 'coins' }))
  expect(() => heal(sample())).toThrow(expect.objectContaining({ code: 'healthy' }))
})

test('a tavern of one’s own makes healing cheaper', () => {
  const hurt = sample({ health: 50, buildings: { tavern: { level: 3, collectedAt: NOW } } })
  expect(healCost(hurt).coins).toBe(11)
})

test('a new level makes whole', () => {
  const { player } = fight(sample({ xp: 13, health: 60, energy: 3 }), 'rat', 's', NOW)
  expect(player).toMatchObject({ level: 2, health: maxHealth(2), energy: 31 })
})
