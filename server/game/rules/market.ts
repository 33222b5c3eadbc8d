import { fits, owned, putIn, takeOut, worn } from './bag.ts'
import { curves } from './data/curves.ts'
import { items } from './data/items.ts'
import { RuleError, whole } from './error.ts'
import { gainsBetween } from './levels.ts'
import { itemOf } from './lookup.ts'
import { random } from './random.ts'
import { dayOf } from './time.ts'
import type { Item, Played, Player } from './types.ts'
import { count } from './words.ts'

/** An item on the market's table as one player sees it today. */
export interface Ware {
  item: Item
  /** Coins it costs today. */
  price: number
  /** Coins the market gives for it today. */
  sells: number
  owned: number
  worn: boolean
  /** Level that is needed, null when the player has it. */
  locked: number | null
  affordable: boolean
}

/** Today's price: the usual one, a little up or down from day to day, the same for everybody. */
export function priceOf(item: Item, now: number): number {
  const turn = 2 * random(`market ${item.id} ${dayOf(now)}`).next() - 1
  return Math.max(1, Math.round(item.price * (1 + curves.market.swing * turn)))
}

/** What the market gives today for an item. */
export const sellPriceOf = (item: Item, now: number): number => Math.floor(priceOf(item, now) * curves.market.sellShare)

/** Everything the market stocks and whatever else the player could sell there: what can be worn soon first, then the cheapest. */
export function shop(player: Player, now: number): Ware[] {
  return items
    .filter(({ id, stocked }) => stocked || owned(player, id) > 0)
    .map((item) => wareOf(player, item, now))
    .sort((a, b) => a.item.level - b.item.level || a.item.price - b.item.price)
}

function wareOf(player: Player, item: Item, now: number): Ware {
  const price = priceOf(item, now)
  return {
    item,
    price,
    sells: sellPriceOf(item, now),
    owned: owned(player, item.id),
    worn: worn(player, item.id),
    locked: player.level < item.level ? item.level : null,
    affordable: player.coins >= price,
  }
}

/**
 * Buys one, at the price the player saw.
 * @throws RuleError `unknown`, `input`, `stock`, `locked`, `stale` (the price has changed), `full` or `coins`.
 */
export function buy(player: Player, id: string, seen: number, now: number): Played {
  const item = itemOf(id)
  const price = priceOf(item, now)
  whole(seen, 'price')
  if (!item.stocked) throw new RuleError('stock', `${item.name} is not for sale. Such things are found.`)
  if (player.level < item.level)
    throw new RuleError('locked', `${item.name} is sold from level ${item.level}, and you are level ${player.level}.`)
  if (seen !== price) throw new RuleError('stale', staleWords(item, seen, price))
  if (!fits(player, id))
    throw new RuleError(
      'full',
      `You have ${count(owned(player, id), item.name, item.name)}, and the bag says that is plenty.`,
    )
  if (player.coins < price)
    throw new RuleError('coins', `${item.name} costs ${count(price, 'coin')} and you have ${player.coins}.`)
  const after = putIn({ ...player, coins: player.coins - price }, id)
  return {
    player: after,
    outcome: {
      text: `${item.name} is yours for ${count(price, 'coin')}.`,
      tone: 'good',
      gains: { ...gainsBetween(player, after), item: id },
    },
    moments: [],
  }
}

/**
 * Sells one that is not worn, at the price the player saw.
 * @throws RuleError `unknown`, `input`, `missing`, `worn` or `stale`.
 */
export function sell(player: Player, id: string, seen: number, now: number): Played {
  const item = itemOf(id)
  const price = sellPriceOf(item, now)
  whole(seen, 'price')
  if (owned(player, id) === 0) throw new RuleError('missing', `There is no ${item.name} in your bag to sell.`)
  if (worn(player, id) && owned(player, id) === 1)
    throw new RuleError('worn', `You are wearing your only ${item.name}. Take it off first.`)
  if (seen !== price) throw new RuleError('stale', staleWords(item, seen, price))
  const sold = takeOut(player, id)
  const after: Player = { ...sold, coins: Math.min(sold.coins + price, curves.caps.coins) }
  return {
    player: after,
    outcome: {
      text: `The market takes ${item.name} for ${count(price, 'coin')}.`,
      tone: 'good',
      gains: gainsBetween(player, after),
    },
    moments: [],
  }
}

const staleWords = (item: Item, seen: number, price: number): string =>
  `The price of ${item.name} has changed from ${seen} to ${count(price, 'coin')}. Look again and decide.`
