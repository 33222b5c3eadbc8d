import { expect, test } from 'vitest'
import { check } from './check.ts'
import { content } from './data/content.ts'
import type { Content } from './types.ts'

/** The data with some things changed. */
const changed = (change: (content: Mutable<Content>) => void): Content => {
  const copy = structuredClone(content) as unknown as Mutable<Content>
  change(copy)
  return copy as unknown as Content
}
type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[]
    ? Mutable<E>[]
    : T[K] extends object
      ? Mutable<T[K]>
      : T[K]
}

const entry = <T extends { id: string }>(entries: T[], id: string): T => {
  const found = entries.find((entry) => entry.id === id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}

test('the data as it stands is sound', () => {
  expect(() => check(content)).not.toThrow()
})

test.for<[name: string, change: (content: Mutable<Content>) => void, words: string]>([
  [
    'a negative cost',
    (c) => (entry(c.missions, 'rescue-the-goat').energy = -4),
    'data/missions.ts, rescue-the-goat: energy is -4, expected a whole number from 1',
  ],
  [
    'a broken number',
    (c) => (entry(c.items, 'wool-cap').price = NaN),
    'data/items.ts, wool-cap: price is NaN, expected a whole number from 1',
  ],
  [
    'an unknown region',
    (c) => (entry(c.missions, 'burn-the-nest').region = 'thornwod'),
    'data/missions.ts, burn-the-nest: region is "thornwod", expected one of thornwood, mirefen, cinderpeak',
  ],
  [
    'unknown loot',
    (c) => (entry(c.monsters, 'rat').loot = [{ item: 'cheese', chance: 0.1 }]),
    'data/monsters.ts, rat: loot.item is "cheese", expected one of',
  ],
  [
    'a chance above 1',
    (c) => (entry(c.monsters, 'rat').loot = [{ item: 'wool-cap', chance: 1.1 }]),
    'data/monsters.ts, rat: loot.chance of wool-cap is 1.1, expected a share from 0 to 1',
  ],
  [
    'chances above 1 together',
    (c) =>
      (entry(c.monsters, 'rat').loot = [
        { item: 'wool-cap', chance: 0.7 },
        { item: 'iron-sword', chance: 0.7 },
      ]),
    'data/monsters.ts, rat: loot is 1.4',
  ],
  [
    'an id twice',
    (c) => (entry(c.monsters, 'wolf').id = 'rat'),
    'data/monsters.ts, rat: id is "rat", expected an id that is not taken',
  ],
  [
    'two items for one slot and rarity',
    (c) => (entry(c.items, 'iron-sword').rarity = 'common'),
    'data/items.ts, iron-sword: rarity is "common"',
  ],
  [
    'a better item that costs less',
    (c) => (entry(c.items, 'iron-sword').price = 5),
    'data/items.ts, rusty-knife < iron-sword',
  ],
  [
    'gear that nobody can have',
    (c) => {
      entry(c.missions, 'calm-the-golem').loot = []
      entry(c.items, 'rune-shield').stocked = false
    },
    'data/items.ts, rune-shield: stocked is false, expected true, or a drop',
  ],
  [
    'a level out of reach',
    (c) => (entry(c.missions, 'ring-the-bell').level = 99),
    'data/missions.ts, ring-the-bell: level is 99, expected at most 41, the top level',
  ],
  [
    'a chain that steps down',
    (c) => (entry(c.missions, 'burn-the-nest').level = 1),
    'data/missions.ts, burn-the-nest: level is 1, expected a whole number from 3',
  ],
  [
    'a mission nobody has the energy for',
    (c) => (entry(c.missions, 'gather-kindling').energy = 31),
    'expected at most 30, all that a player of level 1 can hold',
  ],
  ['a curve that falls', (c) => (c.curves.xp[7] = 3), 'data/curves.ts, xp: xp[7] is 3, expected more than 455'],
  [
    'a chance of missing above 1',
    (c) => (c.curves.battle.miss = 2),
    'data/curves.ts, battle: miss is 2, expected a share from 0 to 1',
  ],
  [
    'a market that pays more than it asks',
    (c) => (c.curves.market.sellShare = 0.9),
    'data/curves.ts, market: sellShare is 0.9',
  ],
  [
    'a building that gets cheaper',
    (c) => ((entry(c.buildings, 'forge').levels[2] ?? { cost: 0 }).cost = 3),
    'data/buildings.ts, forge: cost[2] is 3, expected more than 1500',
  ],
  [
    'a first monster that may win',
    (c) => (entry(c.monsters, 'rat').health = 40),
    'data/steps.ts, first-win: target is "rat", expected a monster that a new player without gear beats with the worst of luck',
  ],
  [
    'a first building nobody can pay',
    (c) => ((entry(c.buildings, 'hearth').levels[0] ?? { cost: 0 }).cost = 200),
    'data/steps.ts, first-building: target is "hearth", expected one that costs at most 55',
  ],
  [
    'a first find that is gone',
    (c) => delete entry(c.missions, 'light-the-lanterns').firstFind,
    'data/steps.ts, first-loot: target is "light-the-lanterns", expected a mission with a firstFind',
  ],
  [
    'a picture that is a path',
    (c) => (entry(c.avatars, 'mage').picture = '/avatars/mage.png'),
    'data/avatars.ts, mage: picture is "/avatars/mage.png"',
  ],
  [
    'words told twice',
    (c) => (entry(c.monsters, 'wolf').words = entry(c.monsters, 'rat').words),
    'words of its own; rat has the same',
  ],
  [
    'a hint of two sentences',
    (c) => (entry(c.steps, 'first-win').hint = 'Go. Fight.'),
    'data/steps.ts, first-win: hint is "Go. Fight.", expected one sentence',
  ],
])('%s is refused by name', ([, change, words]) => {
  expect(() => check(changed(change))).toThrow(words)
})
