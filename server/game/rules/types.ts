/** The words of the game's rules. Everything here is plain data: the rules are pure functions of (state, action, seed, now). */

export type Slot = 'weapon' | 'shield' | 'head' | 'body' | 'hands' | 'feet' | 'neck' | 'ring'
export type Rarity = 'common' | 'fine' | 'rare' | 'ember'

/** A player's whole state: one row, one versioned write. Times are milliseconds since the epoch. */
export interface Player {
  id: string
  version: number
  name: string
  /** `avatars/NAME` in the art folder. */
  avatar: string
  level: number
  /** Experience towards the next level. */
  xp: number
  coins: number
  /** As of `energyAt`; `refresh(player, now)` brings both up to date. */
  energy: number
  energyAt: number
  health: number
  healthAt: number
  wins: number
  losses: number
  /** Experience won in week `week` (weeks since the epoch): the ladder. */
  week: number
  weekXp: number
  /** Invite code, for `/i/CODE`. */
  code: string
  invitedBy: string | null
  /** How many players came by this one's invite: the band, each a little strength. */
  band: number
  createdAt: number
  /** Id of the newest news entry that was read. */
  newsRead: number
  /** Item id worn in each slot. */
  gear: Partial<Record<Slot, string>>
  /** Item id -> how many, worn ones included. */
  bag: Record<string, number>
  /** Mission id -> times done. */
  mastery: Record<string, number>
  /** Building id -> its level (1 to 3) and when it was last collected from. */
  buildings: Record<string, { level: number; collectedAt: number }>
  /** First-session steps already taken. */
  steps: string[]
  /** The last battle, told blow by blow. */
  battle: BattleReport | null
}

export type Action =
  | { kind: 'mission'; mission: string }
  | { kind: 'fight'; monster: string }
  | { kind: 'attack'; rival: string }
  | { kind: 'heal' }
  | { kind: 'buy'; item: string; price: number }
  | { kind: 'sell'; item: string; price: number }
  | { kind: 'equip'; item: string }
  | { kind: 'unequip'; slot: Slot }
  | { kind: 'build'; building: string; level: number }
  | { kind: 'collect' }
  | { kind: 'rename'; name: string; avatar: string }

export interface Blow {
  by: 'me' | 'foe'
  /** 0 is a miss. */
  damage: number
  critical: boolean
}

export interface BattleReport {
  foe: { kind: 'monster' | 'player'; id: string; name: string; picture: string; level: number; health: number }
  me: { health: number }
  won: boolean
  blows: Blow[]
  xp: number
  coins: number
  loot: string | null
  at: number
}

/** What an action did, in words and in numbers; kept in the ledger, so that asking again answers the same. */
export interface Outcome {
  /** One sentence, said to the player and announced to a screen reader. */
  text: string
  tone: 'good' | 'bad'
  /** What was won and what it cost; only what changed. */
  gains: {
    xp?: number
    coins?: number
    energy?: number
    health?: number
    item?: string
    level?: number
    mastery?: number
  }
  /** True when `player.battle` is the one this action fought. */
  battle?: boolean
}
