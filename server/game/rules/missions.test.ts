import { expect, test } from 'vitest'
import { curves } from './data/curves.ts'
import { missionOf } from './lookup.ts'
import { doMission, masteryOf, missionsOf, regionsOf } from './missions.ts'
import { NOW, sample } from './sample.ts'

test('a mission costs energy and pays experience and coins within its range', () => {
  const { player } = doMission(sample(), 'gather-kindling', 'seed', NOW)
  const { energy, xp, coins } = missionOf('gather-kindling')
  expect(player.energy).toBe(curves.energy.start - energy)
  expect(player.xp).toBe(xp)
  expect(player.coins - curves.start.coins).toBeGreaterThanOrEqual(coins[0])
  expect(player.coins - curves.start.coins).toBeLessThanOrEqual(coins[1])
  expect(player.mastery).toEqual({ 'gather-kindling': 1 })
})

test('a mission opens when the one before it has been done once', () => {
  const locks = (player = sample()) => missionsOf(player, 'thornwood').map(({ lock }) => lock === null)
  expect(locks()).toEqual([true, false, false, false, false, false])
  expect(locks(sample({ mastery: { 'gather-kindling': 1 } }))).toEqual([true, true, false, false, false, false])
  expect(() => doMission(sample(), 'light-the-lanterns', 'seed', NOW)).toThrow('First do this: Gather kindling.')
})

test('a region opens by level and says which', () => {
  expect(regionsOf(sample({ level: 5 })).map(({ lock }) => lock?.level ?? null)).toEqual([null, null, 12])
  expect(() => doMission(sample({ level: 4 }), 'wade-the-shallows', 'seed', NOW)).toThrow('Mirefen opens at level 5')
})

test('a mission that is not there is refused with 404 and its name', () => {
  expect(() => doMission(sample(), 'drink-the-sea', 'seed', NOW)).toThrow(
    expect.objectContaining({ code: 'unknown', status: 404, words: expect.stringContaining('drink-the-sea') }),
  )
})

test('without enough energy a mission is refused with both numbers', () => {
  expect(() => doMission(sample({ energy: 1 }), 'gather-kindling', 'seed', NOW)).toThrow(
    expect.objectContaining({
      code: 'energy',
      status: 409,
      words: expect.stringContaining('costs 2 energy and you have 1'),
    }),
  )
})

test('mastery is reached at each tier, pays a purse once, and raises the pay from then on', () => {
  const tired = sample({ mastery: { 'gather-kindling': 7 }, energy: 30 })
  const { player, outcome } = doMission(tired, 'gather-kindling', 'seed', NOW)
  const tier = curves.mastery[1]
  expect(masteryOf(player, 'gather-kindling')).toMatchObject({
    times: 8,
    tier: 1,
    name: tier?.name,
    percent: tier?.percent,
  })
  expect(outcome.text).toContain('Gather kindling: practised.')
  const [least] = missionOf('gather-kindling').coins
  expect(outcome.gains.coins).toBeGreaterThanOrEqual(least + 2 * missionOf('gather-kindling').coins[1])
  const [again] = missionsOf(player, 'thornwood')
  expect(again?.coins[0]).toBe(Math.floor(least * 1.2))
})

test('the first time, a mission with a certain find gives it, whatever the seed', () => {
  const ready = sample({ mastery: { 'gather-kindling': 1 } })
  for (let seed = 0; seed < 200; seed++)
    expect(doMission(ready, 'light-the-lanterns', `${seed}`, NOW).player.bag).toEqual({ 'rusty-knife': 1 })
})

test('loot falls about as often as the table says', () => {
  let found = 0
  for (let seed = 0; seed < 4000; seed++)
    if (doMission(sample(), 'gather-kindling', `${seed}`, NOW).outcome.gains.item) found++
  expect(found / 4000).toBeCloseTo(missionOf('gather-kindling').loot[0]?.chance ?? 0, 1)
  expect(found).toBeGreaterThan(200)
})

test('loot that no longer fits in the bag is left lying', () => {
  const full = sample({ bag: { 'wool-cap': curves.caps.bag } })
  for (let seed = 0; seed < 300; seed++)
    expect(doMission(full, 'gather-kindling', `${seed}`, NOW).player.bag['wool-cap']).toBe(curves.caps.bag)
})
