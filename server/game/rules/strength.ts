import { curves } from './data/curves.ts'
import { buildingOf, itemOf } from './lookup.ts'
import type { Player } from './types.ts'

/** How hard somebody hits and how well they stand it. */
export interface Powers {
  attack: number
  defence: number
}

/** What a player has beside them. */
export interface PlayerPowers extends Powers {
  /** Percent that the village takes off the price of healing. */
  healing: number
}

/** A player's powers: level, gear worn, buildings that lend some, and friends in the band up to a limit. */
export function powers(player: Player): PlayerPowers {
  const { strength } = curves
  const own = {
    attack: strength.attack + (player.level - 1) * strength.attackPerLevel,
    defence: strength.defence + (player.level - 1) * strength.defencePerLevel,
  }
  const gear = Object.values(player.gear).map((id) => itemOf(id))
  const standing = Object.entries(player.buildings).flatMap(([id, site]) => buildingOf(id).levels[site.level - 1] ?? [])
  const healing = Math.max(0, ...standing.map((level) => level.healing ?? 0))
  const friends = Math.min(player.band, strength.bandMost) * strength.perFriend
  const band = { attack: friends, defence: friends }
  return { ...sum([own, ...gear, ...standing, band]), healing }
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
