import type { Content } from '../types.ts'
import { avatars } from './avatars.ts'
import { buildings } from './buildings.ts'
import { curves } from './curves.ts'
import { items } from './items.ts'
import { missions } from './missions.ts'
import { monsters } from './monsters.ts'
import { regions } from './regions.ts'
import { steps } from './steps.ts'

/** All of the game's data, as check.ts reads it. */
export const content: Content = { regions, missions, monsters, items, buildings, avatars, steps, curves }
