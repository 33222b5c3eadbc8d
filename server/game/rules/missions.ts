import { fits, putIn, roll } from './bag.ts'
import { curves } from './data/curves.ts'
import { missions } from './data/missions.ts'
import { regions } from './data/regions.ts'
import { RuleError } from './error.ts'
import { gainsBetween, more, pay } from './levels.ts'
import { missionOf, regionOf } from './lookup.ts'
import { random } from './random.ts'
import type { MasteryTier, Mission, Played, Player, Region } from './types.ts'
import { winnings } from './words.ts'

/** Why something is still closed, in words; `level` is set when a level opens it. */
export interface Lock {
  words: string
  level?: number
}

/** How well a mission is known. */
export interface Mastery {
  times: number
  /** Index of the tier reached, -1 before the first. */
  tier: number
  name: string | null
  /** Percent more experience and coins. */
  percent: number
  /** The next tier, null when all are reached. */
  next: MasteryTier | null
}

/** A mission as one player finds it. */
export interface MissionState {
  mission: Mission
  lock: Lock | null
  mastery: Mastery
  /** What it pays this player, mastery included. */
  xp: number
  coins: readonly [number, number]
  /** Energy still missing to do it now; 0 when there is enough. */
  short: number
}

/** The regions, each with what keeps it closed to this player. */
export const regionsOf = (player: Player): { region: Region; lock: Lock | null }[] =>
  regions.map((region) => ({ region, lock: regionLock(player, region) }))

/** What keeps a region closed, or null. */
export const regionLock = (player: Player, region: Region): Lock | null =>
  player.level >= region.level ? null : { words: `${region.name} opens at level ${region.level}.`, level: region.level }

/** The missions of a region in order. @throws RuleError `unknown` for a region that is not there. */
export function missionsOf(player: Player, region: string): MissionState[] {
  const { id } = regionOf(region)
  return missions.filter((mission) => mission.region === id).map((mission) => stateOf(player, mission))
}

/** What keeps a mission closed: its region, its level, or the one before it in the chain; null when it is open. */
export function missionLock(player: Player, mission: Mission): Lock | null {
  const region = regionLock(player, regionOf(mission.region))
  if (region !== null) return region
  if (player.level < mission.level)
    return { words: `${mission.name} opens at level ${mission.level}.`, level: mission.level }
  const before = BEFORE.get(mission.id)
  if (before !== undefined && (player.mastery[before.id] ?? 0) === 0) return { words: `First do this: ${before.name}.` }
  return null
}

const BEFORE: ReadonlyMap<string, Mission> = new Map(
  regions.flatMap(({ id }) => {
    const chain = missions.filter((mission) => mission.region === id)
    return chain.slice(1).flatMap((mission, index) => {
      const before = chain[index]
      return before === undefined ? [] : [[mission.id, before] as const]
    })
  }),
)

/** How well a player knows a mission. */
export function masteryOf(player: Player, mission: string): Mastery {
  const times = player.mastery[mission] ?? 0
  const tier = curves.mastery.findLastIndex((tier) => times >= tier.times)
  const reached = curves.mastery[tier]
  return {
    times,
    tier,
    name: reached?.name ?? null,
    percent: reached?.percent ?? 0,
    next: curves.mastery[tier + 1] ?? null,
  }
}

function stateOf(player: Player, mission: Mission): MissionState {
  const mastery = masteryOf(player, mission.id)
  const [least, most] = mission.coins
  return {
    mission,
    lock: missionLock(player, mission),
    mastery,
    xp: raised(mission.xp, mastery.percent),
    coins: [raised(least, mastery.percent), raised(most, mastery.percent)],
    short: Math.max(0, mission.energy - player.energy),
  }
}

const raised = (amount: number, percent: number): number => Math.floor((amount * (100 + percent)) / 100)

/**
 * Does a mission: energy for experience, coins and a chance of loot.
 * @throws RuleError `unknown`, `locked` or `energy`.
 */
export function doMission(player: Player, id: string, seed: string, now: number): Played {
  const mission = missionOf(id)
  const { lock, xp, coins, short } = stateOf(player, mission)
  if (lock !== null) throw new RuleError('locked', lock.words)
  if (short > 0)
    throw new RuleError(
      'energy',
      `That costs ${mission.energy} energy and you have ${player.energy}; it comes back with time.`,
    )
  const chance = random(seed)
  const first = player.mastery[id] === undefined
  const spent: Player = {
    ...player,
    energy: player.energy - mission.energy,
    mastery: { ...player.mastery, [id]: more(player.mastery[id] ?? 0) },
  }
  const tier = curves.mastery.find(({ times }) => times === spent.mastery[id])
  const purse = tier === undefined ? 0 : tier.purse * mission.coins[1]
  const paid = pay(spent, { xp, coins: chance.between(...coins) + purse }, now)
  const sure = first && mission.firstFind !== undefined && fits(player, mission.firstFind)
  const item = sure ? (mission.firstFind ?? null) : roll(player, mission.loot, chance)
  const after = item === null ? paid : putIn(paid, item)
  const gains = { ...gainsBetween(player, after), mastery: spent.mastery[id] ?? 0, ...(item !== null && { item }) }
  const mastered = tier === undefined ? '' : ` ${mission.name}: ${tier.name.toLowerCase()}.`
  return {
    player: after,
    outcome: {
      text: `${mission.done}${mastered} You got ${winnings({ ...gains, energy: 0, health: 0 })}.`,
      tone: 'good',
      gains,
    },
    moments: item === null ? ['mission'] : ['mission', 'loot'],
  }
}
