import type { Region } from '../types.ts'

/** The parts of the forest, nearest first. */
export const regions: readonly Region[] = [
  {
    id: 'thornwood',
    name: 'Thornwood',
    words: 'It starts where the washing line ends. Everybody in the village knows the way in; most know a way out.',
    picture: 'scenes/region-thornwood',
    battle: 'scenes/battle-thornwood',
    level: 1,
  },
  {
    id: 'mirefen',
    name: 'Mirefen',
    words: 'The ground here has not decided yet. Walk quickly, and be polite to anything that floats.',
    picture: 'scenes/region-mirefen',
    battle: 'scenes/battle-mirefen',
    level: 5,
  },
  {
    id: 'cinderpeak',
    name: 'Cinderpeak',
    words: 'A mountain that snores. The old folk lower their voices under it, and so do the birds.',
    picture: 'scenes/region-cinderpeak',
    battle: 'scenes/battle-cinderpeak',
    level: 12,
  },
]
