import { curves } from './data/curves.ts'
import type { Outcome, Player } from './types.ts'

/** Milliseconds for a point of energy to come back. */
export const energyEvery: number = curves.energy.msPerPoint
/** Milliseconds for a point of health to come back. */
export const healthEvery: number = curves.health.msPerPoint
/** The highest level there is. */
export const topLevel: number = curves.xp.length + 1

/** Energy a player of this level can hold. */
export const maxEnergy = (level: number): number => curves.energy.start + (level - 1) * curves.energy.perLevel

/** Health of a player of this level who is well. */
export const maxHealth = (level: number): number => curves.health.start + (level - 1) * curves.health.perLevel

/** Experience from the start of this level to the next; at the top, what the last step took (the bar then stays full). */
export const xpToNext = (level: number): number => curves.xp[Math.min(level, curves.xp.length) - 1] ?? 0

/** What an action can pay. */
export interface Pay {
  xp?: number
  coins?: number
  energy?: number
  health?: number
}

/**
 * Pays a player, within the caps, and raises the level as far as the experience reaches. A new level refills energy and
 * health: it is the reward, and it keeps a good first session going.
 */
export function pay(player: Player, { xp = 0, coins = 0, energy = 0, health = 0 }: Pay, now: number): Player {
  let { level, xp: points } = player
  points += xp
  while (level < topLevel && points >= xpToNext(level)) {
    points -= xpToNext(level)
    level++
  }
  if (level === topLevel) points = Math.min(points, xpToNext(level))
  const rose = level > player.level
  const energyLimit = maxEnergy(level)
  const healthLimit = maxHealth(level)
  return {
    ...player,
    level,
    xp: points,
    weekXp: Math.min(player.weekXp + xp, curves.caps.count),
    coins: Math.min(player.coins + coins, curves.caps.coins),
    energy: rose ? energyLimit : Math.min(player.energy + energy, energyLimit),
    energyAt: rose ? now : player.energyAt,
    health: rose ? healthLimit : Math.min(player.health + health, healthLimit),
    healthAt: rose ? now : player.healthAt,
  }
}

/** One more of what is counted, up to the cap. */
export const more = (count: number): number => Math.min(count + 1, curves.caps.count)

/** What changed between two states of a player, for the outcome; `xp` is counted across levels. */
export function gainsBetween(before: Player, after: Player): Outcome['gains'] {
  const gains: Outcome['gains'] = {}
  const xp = after.weekXp - before.weekXp
  if (xp !== 0) gains.xp = xp
  for (const key of ['coins', 'energy', 'health'] as const)
    if (after[key] !== before[key]) gains[key] = after[key] - before[key]
  if (after.level !== before.level) gains.level = after.level
  return gains
}
