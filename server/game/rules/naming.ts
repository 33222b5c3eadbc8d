import { curves } from './data/curves.ts'
import { RuleError } from './error.ts'
import { avatarOf } from './lookup.ts'
import type { Played, Player } from './types.ts'

/** Controls, direction overrides, joiners, private and unassigned characters: \p{C}, Unicode's “Other”. */
const HIDDEN = /\p{C}/u
/** Fillers and blanks that count as letters or symbols and show nothing. */
const BLANK = /[\u115F\u1160\u2800\u3164\uFFA0]/u
/** A letter with a tower of marks on it would run over its neighbours. */
const TOWER = /\p{M}{3}/u

/** A name as it is kept. @throws RuleError `input` unless it has 1 to 24 visible characters. */
export function nameFrom(text: string): string {
  const most = curves.caps.name
  const refuse = (why: string): never => {
    throw new RuleError('input', `${why} A name has 1 to ${most} visible characters.`)
  }
  if (typeof text !== 'string') return refuse('That is no text.')
  const name = text
    .normalize('NFC')
    .replaceAll(/\p{Z}+/gu, ' ')
    .trim()
  const length = Array.from(name).length
  if (length === 0) return refuse('An empty name is hard to call at dusk.')
  if (length > most) return refuse(`That name has ${length} characters.`)
  if (HIDDEN.test(name) || BLANK.test(name) || TOWER.test(name))
    return refuse('That name holds characters that cannot be seen.')
  return name
}

/** Takes a name and a face. @throws RuleError `input` for the name, `unknown` for the face. */
export function rename(player: Player, text: string, avatar: string): Played {
  const name = nameFrom(text)
  const { picture } = avatarOf(avatar)
  return {
    player: { ...player, name, avatar: picture },
    outcome: { text: `From now on they call you ${name}.`, tone: 'good', gains: {} },
    moments: [],
  }
}
