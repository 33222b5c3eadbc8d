import { expect, test } from 'vitest'
import { bagOf } from './bag.ts'
import { healCost, knockedOut, monstersOf } from './battles.ts'
import { incomeWaiting, sitesOf } from './buildings.ts'
import { regions } from './data/regions.ts'
import { missionsOf, regionsOf } from './missions.ts'
import { shop } from './market.ts'
import { play } from './play.ts'
import { newPlayer } from './player.ts'
import { nextStep } from './steps.ts'
import { powers, type Powers } from './strength.ts'
import { refresh } from './time.ts'
import type { Action, Outcome, Player } from './types.ts'

const START = Date.UTC(2026, 10, 23, 18)
const SECOND = 1000
const MINUTE = 60 * SECOND

/** What happened, and when (milliseconds after the start). */
interface Moment {
  at: number
  action: Action
  outcome: Outcome
  player: Player
}

/** Somebody who does the next thing there is, one every eight seconds, and looks again after fifteen when there is none. */
function playEagerly(seed: string, minutes: number): Moment[] {
  const told: Moment[] = []
  let player = newPlayer({ id: 'eager', code: 'eager', invitedBy: null, seed, now: START })
  let now = START
  while (now < START + minutes * MINUTE) {
    player = refresh(player, now)
    const action = nextAction(player, now)
    if (action === null) {
      now += 15 * SECOND
      continue
    }
    const played = play({ player }, action, { seed: `${seed} ${now}`, now })
    player = played.player
    told.push({ at: now - START, action, outcome: played.outcome, player })
    now += 8 * SECOND
  }
  return told
}

function nextAction(player: Player, now: number): Action | null {
  const open = regionsOf(player)
    .filter(({ lock }) => lock === null)
    .flatMap(({ region }) => missionsOf(player, region.id))
    .filter(({ lock }) => lock === null)
  const doable = open.filter(({ short }) => short === 0)
  const step = nextStep(player)
  if (step?.moment === 'invite') return { kind: 'invite' }
  const better = bagOf(player).find(
    ({ item, worn }) => !worn && item.level <= player.level && item.price > priceWorn(player, item.slot),
  )
  if (better !== undefined) return { kind: 'equip', item: better.item.id }
  if (step?.moment === 'win') return { kind: 'fight', monster: 'rat' }
  const site = sitesOf(player).find(({ next, locked, affordable }) => next !== null && locked === null && affordable)
  if (site !== undefined) return { kind: 'build', building: site.building.id, level: site.level }
  if (incomeWaiting(player, now).coins >= 10) return { kind: 'collect' }
  const ware = shop(player, now).find(
    ({ item, locked, affordable, price }) =>
      item.stocked &&
      locked === null &&
      affordable &&
      item.price > priceWorn(player, item.slot) &&
      price < player.coins * 0.7,
  )
  if (ware !== undefined) return { kind: 'buy', item: ware.item.id, price: ware.price }
  const [mission] = doable.toSorted((a, b) => a.mastery.times - b.mastery.times || b.mission.energy - a.mission.energy)
  if (mission !== undefined) return { kind: 'mission', mission: mission.mission.id }
  const monster = regions
    .filter(({ level }) => player.level >= level)
    .flatMap(({ id }) => monstersOf(player, id))
    .findLast(({ lock, monster }) => lock === null && total(monster) < total(powers(player)))
  const cost = healCost(player)
  if (monster !== undefined && !knockedOut(player) && player.health > 50)
    return { kind: 'fight', monster: monster.monster.id }
  if (cost.health > 40 && player.coins > 4 * cost.coins) return { kind: 'heal' }
  return null
}

const total = ({ attack, defence }: Powers): number => attack + defence

const priceWorn = (player: Player, slot: string): number =>
  bagOf(player).find(({ item, worn }) => worn && item.slot === slot)?.item.price ?? 0

const SEEDS = Array.from({ length: 25 }, (_, index) => `seed ${index}`)
const HOURS = SEEDS.map((seed) => playEagerly(seed, 60))

const reached = (told: Moment[], level: number): number =>
  told.find(({ player }) => player.level >= level)?.at ?? Infinity
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

test('an eager player is level 2 within 90 seconds', () => {
  for (const told of HOURS) expect(reached(told, 2)).toBeLessThanOrEqual(90 * SECOND)
})

test('the whole first-session path fits into three minutes', () => {
  for (const told of HOURS) {
    const after = told.findLast(({ at }) => at <= 3 * MINUTE)?.player
    expect(after && nextStep(after)).toBeNull()
  }
})

test('the first three missions have loot in them', () => {
  for (const told of HOURS) {
    const missions = told.filter(({ action }) => action.kind === 'mission').slice(0, 3)
    expect(missions.some(({ outcome }) => outcome.gains.item !== undefined)).toBe(true)
  }
})

test('an eager player is level 5 after 20 to 30 minutes as a rule, and within the hour at worst', () => {
  const times = HOURS.map((told) => reached(told, 5))
  expect(median(times)).toBeGreaterThan(18 * MINUTE)
  expect(median(times)).toBeLessThan(30 * MINUTE)
  expect(Math.max(...times)).toBeLessThan(60 * MINUTE)
})

test('in the first hour there is always something to do within two and a half minutes', () => {
  for (const told of HOURS)
    told.forEach(({ at }, index) => expect(at - (told[index - 1]?.at ?? 0)).toBeLessThan(2.5 * MINUTE))
})

test('coins are earned, spent, and never below nothing', () => {
  for (const told of HOURS) {
    expect(Math.min(...told.map(({ player }) => player.coins))).toBeGreaterThanOrEqual(0)
    expect(told.filter(({ outcome }) => (outcome.gains.coins ?? 0) < 0).length).toBeGreaterThan(8)
  }
})

test('whoever fights at a fair match wins more often than not and loses sometimes', () => {
  const fights = HOURS.flat().filter(({ action }) => action.kind === 'fight')
  const won = fights.filter(({ outcome }) => outcome.tone === 'good').length / fights.length
  expect(won).toBeGreaterThan(0.55)
  expect(won).toBeLessThan(0.95)
})
