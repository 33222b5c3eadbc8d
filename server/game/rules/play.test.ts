import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { curves } from './data/curves.ts'
import { items } from './data/items.ts'
import { missions } from './data/missions.ts'
import { monsters } from './data/monsters.ts'
import { RuleError } from './error.ts'
import { maxEnergy, maxHealth, topLevel, xpToNext } from './levels.ts'
import { priceOf, sellPriceOf } from './market.ts'
import { play } from './play.ts'
import { NOW, sample } from './sample.ts'
import { SLOTS } from './types.ts'
import type { Action, Played, Player, Slot } from './types.ts'

const wild = fc.oneof(fc.integer({ min: -5, max: 20_000 }), fc.double(), fc.constantFrom(NaN, -0, Infinity, 2 ** 53))
const idOf = (entries: readonly { id: string }[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...entries.map(({ id }) => id)) },
    { weight: 1, arbitrary: fc.constantFrom('', 'constructor', '__proto__', 'toString') },
  )
const BUILDINGS = ['hearth', 'sawmill', 'forge', 'tavern', 'watchtower', 'garden'].map((id) => ({ id }))

/** An action as somebody might send it; `fair` ones get the right price or level filled in. */
const action = fc.record({
  fair: fc.boolean(),
  wait: fc.integer({ min: -60_000, max: 7_200_000 }),
  action: fc.oneof<fc.Arbitrary<Action>[]>(
    fc.record({ kind: fc.constant('mission' as const), mission: idOf(missions) }),
    fc.record({ kind: fc.constant('mission' as const), mission: idOf(missions.slice(0, 3)) }),
    fc.record({ kind: fc.constant('fight' as const), monster: idOf(monsters) }),
    fc.record({ kind: fc.constant('attack' as const), rival: fc.constant('rival') }),
    fc.record({ kind: fc.constant('buy' as const), item: idOf(items), price: wild }),
    fc.record({ kind: fc.constant('sell' as const), item: idOf(items), price: wild }),
    fc.record({ kind: fc.constant('equip' as const), item: idOf(items) }),
    fc.record({ kind: fc.constant('unequip' as const), slot: fc.constantFrom(...SLOTS, 'tail' as Slot) }),
    fc.record({ kind: fc.constant('build' as const), building: idOf(BUILDINGS), level: wild }),
    fc.record({
      kind: fc.constant('rename' as const),
      name: fc.string({ unit: 'binary' }),
      avatar: idOf([{ id: 'mage' }]),
    }),
    fc.constantFrom<Action>({ kind: 'collect' }, { kind: 'heal' }, { kind: 'invite' }),
  ),
})

/** Players as rich, strong and full as the caps allow, and as poor as they come. */
const start = fc
  .record({
    level: fc.integer({ min: 1, max: topLevel }),
    coins: fc.constantFrom(0, 30, 5000, curves.caps.coins - 3),
    band: fc.constantFrom(0, 3, curves.caps.band),
  })
  .map((some) =>
    sample({
      ...some,
      energy: maxEnergy(some.level),
      health: maxHealth(some.level),
      bag: { 'rusty-knife': curves.caps.bag },
    }),
  )

function made(action: Action, fair: boolean, player: Player, now: number): Action {
  if (!fair) return action
  const item = 'item' in action ? items.find(({ id }) => id === action.item) : undefined
  if (action.kind === 'buy' && item) return { ...action, price: priceOf(item, now) }
  if (action.kind === 'sell' && item) return { ...action, price: sellPriceOf(item, now) }
  if (action.kind === 'build') return { ...action, level: player.buildings[action.building]?.level ?? 0 }
  return action
}

test('no sequence of actions makes a number negative, broken or greater than its cap', () => {
  fc.assert(
    fc.property(start, fc.array(action, { minLength: 1, maxLength: 60 }), (first, actions) => {
      let player = first
      let rival = sample({ id: 'rival', level: first.level })
      let now = NOW
      actions.forEach(({ action, wait, fair }, index) => {
        now += wait
        const played = attempt({ player, rival, action: made(action, fair, player, now), seed: `${index}`, now })
        if (played === null) return
        player = played.player
        rival = played.rival ?? rival
        expect([...faults(player), ...faults(rival)]).toEqual([])
      })
    }),
    { numRuns: 300 },
  )
})

test('equal state, action, seed and moment give equal results and leave the state as it was', () => {
  fc.assert(
    fc.property(start, action, fc.string(), (player, { action, fair }, seed) => {
      const rival = sample({ id: 'rival', level: player.level })
      const before = structuredClone({ player, rival })
      const once = attempt({ player, rival, action: made(action, fair, player, NOW), seed, now: NOW })
      const again = attempt({ ...before, action: made(action, fair, player, NOW), seed, now: NOW })
      expect(again).toEqual(once)
      expect({ player, rival }).toEqual(before)
    }),
  )
})

test('what an outcome says was won is what changed', () => {
  const { player, outcome } = play(
    { player: sample() },
    { kind: 'mission', mission: 'gather-kindling' },
    { seed: 's', now: NOW },
  )
  expect(player.coins - sample().coins).toBe(outcome.gains.coins)
  expect(player.energy - sample().energy).toBe(outcome.gains.energy)
  expect(player.weekXp).toBe(outcome.gains.xp)
})

interface Attempt {
  player: Player
  rival: Player
  action: Action
  seed: string
  now: number
}

/** Null when the rules refuse; anything else thrown is a fault. */
function attempt({ player, rival, action, seed, now }: Attempt): Played | null {
  try {
    return play({ player, rival }, action, { seed, now })
  } catch (error) {
    if (error instanceof RuleError) return null
    throw error
  }
}

/** What is wrong with a player's numbers; nothing, one hopes. */
function faults(player: Player): string[] {
  const { caps } = curves
  const limits: Record<string, [value: number, most: number]> = {
    level: [player.level, topLevel],
    xp: [player.xp, xpToNext(player.level)],
    coins: [player.coins, caps.coins],
    energy: [player.energy, maxEnergy(player.level)],
    health: [player.health, maxHealth(player.level)],
    weekXp: [player.weekXp, caps.count],
    wins: [player.wins, caps.count],
    losses: [player.losses, caps.count],
    unread: [player.unread, caps.count],
    energyAt: [player.energyAt, Number.MAX_SAFE_INTEGER],
    healthAt: [player.healthAt, Number.MAX_SAFE_INTEGER],
  }
  for (const [id, count] of Object.entries(player.bag)) limits[`bag ${id}`] = [count, caps.bag]
  for (const [id, times] of Object.entries(player.mastery)) limits[`mastery ${id}`] = [times, caps.count]
  for (const [id, { level, collectedAt }] of Object.entries(player.buildings)) {
    limits[`level of ${id}`] = [level, 3]
    limits[`collectedAt of ${id}`] = [collectedAt, Number.MAX_SAFE_INTEGER]
  }
  const wrong = Object.entries(limits).filter(
    ([, [value, most]]) => !Number.isSafeInteger(value) || value < 0 || value > most,
  )
  const lost = Object.values(player.gear).filter((id) => !player.bag[id])
  const twice = player.steps.filter((id, index) => player.steps.indexOf(id) !== index)
  return [
    ...wrong.map(([name, [value, most]]) => `${name} is ${value} of ${most}`),
    ...lost.map((id) => `${id} is worn and not owned`),
    ...twice,
  ]
}
