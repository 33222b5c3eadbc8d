import { buildings } from './data/buildings.ts'
import { RuleError, whole } from './error.ts'
import { gainsBetween, maxEnergy, maxHealth, pay } from './levels.ts'
import { buildingOf } from './lookup.ts'
import type { Building, BuildingLevel, Played, Player, Produce } from './types.ts'
import { count, winnings } from './words.ts'

const HOUR = 3_600_000

/** A building, or the plot for it, as one player finds it. */
export interface Site {
  building: Building
  /** 0 where nothing stands yet. */
  level: number
  standing: BuildingLevel | null
  /** What can be built next, null at the top. */
  next: BuildingLevel | null
  /** Player level that is needed for it, null when the player has it. */
  locked: number | null
  affordable: boolean
}

/** All sites of a player's village. */
export const sitesOf = (player: Player): Site[] => buildings.map((building) => siteOf(player, building))

function siteOf(player: Player, building: Building): Site {
  const level = player.buildings[building.id]?.level ?? 0
  const next = building.levels[level] ?? null
  return {
    building,
    level,
    standing: building.levels[level - 1] ?? null,
    next,
    locked: next !== null && player.level < next.level ? next.level : null,
    affordable: next !== null && player.coins >= next.cost,
  }
}

/** All that waits to be collected; energy and health only as far as there is room for them. */
export function incomeWaiting(player: Player, now: number): Record<Produce, number> {
  const waiting: Record<Produce, number> = { coins: 0, xp: 0, energy: 0, health: 0 }
  for (const building of buildings) waiting[building.makes] += harvest(player, building, now).units
  waiting.energy = Math.min(waiting.energy, room(player, 'energy'))
  waiting.health = Math.min(waiting.health, room(player, 'health'))
  return waiting
}

/**
 * Builds the next level of a building.
 * @param seen the level the player saw, 0 for an empty plot.
 * @throws RuleError `unknown`, `input`, `stale` (it was built on meanwhile), `top`, `locked` or `coins`.
 */
export function build(player: Player, id: string, seen: number, now: number): Played {
  const building = buildingOf(id)
  whole(seen, 'level')
  const { level, next, locked } = siteOf(player, building)
  if (seen !== level)
    throw new RuleError(
      'stale',
      `${building.name} stands at level ${level}, not ${seen} as you saw it. Look again and decide.`,
    )
  if (next === null) throw new RuleError('top', `${building.name} is as fine as it can be.`)
  if (locked !== null) throw new RuleError('locked', `That takes level ${locked}, and you are level ${player.level}.`)
  if (player.coins < next.cost)
    throw new RuleError('coins', `That costs ${count(next.cost, 'coin')} and you have ${player.coins}.`)
  const collectedAt = player.buildings[id]?.collectedAt ?? now
  const after: Player = {
    ...player,
    coins: player.coins - next.cost,
    buildings: { ...player.buildings, [id]: { level: level + 1, collectedAt } },
  }
  return {
    player: after,
    outcome: {
      text: `${building.name}, level ${level + 1}. ${next.words}`,
      tone: 'good',
      gains: gainsBetween(player, after),
    },
    moments: ['build'],
  }
}

/** Collects what the buildings made. @throws RuleError `nothing` when nothing waits or there is no room for it. */
export function collect(player: Player, now: number): Played {
  const left = { coins: Infinity, xp: Infinity, energy: room(player, 'energy'), health: room(player, 'health') }
  const got: Record<Produce, number> = { coins: 0, xp: 0, energy: 0, health: 0 }
  const standing = { ...player.buildings }
  for (const building of buildings) {
    const { units, since, every } = harvest(player, building, now)
    const taken = Math.min(units, left[building.makes])
    const site = standing[building.id]
    if (site === undefined || taken === 0) continue
    left[building.makes] -= taken
    got[building.makes] += taken
    // The part of a unit already made is kept: collecting often must not cost anything.
    standing[building.id] = { ...site, collectedAt: Math.ceil(since + taken * every) }
  }
  if (Object.values(got).every((amount) => amount === 0))
    throw new RuleError('nothing', 'There is nothing to collect yet. Buildings work while you are away.')
  const after = pay({ ...player, buildings: standing }, got, now)
  return {
    player: after,
    outcome: { text: `You collect ${winnings(got)}.`, tone: 'good', gains: gainsBetween(player, after) },
    moments: [],
  }
}

function room(player: Player, what: 'energy' | 'health'): number {
  const most = what === 'energy' ? maxEnergy(player.level) : maxHealth(player.level)
  return Math.max(0, most - player[what])
}

/** Whole units made since the last collection, at most what the building's hours allow. */
function harvest(player: Player, building: Building, now: number): { units: number; since: number; every: number } {
  const site = player.buildings[building.id]
  const { perHour = 0 } = building.levels[(site?.level ?? 0) - 1] ?? {}
  if (site === undefined || perHour === 0) return { units: 0, since: now, every: 0 }
  const every = HOUR / perHour
  const since = Math.max(Math.min(site.collectedAt, now), now - building.hours * HOUR)
  return { units: Math.floor((now - since) / every), since, every }
}
