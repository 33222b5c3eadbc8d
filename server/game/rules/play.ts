import { attack, fight, heal } from './battles.ts'
import { build, collect } from './buildings.ts'
import { RuleError } from './error.ts'
import { equip, unequip } from './gear.ts'
import { buy, sell } from './market.ts'
import { doMission } from './missions.ts'
import { rename } from './naming.ts'
import { takeSteps } from './steps.ts'
import { refresh } from './time.ts'
import type { Action, Played, Player } from './types.ts'

/** What an action is played on. */
export interface Table {
  player: Player
  /** Who is attacked; null when there is no such player. Only an attack needs it. */
  rival?: Player | null
}

/** What decides the rest: equal tables, actions and circumstances give equal results. */
export interface Circumstances {
  /** All chance comes from it. */
  seed: string
  /** Milliseconds since the epoch. */
  now: number
}

/**
 * The rules: what an action makes of a state. Nothing is changed in place.
 * @throws RuleError when the rules do not allow it.
 */
export function play({ player, rival = null }: Table, action: Action, { seed, now }: Circumstances): Played {
  const fresh = refresh(player, now)
  const played = apply(fresh, rival === null ? null : refresh(rival, now), action, seed, now)
  const rewarded = takeSteps(fresh, played, now)
  const { outcome } = rewarded
  return outcome.gains.level === undefined
    ? rewarded
    : {
        ...rewarded,
        outcome: { ...outcome, text: `${outcome.text} You are level ${outcome.gains.level} now, and feel it.` },
      }
}

function apply(player: Player, rival: Player | null, action: Action, seed: string, now: number): Played {
  switch (action.kind) {
    case 'mission':
      return doMission(player, action.mission, seed, now)
    case 'fight':
      return fight(player, action.monster, seed, now)
    case 'attack':
      return attack(player, rival, seed, now)
    case 'heal':
      return heal(player)
    case 'buy':
      return buy(player, action.item, action.price, now)
    case 'sell':
      return sell(player, action.item, action.price, now)
    case 'equip':
      return equip(player, action.item)
    case 'unequip':
      return unequip(player, action.slot)
    case 'build':
      return build(player, action.building, action.level, now)
    case 'collect':
      return collect(player, now)
    case 'rename':
      return rename(player, action.name, action.avatar)
    case 'invite':
      return {
        player,
        outcome: { text: 'The link is on its way. Leave a lamp in the window.', tone: 'good', gains: {} },
        moments: ['invite'],
      }
    default:
      throw new RuleError(
        'unknown',
        `There is no such thing to do as ${JSON.stringify(action satisfies never)?.slice(0, 60)}.`,
      )
  }
}
