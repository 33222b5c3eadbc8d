import { curves } from './data/curves.ts'
import { itemOf } from './lookup.ts'
import type { Random } from './random.ts'
import type { Drop, Item, Player } from './types.ts'

/** How many of an item a player has, the one worn included. */
export const owned = (player: Player, item: string): number => player.bag[item] ?? 0

/** Whether the item is worn. */
export const worn = (player: Player, item: string): boolean => Object.values(player.gear).includes(item)

/** Whether one more of the item would still fit. */
export const fits = (player: Player, item: string): boolean => owned(player, item) < curves.caps.bag

/** The player with one more of the item. */
export const putIn = (player: Player, item: string): Player => ({
  ...player,
  bag: { ...player.bag, [item]: owned(player, item) + 1 },
})

/** The player with one less of the item, which must be there. */
export function takeOut(player: Player, item: string): Player {
  const { [item]: count = 0, ...others } = player.bag
  return { ...player, bag: count > 1 ? { ...others, [item]: count - 1 } : others }
}

/** What lies in the bag, best first: the item, how many, and whether one of them is worn. */
export function bagOf(player: Player): { item: Item; count: number; worn: boolean }[] {
  return Object.entries(player.bag)
    .map(([id, count]) => ({ item: itemOf(id), count, worn: worn(player, id) }))
    .sort((a, b) => b.item.price - a.item.price)
}

/** One roll over a drop table: an item id, or null. What no longer fits in the bag is left lying. */
export function roll(player: Player, table: readonly Drop[], chance: Random): string | null {
  let left = chance.next()
  for (const { item, chance: share } of table) {
    if (left < share) return fits(player, item) ? item : null
    left -= share
  }
  return null
}
