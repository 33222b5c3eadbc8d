import { putIn, roll } from './bag.ts'
import { curves } from './data/curves.ts'
import { monsters } from './data/monsters.ts'
import { duel } from './duel.ts'
import type { Duel } from './duel.ts'
import { RuleError } from './error.ts'
import { gainsBetween, maxHealth, more, pay } from './levels.ts'
import { monsterOf, regionOf } from './lookup.ts'
import { regionLock } from './missions.ts'
import type { Lock } from './missions.ts'
import { random } from './random.ts'
import { powers } from './strength.ts'
import type { BattleReport, Moment, Monster, Played, Player } from './types.ts'
import { count, winnings } from './words.ts'

const { battle, market } = curves

/** The monsters of a region, mildest first, each with what keeps it closed and what it pays this player. */
export function monstersOf(
  player: Player,
  region: string,
): { monster: Monster; lock: Lock | null; xp: number; coins: readonly [number, number] }[] {
  const { id } = regionOf(region)
  return monsters
    .filter((monster) => monster.region === id)
    .map((monster) => {
      const [least, most] = monster.coins
      return {
        monster,
        lock: monsterLock(player, monster),
        xp: faded(monster.xp, player, monster.level),
        coins: [faded(least, player, monster.level), faded(most, player, monster.level)] as const,
      }
    })
}

/** What keeps a monster from meeting this player, or null. */
export function monsterLock(player: Player, monster: Monster): Lock | null {
  const region = regionLock(player, regionOf(monster.region))
  if (region !== null) return region
  const level = monster.level - battle.daring
  return player.level >= level ? null : { words: `${monster.name} shows itself from level ${level}.`, level }
}

/** What beating a rival of this level pays the player. */
export const rivalPay = (player: Player, level: number): { xp: number; coins: number } => ({
  xp: faded(battle.rival.xp + battle.rival.xpPerLevel * level, player, level),
  coins: faded(battle.rival.coins + battle.rival.coinsPerLevel * level, player, level),
})

/** Beating what is far below one pays less: the forest is pushed back further in, not at the garden gate. */
function faded(amount: number, player: Player, level: number): number {
  const below = Math.max(0, player.level - level - 1)
  return Math.max(1, Math.round(amount * Math.max(battle.falloffLeast, 1 - battle.falloff * below)))
}

/** Whether somebody is too hurt to fight or to be attacked. */
export const knockedOut = (player: Player): boolean => player.health < battle.leastHealth

/** Fights a monster. @throws RuleError `unknown`, `locked` or `health`. */
export function fight(player: Player, id: string, seed: string, now: number): Played {
  const monster = monsterOf(id)
  const lock = monsterLock(player, monster)
  if (lock !== null) throw new RuleError('locked', lock.words)
  fitToFight(player)
  const chance = random(seed)
  const fought = duel({ ...powers(player), health: player.health }, monster, chance)
  const [least, most] = monster.coins
  const coins = faded(chance.between(least, most), player, monster.level)
  const loot = fought.won ? roll(player, monster.loot, chance) : null
  const prize = { xp: faded(monster.xp, player, monster.level), coins, loot }
  const { name, picture, level, health } = monster
  const told = fought.won ? monster.won : monster.lost
  return settle({ player, fought, prize, told, now, foe: { kind: 'monster', id, name, picture, level, health } })
}

/**
 * Attacks another player, who need not be there: they keep what they have, lose some health, and read of it in the news.
 * @throws RuleError `unknown` (no such rival), `self`, `reach`, `resting` (rival knocked out) or `health`.
 */
export function attack(player: Player, rival: Player | null, seed: string, now: number): Played {
  if (rival === null) throw new RuleError('unknown', 'Nobody of that name lives at this edge of the forest.')
  if (rival.id === player.id) throw new RuleError('self', 'You cannot attack yourself; the forest sees to that.')
  if (Math.abs(rival.level - player.level) > battle.reach)
    throw new RuleError(
      'reach',
      `${rival.name} is level ${rival.level} and you are level ${player.level}; at most ${battle.reach} levels may lie between.`,
    )
  if (knockedOut(rival))
    throw new RuleError('resting', `${rival.name} is in bed with a cold cloth. Pick somebody who can stand.`)
  fitToFight(player)
  const { id, name, level, health } = rival
  const fought = duel({ ...powers(player), health: player.health }, { ...powers(rival), health }, random(seed))
  const hurt = Math.min(health, Math.ceil(fought.dealt * battle.wounds.attacked))
  const played = settle({
    player,
    fought,
    prize: { ...rivalPay(player, level), loot: null },
    told: fought.won ? `${name} yields and offers you a seat.` : `${name} had the better of it and said so.`,
    now,
    foe: { kind: 'player', id, name, picture: rival.avatar, level, health },
  })
  return {
    ...played,
    rival: { ...rival, health: health - hurt, unread: more(rival.unread) },
    tidings: [
      {
        player: id,
        kind: 'attacked',
        text: fought.won
          ? `${player.name} attacked you and won. You are ${hurt} health the poorer.`
          : `${player.name} attacked you and was sent home. It cost you ${hurt} health.`,
        picture: player.avatar,
        from: player.id,
      },
    ],
  }
}

function fitToFight(player: Player): void {
  if (!knockedOut(player)) return
  throw new RuleError(
    'health',
    `You have ${player.health} health and need ${battle.leastHealth} to fight. Rest, or have some soup at the tavern.`,
  )
}

interface Settlement {
  player: Player
  fought: Duel
  prize: { xp: number; coins: number; loot: string | null }
  told: string
  now: number
  foe: BattleReport['foe']
}

/** Part of the damage taken stays as wounds; the winner is paid, the loser learns a little. */
function settle({ player, fought, prize, told, now, foe }: Settlement): Played {
  const { won, blows, taken } = fought
  const { xp, coins, loot } = won ? prize : { xp: battle.consolation, coins: 0, loot: null }
  const lost = Math.min(player.health, Math.ceil(taken * (won ? battle.wounds.won : battle.wounds.lost)))
  const report: BattleReport = { foe, me: { health: player.health }, won, blows, xp, coins, loot, at: now }
  const wounded: Player = {
    ...player,
    health: player.health - lost,
    wins: won ? more(player.wins) : player.wins,
    losses: won ? player.losses : more(player.losses),
    battle: report,
  }
  const paid = pay(wounded, { xp, coins }, now)
  const after = loot === null ? paid : putIn(paid, loot)
  const gains = { ...gainsBetween(player, after), ...(loot !== null && { item: loot }) }
  const price = lost > 0 ? `, for ${lost} health` : ''
  const moments: Moment[] = won ? (loot === null ? ['win'] : ['win', 'loot']) : []
  return {
    player: after,
    outcome: {
      text: won
        ? `${told} You won ${winnings({ ...gains, energy: 0, health: 0 })}${price}.`
        : `${told} You lost ${lost} health and learned something worth ${xp} xp.`,
      tone: won ? 'good' : 'bad',
      gains,
      battle: true,
    },
    moments,
  }
}

/** What the tavern asks to make a player well: how much health is missing and the price of all of it in coins. */
export function healCost(player: Player): { health: number; coins: number } {
  const health = Math.max(0, maxHealth(player.level) - player.health)
  return { health, coins: Math.ceil(health * pricePerPoint(player)) }
}

function pricePerPoint(player: Player): number {
  return ((market.healing + market.healingPerLevel * (player.level - 1)) * (100 - powers(player).healing)) / 100
}

/** Heals as far as the coins reach. @throws RuleError `healthy` or `coins`. */
export function heal(player: Player): Played {
  const cost = healCost(player)
  if (cost.health === 0) throw new RuleError('healthy', 'You are well already; soup would be wasted on you.')
  const all = player.coins >= cost.coins
  const health = all ? cost.health : Math.floor(player.coins / pricePerPoint(player))
  const coins = all ? cost.coins : Math.ceil(health * pricePerPoint(player))
  if (health === 0)
    throw new RuleError(
      'coins',
      `Soup costs ${count(cost.coins, 'coin')} and you have ${player.coins}. Rest heals for nothing.`,
    )
  const after: Player = { ...player, health: player.health + health, coins: player.coins - coins }
  return {
    player: after,
    outcome: {
      text: `The soup does its work: ${health} health for ${count(coins, 'coin')}.`,
      tone: 'good',
      gains: gainsBetween(player, after),
    },
    moments: [],
  }
}
