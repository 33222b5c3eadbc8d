import { avatars } from './data/avatars.ts'
import { buildings } from './data/buildings.ts'
import { items } from './data/items.ts'
import { missions } from './data/missions.ts'
import { monsters } from './data/monsters.ts'
import { regions } from './data/regions.ts'
import { RuleError } from './error.ts'
import type { Avatar, Building, Entry, Item, Mission, Monster, Region } from './types.ts'

/** A finder by id. */
interface Finder<T> {
  /** @throws RuleError `unknown`, quoting the id. */
  (id: string): T
}

export const regionOf: Finder<Region> = finder('region', regions)
export const missionOf: Finder<Mission> = finder('mission', missions)
export const monsterOf: Finder<Monster> = finder('monster', monsters)
export const itemOf: Finder<Item> = finder('item', items)
export const buildingOf: Finder<Building> = finder('building', buildings)
export const avatarOf: Finder<Avatar> = finder('face', avatars)

function finder<T extends Entry>(kind: string, entries: readonly T[]): Finder<T> {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  return (id) => {
    const entry = byId.get(id)
    if (entry === undefined)
      throw new RuleError('unknown', `Nobody in Emberwood has heard of the ${kind} “${id.slice(0, 40)}”.`)
    return entry
  }
}
