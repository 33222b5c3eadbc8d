import { curves } from './data/curves.ts'
import { energyEvery, healthEvery, maxEnergy, maxHealth } from './levels.ts'
import type { Player } from './types.ts'

const DAY = 86_400_000
/** The epoch was a Thursday; the game's weeks begin on Mondays at midnight UTC. */
const THURSDAY = 3

/** Number of the week that `now` (milliseconds) falls in, counted from the epoch. */
export const weekOf = (now: number): number => Math.floor((now / DAY + THURSDAY) / 7)

/** Number of the day that `now` (milliseconds) falls in, counted from the epoch. */
export const dayOf = (now: number): number => Math.floor(now / DAY)

/** When the week with this number begins, in milliseconds. */
export const weekStart = (week: number): number => (week * 7 - THURSDAY) * DAY

/**
 * Brings a player up to `now`: energy and health come back with time, a new week begins at nothing. Reading needs no
 * write: the same row gives the same player at the same moment, however often it was brought up to date in between.
 */
export function refresh(player: Player, now: number): Player {
  const energy = regrow({
    points: player.energy,
    at: player.energyAt,
    most: maxEnergy(player.level),
    every: energyEvery,
    now,
  })
  const health = regrow({
    points: player.health,
    at: player.healthAt,
    most: maxHealth(player.level),
    every: healthEvery,
    now,
  })
  const week = Math.max(player.week, weekOf(now))
  return {
    ...player,
    energy: energy.points,
    energyAt: energy.at,
    health: health.points,
    healthAt: health.at,
    week,
    weekXp: week === player.week ? Math.min(player.weekXp, curves.caps.count) : 0,
  }
}

interface Regrowth {
  points: number
  at: number
  most: number
  every: number
  now: number
}

/** The part of a point already waited for is kept: `at` moves on by whole points only, until all is full. */
function regrow({ points, at, most, every, now }: Regrowth): { points: number; at: number } {
  if (points >= most) return { points, at: now }
  // A clock that was set back must not stop the growth until it has caught up.
  const since = Math.min(at, now)
  const grown = Math.floor((now - since) / every)
  if (points + grown >= most) return { points: most, at: now }
  return { points: points + grown, at: since + grown * every }
}
