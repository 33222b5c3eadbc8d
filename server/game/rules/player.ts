import { avatars } from './data/avatars.ts'
import { curves } from './data/curves.ts'
import { maxEnergy, maxHealth } from './levels.ts'
import { random } from './random.ts'
import { weekOf } from './time.ts'
import type { Player } from './types.ts'

/** What a new player is made of. */
export interface Arrival {
  id: string
  /** The invite code that is theirs to give away. */
  code: string
  invitedBy: string | null
  /** Decides name and face. */
  seed: string
  /** Milliseconds since the epoch. */
  now: number
}

/** A player who has just come up the road: level 1, rested, with a few coins and a name to be going on with. */
export function newPlayer({ id, code, invitedBy, seed, now }: Arrival): Player {
  const chance = random(`arrival ${seed}`)
  const { first, last } = curves.start.names
  return {
    id,
    version: 1,
    name: `${chance.pick(first)} ${chance.pick(last)}`,
    avatar: chance.pick(avatars).picture,
    level: 1,
    xp: 0,
    coins: curves.start.coins,
    energy: maxEnergy(1),
    energyAt: now,
    health: maxHealth(1),
    healthAt: now,
    wins: 0,
    losses: 0,
    week: weekOf(now),
    weekXp: 0,
    code,
    invitedBy,
    band: 0,
    createdAt: now,
    newsRead: 0,
    unread: 0,
    gear: {},
    bag: {},
    mastery: {},
    buildings: {},
    steps: [],
    battle: null,
  }
}
