import { newPlayer } from './player.ts'
import type { Player } from './types.ts'

/** A Tuesday evening, for tests. */
export const NOW = Date.UTC(2026, 10, 24, 18)

/** A player for tests: new at {@link NOW}, changed as told. */
export const sample = (changes: Partial<Player> = {}): Player => ({
  ...newPlayer({ id: 'me', code: 'code', invitedBy: null, seed: 'me', now: NOW }),
  name: 'Wren Ashby',
  ...changes,
})

/** Two players for tests, of level 5 and fit to meet. */
export const pair = (mine: Partial<Player> = {}, theirs: Partial<Player> = {}): { player: Player; rival: Player } => ({
  player: sample({ level: 5, ...mine }),
  rival: sample({ id: 'rival', name: 'Hob Reed', level: 5, ...theirs }),
})
