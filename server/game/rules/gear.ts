import { owned } from './bag.ts'
import { RuleError } from './error.ts'
import { itemOf } from './lookup.ts'
import { SLOTS } from './types.ts'
import type { Played, Player, Slot } from './types.ts'

/** Puts on an item from the bag, in place of what was in its slot. @throws RuleError `unknown`, `missing`, `locked` or `worn`. */
export function equip(player: Player, id: string): Played {
  const item = itemOf(id)
  if (owned(player, id) === 0) throw new RuleError('missing', `There is no ${item.name} in your bag to put on.`)
  if (player.level < item.level)
    throw new RuleError('locked', `${item.name} is worn from level ${item.level}, and you are level ${player.level}.`)
  if (player.gear[item.slot] === id) throw new RuleError('worn', `You are wearing ${item.name} already.`)
  return {
    player: { ...player, gear: { ...player.gear, [item.slot]: id } },
    outcome: {
      text: `You put on ${item.name}: ${powersInWords(item.attack, item.defence)}.`,
      tone: 'good',
      gains: { item: id },
    },
    moments: ['equip'],
  }
}

/** Takes off what is worn in a slot; it stays in the bag. @throws RuleError `input` for no slot, `nothing` for an empty one. */
export function unequip(player: Player, slot: Slot): Played {
  if (!SLOTS.includes(slot))
    throw new RuleError('input', `“${slot.slice(0, 40)}” is no place to wear anything; there is ${SLOTS.join(', ')}.`)
  const { [slot]: id, ...gear } = player.gear
  if (id === undefined) throw new RuleError('nothing', 'You are wearing nothing there.')
  return {
    player: { ...player, gear },
    outcome: { text: `${itemOf(id).name} goes back in the bag.`, tone: 'good', gains: {} },
    moments: [],
  }
}

const powersInWords = (attack: number, defence: number): string =>
  [attack > 0 && `+${attack} attack`, defence > 0 && `+${defence} defence`].filter(Boolean).join(', ')
