import { complain, known, rising, share, wholeFrom } from './complain.ts'
import type { Place } from './complain.ts'
import { RARITIES, SLOTS } from './types.ts'
import type { Building, Content, Drop, Entry, Item } from './types.ts'

const FILES = ['regions', 'missions', 'monsters', 'items', 'buildings', 'avatars', 'steps'] as const

/** Every entry has an id, a name, words of its own and a picture. */
export function checkTales(content: Content): void {
  const told = new Map<string, string>()
  for (const file of FILES) {
    const ids = new Set<string>()
    for (const entry of content[file] as readonly Entry[]) {
      const place: Place = { file, entry: entry.id }
      if (!/^[a-z]+(-[a-z]+)*$/.test(entry.id)) complain(place, 'id', entry.id, 'small letters and hyphens')
      if (ids.has(entry.id)) complain(place, 'id', entry.id, 'an id that is not taken')
      ids.add(entry.id)
      if (!/^[a-z]+\/[a-z0-9-]+$/.test(entry.picture))
        complain(place, 'picture', entry.picture, '“folder/name” in the art folder')
      if (entry.name.trim() === '') complain(place, 'name', entry.name, 'a name')
      if (entry.words.trim() === '') complain(place, 'words', entry.words, 'a sentence')
      const twin = told.get(entry.words)
      if (twin !== undefined) complain(place, 'words', entry.words, `words of its own; ${twin} has the same`)
      told.set(entry.words, entry.id)
    }
  }
}

/** Regions, missions, monsters, items and buildings fit together, and all of it can be reached. */
export function checkPlaces(content: Content): void {
  const { regions, missions, monsters, items, buildings, curves } = content
  const top = curves.xp.length + 1
  const itemIds = new Set(items.map(({ id }) => id))
  const regionLevels = new Map(regions.map(({ id, level }) => [id, level]))
  const regionIds = new Set(regionLevels.keys())
  const reachable = (place: Place, level: number, least: number): void => {
    wholeFrom(least, place, 'level', level)
    if (level > top) complain(place, 'level', level, `at most ${top}, the top level`)
  }

  regions.forEach((region, index) => {
    const place = { file: 'regions', entry: region.id }
    reachable(place, region.level, 1)
    if (index === 0 && region.level !== 1)
      complain(place, 'level', region.level, '1: the first region is open from the start')
    if (!missions.some((mission) => mission.region === region.id))
      complain(place, 'missions', 0, 'at least one in data/missions.ts')
    if (!monsters.some((monster) => monster.region === region.id))
      complain(place, 'monsters', 0, 'at least one in data/monsters.ts')
  })

  const chains = new Map<string, number>()
  for (const mission of missions) {
    const place = { file: 'missions', entry: mission.id }
    known(place, 'region', mission.region, regionIds)
    // A mission opens after the one before it: a lower level would be a promise that the chain does not keep.
    reachable(place, mission.level, chains.get(mission.region) ?? regionLevels.get(mission.region) ?? 1)
    chains.set(mission.region, mission.level)
    wholeFrom(1, place, 'energy', mission.energy)
    const most = curves.energy.start + (mission.level - 1) * curves.energy.perLevel
    if (mission.energy > most)
      complain(place, 'energy', mission.energy, `at most ${most}, all that a player of level ${mission.level} can hold`)
    wholeFrom(1, place, 'xp', mission.xp)
    range(place, 'coins', mission.coins)
    drops(place, mission.loot, itemIds)
    if (mission.firstFind !== undefined) known(place, 'firstFind', mission.firstFind, itemIds)
  }

  for (const monster of monsters) {
    const place = { file: 'monsters', entry: monster.id }
    known(place, 'region', monster.region, regionIds)
    reachable(place, monster.level, regionLevels.get(monster.region) ?? 1)
    for (const field of ['attack', 'defence', 'health', 'xp'] as const) wholeFrom(1, place, field, monster[field])
    range(place, 'coins', monster.coins)
    drops(place, monster.loot, itemIds)
  }

  const found = new Set([...missions, ...monsters].flatMap(({ loot }) => loot.map(({ item }) => item)))
  for (const { firstFind } of missions) if (firstFind !== undefined) found.add(firstFind)
  for (const item of items) checkItem(item, found, reachable)
  checkSlots(items)
  for (const building of buildings) checkBuilding(building, reachable)
}

function range(place: Place, field: string, [least, most]: readonly [number, number]): void {
  wholeFrom(0, place, `${field}[0]`, least)
  wholeFrom(0, place, `${field}[1]`, most)
  if (most < least) complain(place, `${field}[1]`, most, `at least ${least}, the least it pays`)
}

function drops(place: Place, loot: readonly Drop[], items: ReadonlySet<string>): void {
  for (const { item, chance } of loot) {
    known(place, 'loot.item', item, items)
    share(place, `loot.chance of ${item}`, chance)
  }
  const sum = loot.reduce((sum, { chance }) => sum + chance, 0)
  if (sum > 1) complain(place, 'loot', sum, 'chances that add up to at most 1: one roll decides for all of them')
}

type Reachable = (place: Place, level: number, least: number) => void

function checkItem(item: Item, found: ReadonlySet<string>, reachable: Reachable): void {
  const place = { file: 'items', entry: item.id }
  known(place, 'slot', item.slot, new Set(SLOTS))
  known(place, 'rarity', item.rarity, new Set(RARITIES))
  reachable(place, item.level, 1)
  wholeFrom(0, place, 'attack', item.attack)
  wholeFrom(0, place, 'defence', item.defence)
  wholeFrom(1, place, 'price', item.price)
  if (!item.stocked && !found.has(item.id))
    complain(place, 'stocked', false, 'true, or a drop of some mission or monster: nobody could ever have it')
}

/** One item for each slot and rarity, each rarity better and dearer than the one before it. */
function checkSlots(items: readonly Item[]): void {
  for (const slot of SLOTS) {
    const row = RARITIES.map((rarity) => {
      const [item, twin] = items.filter((item) => item.slot === slot && item.rarity === rarity)
      if (item === undefined)
        return complain(
          { file: 'items', entry: `${rarity} ${slot}` },
          'id',
          undefined,
          'an item for every slot and rarity',
        )
      if (twin !== undefined)
        complain(
          { file: 'items', entry: twin.id },
          'rarity',
          rarity,
          `another one: ${item.id} is the ${rarity} ${slot}`,
        )
      return item
    })
    const place = { file: 'items', entry: row.map(({ id }) => id).join(' < ') }
    rising(
      place,
      'attack + defence',
      row.map(({ attack, defence }) => attack + defence),
    )
    rising(
      place,
      'price',
      row.map(({ price }) => price),
    )
    rising(
      place,
      'level',
      row.map(({ level }) => level),
    )
  }
}

function checkBuilding({ id, hours, makes, levels }: Building, reachable: Reachable): void {
  const place = { file: 'buildings', entry: id }
  known(place, 'makes', makes, new Set(['coins', 'xp', 'energy', 'health']))
  wholeFrom(1, place, 'hours', hours)
  if (levels.length !== 3) complain(place, 'levels', levels.length, '3 levels')
  levels.forEach(({ cost, level, perHour, healing = 0, attack = 0, defence = 0 }, index) => {
    const at = { file: 'buildings', entry: `${id}, level ${index + 1}` }
    wholeFrom(1, at, 'cost', cost)
    reachable(at, level, 1)
    wholeFrom(1, at, 'perHour', perHour)
    share(at, 'healing / 100', healing / 100)
    wholeFrom(0, at, 'attack', attack)
    wholeFrom(0, at, 'defence', defence)
  })
  rising(
    place,
    'cost',
    levels.map(({ cost }) => cost),
  )
  rising(
    place,
    'level',
    levels.map(({ level }) => level),
  )
  rising(
    place,
    'perHour',
    levels.map(({ perHour }) => perHour),
  )
}
