/** The words of the game's rules. Everything here is plain data: the rules are pure functions of (state, action, seed, now). */

export const SLOTS = ['weapon', 'shield', 'head', 'body', 'hands', 'feet', 'neck', 'ring'] as const
export type Slot = (typeof SLOTS)[number]
export const RARITIES = ['common', 'fine', 'rare', 'ember'] as const
export type Rarity = (typeof RARITIES)[number]

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
  /** News entries not read yet: the badge, kept here so that showing it asks for nothing else. */
  unread: number
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
  /** `level`: the building's level as the form showed it, 0 where nothing stands; one more is built. */
  | { kind: 'build'; building: string; level: number }
  | { kind: 'collect' }
  /** `avatar` is an id from data/avatars.ts, as `mage`; the player keeps its picture, `avatars/mage`. */
  | { kind: 'rename'; name: string; avatar: string }
  /** The player has sent or copied the invite link. */
  | { kind: 'invite' }

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
  /** Id of the first-session step this action completed. */
  step?: string
}

/** What every entry of the content has. */
export interface Entry {
  id: string
  name: string
  /** One or two sentences, said by the teller of the tale. */
  words: string
  /** Name of its picture in the art folder, without extension. */
  picture: string
}

export interface Region extends Entry {
  /** Opens at this level. */
  level: number
  /** Backdrop of its battles. */
  battle: string
}

/** One line of a drop table. One roll decides for the whole table, so the chances of a table add up to at most 1. */
export interface Drop {
  item: string
  chance: number
}

export interface Mission extends Entry {
  /** What is told when it has been done. */
  done: string
  region: string
  level: number
  energy: number
  xp: number
  /** Least and most coins it pays before mastery. */
  coins: readonly [number, number]
  loot: readonly Drop[]
  /** Item that is found for certain the first time. */
  firstFind?: string
}

export interface Monster extends Entry {
  /** What is told when the player has won, and when the player has lost. */
  won: string
  lost: string
  region: string
  level: number
  attack: number
  defence: number
  health: number
  xp: number
  /** Least and most coins it pays. */
  coins: readonly [number, number]
  loot: readonly Drop[]
}

export interface Item extends Entry {
  slot: Slot
  rarity: Rarity
  /** Level from which it can be bought and worn. */
  level: number
  attack: number
  defence: number
  /** Coins on an average day. */
  price: number
  /** False: only found, never in the market (it can be sold there all the same). */
  stocked: boolean
}

/** What a building can make while the player is away. */
export type Produce = 'coins' | 'xp' | 'energy' | 'health'

export interface BuildingLevel {
  picture: string
  words: string
  /** Coins. */
  cost: number
  /** Player level from which it can be built. */
  level: number
  /** How much of `makes` an hour brings. */
  perHour: number
  /** Percent taken off the price of healing. */
  healing?: number
  /** Strength it lends its owner. */
  attack?: number
  defence?: number
}

export interface Building extends Entry {
  makes: Produce
  /** Hours after which it stops making until somebody collects. */
  hours: number
  /** Level 1 first. */
  levels: readonly BuildingLevel[]
}

export type Avatar = Entry

/** What can happen in an action that a first-session step waits for. */
export type Moment = 'mission' | 'loot' | 'equip' | 'win' | 'build' | 'invite'

export interface Step extends Entry {
  /** Done when this happens for the first time. */
  moment: Moment
  /** One sentence on what to do next. */
  hint: string
  /** Where to do it: a place of the game. */
  place: 'missions' | 'hero' | 'battle' | 'village' | 'friends'
  /** What to do it with: the id of a mission, item, monster or building. */
  target?: string
  reward: { coins: number; xp: number; energy: number }
}

export interface MasteryTier {
  name: string
  /** Reached when the mission has been done this many times. */
  times: number
  /** Percent more experience and coins from then on. */
  percent: number
  /** Paid once when it is reached: this many times the mission's highest pay. */
  purse: number
}

/** Every number that belongs to no single entry. */
export interface Curves {
  start: { coins: number; names: { first: readonly string[]; last: readonly string[] } }
  /** Experience from each level to the next: the first number leads from level 1 to 2. */
  xp: readonly number[]
  energy: { start: number; perLevel: number; msPerPoint: number }
  health: { start: number; perLevel: number; msPerPoint: number }
  mastery: readonly MasteryTier[]
  strength: {
    attack: number
    attackPerLevel: number
    defence: number
    defencePerLevel: number
    /** Attack and defence lent by each friend of the band, up to `bandMost` friends. */
    perFriend: number
    bandMost: number
  }
  battle: {
    /** Below this much health nobody attacks or is attacked. */
    leastHealth: number
    rounds: number
    miss: number
    critical: number
    /** Percent of a blow's damage that a critical one does. */
    criticalPercent: number
    /** A blow varies by this share up and down. */
    swing: number
    /** Shares of the damage taken that remain as lost health. */
    wounds: { won: number; lost: number; attacked: number }
    /** How many levels above the player a monster may stand to be met. */
    daring: number
    /** Levels up and down within which rivals can be attacked. */
    reach: number
    /** Share of xp and coins that is lost for each level the foe stands below the player, and the least that remains. */
    falloff: number
    falloffLeast: number
    /** What beating a rival pays: a base and more for each level of theirs. */
    rival: { xp: number; xpPerLevel: number; coins: number; coinsPerLevel: number }
    /** Experience for a lost battle. */
    consolation: number
  }
  market: {
    /** Prices vary by this share up and down from day to day. */
    swing: number
    /** Share of the day's price that the market pays. */
    sellShare: number
    /** Coins for a point of health at level 1, and more for each further level. */
    healing: number
    healingPerLevel: number
  }
  caps: { coins: number; bag: number; band: number; count: number; name: number }
}

/** All there is to check at start. */
export interface Content {
  regions: readonly Region[]
  missions: readonly Mission[]
  monsters: readonly Monster[]
  items: readonly Item[]
  buildings: readonly Building[]
  avatars: readonly Avatar[]
  steps: readonly Step[]
  curves: Curves
}

export type NewsKind = 'attacked' | 'joined'

/** An entry that an action leaves in somebody else's news. */
export interface Tiding {
  /** Whose news. */
  player: string
  kind: NewsKind
  /** One sentence. */
  text: string
  picture: string
  /** Player who caused it. */
  from: string
}

/** What a rule makes of an action. The states given are left as they were. */
export interface Played {
  player: Player
  /** The rival as changed by an attack. */
  rival?: Player
  outcome: Outcome
  tidings?: Tiding[]
  /** What happened on the way, for the first-session steps. */
  moments: Moment[]
}
