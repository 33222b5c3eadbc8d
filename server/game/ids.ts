import { randomInt } from 'node:crypto'

/** Small letters and digits without those that are read for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const ID_LENGTH = 12
const CODE_LENGTH = 7

/** From 0 up to, not including, 1. */
type Chance = () => number

const secure: Chance = () => randomInt(2 ** 32) / 2 ** 32

/** A player's id: 12 characters, 59 bits. */
export const randomId = (chance: Chance = secure): string => text(ID_LENGTH, chance)

/** An invite code: 7 characters, short enough to be read out; the database keeps each unique. */
export const randomCode = (chance: Chance = secure): string => text(CODE_LENGTH, chance)

function text(length: number, chance: Chance): string {
  let text = ''
  while (text.length < length) text += ALPHABET[Math.floor(chance() * ALPHABET.length)] ?? ''
  return text
}
