import { curves } from './data/curves.ts'
import type { Random } from './random.ts'
import type { Powers } from './strength.ts'
import type { Blow } from './types.ts'

/** Who stands in a duel. */
export interface Fighter extends Powers {
  health: number
}

/** How a duel went, blow by blow; the one who came strikes first. */
export interface Duel {
  won: boolean
  blows: Blow[]
  /** Damage done to the foe and taken from it, never more than the health there was. */
  dealt: number
  taken: number
}

/**
 * Blows in turn until one is down or the rounds are over; then whoever kept the greater share of health has won, and a
 * tie goes to the foe. Nobody misses twice running: it keeps a story moving, and it makes the worst case computable.
 */
export function duel(me: Fighter, foe: Fighter, chance: Random): Duel {
  const blows: Blow[] = []
  const left = { me: me.health, foe: foe.health }
  const missed = { me: false, foe: false }
  const strike = (by: 'me' | 'foe'): void => {
    const [from, to, target] = by === 'me' ? ([me, foe, 'foe'] as const) : ([foe, me, 'me'] as const)
    const roll = chance.next()
    const misses = !missed[by] && roll < curves.battle.miss
    missed[by] = misses
    const critical = !misses && chance.next() < curves.battle.critical
    const swing = 1 + curves.battle.swing * (2 * chance.next() - 1)
    const damage = misses ? 0 : Math.min(damageOf(from, to, swing, critical), left[target])
    left[target] -= damage
    blows.push({ by, damage, critical })
  }
  for (let round = 0; round < curves.battle.rounds && left.me > 0 && left.foe > 0; round++) {
    strike('me')
    if (left.foe > 0) strike('foe')
  }
  const won = left.foe <= 0 || (left.me > 0 && left.me * foe.health > left.foe * me.health)
  return { won, blows, dealt: foe.health - left.foe, taken: me.health - left.me }
}

function damageOf(from: Powers, to: Powers, swing: number, critical: boolean): number {
  const plain = (from.attack * from.attack) / (from.attack + to.defence)
  const percent = critical ? curves.battle.criticalPercent : 100
  return Math.max(1, Math.round((plain * swing * percent) / 100))
}

/** Whether `me` wins whatever the dice say: every other blow a miss and the rest weak, against a foe at its best. */
export function surelyBeats(me: Fighter, foe: Fighter): boolean {
  const { rounds, swing } = curves.battle
  const weakest = damageOf(me, foe, 1 - swing, false)
  const strongest = damageOf(foe, me, 1 + swing, true)
  const needed = Math.ceil(foe.health / weakest) * 2
  return needed <= rounds && strongest * needed < me.health
}
