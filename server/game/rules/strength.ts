import { curves } from './data/curves.ts'
import { buildingOf, itemOf } from './lookup.ts'
import type { Player } from './types.ts'

/** How hard somebody hits and how well they stand it. */
export interface Powers {
  attack: number
  defence: number
}

/** Where a player's powers come from; `attack` and `defence` are the sums. */
export interface PlayerPowers extends Powers {
  level: Powers
  gear: Powers
  village: Powers
  band: Powers
  /** Percent that the village takes off the price of healing. */
  healing: number
}

/** A player's powers: level, gear worn, buildings that lend some, and friends in the band up to a limit. */
export function powers(player: Player): PlayerPowers {
  const { strength } = curves
  const level = {
    attack: strength.attack + (player.level - 1) * strength.attackPerLevel,
    defence: strength.defence + (player.level - 1) * strength.defencePerLevel,
  }
  const gear = sum(Object.values(player.gear).map((id) => itemOf(id)))
  const standing = Object.entries(player.buildings).flatMap(([id, site]) => buildingOf(id).levels[site.level - 1] ?? [])
  const village = sum(standing)
  const healing = Math.max(0, ...standing.map((level) => level.healing ?? 0))
  const friends = Math.min(player.band, strength.bandMost) * strength.perFriend
  const band = { attack: friends, defence: friends }
  return { ...sum([level, gear, village, band]), level, gear, village, band, healing }
}

/** One number to compare by, of a player or of a monster. */
export function strength(fighter: Player | Powers): number {
  const { attack, defence } = 'bag' in fighter ? powers(fighter) : fighter
  return attack + defence
}

function sum(parts: readonly Partial<Powers>[]): Powers {
  let attack = 0
  let defence = 0
  for (const part of parts) {
    attack += part.attack ?? 0
    defence += part.defence ?? 0
  }
  return { attack, defence }
}
