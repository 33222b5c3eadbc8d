import { itemOf } from './lookup.ts'
import type { Outcome } from './types.ts'

/** “1 coin”, “12 coins”. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`

/** “bread, salt and a spoon”. */
export function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** What was won, in words: “4 xp, 6 coins and Wool Cap”; empty when nothing was. */
export function winnings({ xp = 0, coins = 0, energy = 0, health = 0, item }: Outcome['gains']): string {
  const parts: string[] = []
  if (xp > 0) parts.push(`${xp} xp`)
  if (coins > 0) parts.push(count(coins, 'coin'))
  if (energy > 0) parts.push(`${energy} energy`)
  if (health > 0) parts.push(`${health} health`)
  if (item !== undefined) parts.push(itemOf(item).name)
  return list(parts)
}
