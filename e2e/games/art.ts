import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import subsetFont from 'subset-font'
import { atlas, heightMap, matcap, normalMap, pixelSheet, scene, sprite, type Recipe } from './paint.ts'
import { theme } from './sound.ts'

export const GAMES = ['engine', 'workers', 'atlas'] as const
export type GameName = (typeof GAMES)[number]

const HERE = import.meta.dirname
const FONT = path.join(HERE, '../../client/game/art/fonts/grenze-gotisch-600.woff2')
/** Painted once for all tests and benches; by the recipes' own text, so that it never is an old one's. */
const KEPT = path.join(HERE, '../../.cache/games')

const CLASSES = ['bard', 'elder', 'elf', 'fairy', 'hunter', 'knight-man', 'knight-woman', 'mage', 'princess', 'ranger']
const MONSTERS = ['bat', 'boar', 'crocodile', 'dragon', 'ghost', 'goblin', 'ogre', 'rat', 'snake', 'spider', 'wolf']
const WEAPONS = ['ember-blade', 'iron-sword', 'moon-spear', 'rusty-knife', 'oak-shield', 'rune-shield']
const ARMOUR = ['ember-plate', 'iron-helm', 'scale-mail', 'stag-helm', 'steel-gauntlets', 'wolf-boots', 'wool-cap']
const CHARMS = ['amber-pendant', 'bone-charm', 'copper-band', 'ember-heart', 'raven-amulet', 'witch-ring']
const ITEMS = [...WEAPONS, ...ARMOUR, ...CHARMS]
const ICONS = ['battle', 'coin', 'energy', 'friends', 'gift', 'heart', 'star', 'xp']
const QUESTS = ['burn-the-nest', 'calm-the-golem', 'climb-the-scree', 'mine-the-embers', 'ring-the-bell']

const all = (names: string[], place: (name: string) => string, paint: (name: string) => Recipe) =>
  Object.fromEntries(names.map((name) => [place(name), paint(name)]))
const of = (folder: string, names: string[]): string[] => names.map((name) => `${folder}/${name}`)
const asIs =
  (file: string): Recipe =>
  async () =>
    readFileSync(path.join(HERE, file))

/** Every file of art that a game has, by its path in the game's folder, at the sizes at which games ship. */
const ART: Record<GameName, Record<string, Recipe>> = {
  engine: {
    'public/favicon.png': sprite('icons/heart', 64),
    'public/assets/scenes/ground.jpg': scene('scenes/battle-mirefen', 1280),
    'public/assets/scenes/forest.png': sprite('scenes/village-forest', 1200),
    'public/assets/scenes/front.png': sprite('scenes/village-front', 1200),
    ...all(
      ['forge-1', 'garden-2', 'hearth-3', 'sawmill-1', 'tavern-2', 'watchtower-3'],
      (name) => `public/assets/buildings/${name}.png`,
      (name) => sprite(`buildings/${name}`, 256),
    ),
    ...all(
      MONSTERS,
      (name) => `public/assets/monsters/${name}.png`,
      (name) => sprite(`monsters/${name}`, 160),
    ),
    ...all(
      ITEMS,
      (name) => `public/assets/items/${name}.png`,
      (name) => sprite(`items/${name}`, 96),
    ),
    ...all(
      ICONS,
      (name) => `public/assets/ui/icon_${name}.png`,
      (name) => sprite(`icons/${name}`, 64),
    ),
    // Asked for when the second scene is opened.
    ...all(
      QUESTS,
      (name) => `public/assets/quests/${name}.jpg`,
      (name) => scene(`missions/${name}`, 640),
    ),
    'public/assets/tiles/tiles-pixel.png': pixelSheet(
      [...of('items', ITEMS), ...of('icons', ICONS), ...of('monsters', MONSTERS)],
      8,
    ),
    'public/assets/maps/terrain_height.png': heightMap(128),
    'public/assets/maps/terrain_normal.png': normalMap(128),
    'public/assets/maps/bronze_matcap.png': matcap(128),
    'public/assets/audio/theme.wav': async () => theme(),
    'public/assets/audio/theme.mp3': asIs('theme.mp3'),
    // Nothing ever asks for these.
    'public/assets/source-art/layers.png': sprite('scenes/village-front'),
    'public/assets/source-art/cover.png': sprite('scenes/hero'),
    'public/assets/source-art/old/cover_v1.png': sprite('scenes/battle-cinderpeak'),
  },
  workers: {
    ...all(
      CLASSES,
      (name) => `static/img/heroes/${name}.png`,
      (name) => sprite(`avatars/${name}`, 224),
    ),
    ...all(
      ITEMS,
      (name) => `static/img/loot/${name}.png`,
      (name) => sprite(`items/${name}`, 112),
    ),
    ...all(
      QUESTS,
      (name) => `static/img/lands/${name}.jpg`,
      (name) => scene(`missions/${name}`, 720),
    ),
    'static/img/lands/mountains.png': sprite('scenes/village-mountains', 960),
    'static/img/fx/water_normal.png': normalMap(128),
    'static/img/raw/mountains-full.png': sprite('scenes/village-mountains'),
  },
  atlas: {
    ...atlas('public/atlas/items', of('items', ITEMS), 128, 5),
    ...atlas('public/atlas/monsters', of('monsters', MONSTERS), 192, 4),
    'public/img/sky.jpg': scene('scenes/village-sky', 1280),
    'public/img/meadow.png': sprite('scenes/village-ground', 960),
    'public/img/logo.png': sprite('icons/app', 192),
    'public/img/quest.jpg': scene('missions/steal-the-eggs', 640),
    'src/art/hero.png': sprite('avatars/knight-woman', 256),
    'src/art/boss.png': sprite('monsters/dragon', 320),
    'src/art/frame.png': sprite('buildings/hearth-2', 256),
    'src/art/banner.jpg': scene('scenes/battle-thornwood', 960),
    'src/fonts/title.ttf': () =>
      subsetFont(
        readFileSync(FONT),
        String.fromCharCode(
          ...Array(95)
            .keys()
            .map((at) => at + 32),
        ),
        { targetFormat: 'truetype' },
      ),
    'public/img/originals/sky-full.png': sprite('scenes/village-sky'),
  },
}

/** Puts a game's art where the game expects it. */
export async function putArt(game: GameName, folder: string): Promise<void> {
  const texts = ['art.ts', 'paint.ts', 'sound.ts', 'theme.mp3'].map((file) => readFileSync(path.join(HERE, file)))
  const key = createHash('sha256').update(Buffer.concat(texts)).digest('hex').slice(0, 12)
  const kept = path.join(KEPT, `${game}-${key}`)
  if (!existsSync(kept)) await paintAll(game, kept)
  await cp(kept, folder, { recursive: true })
}

/** Beside and renamed, since other processes may be painting the same. */
async function paintAll(game: GameName, kept: string): Promise<void> {
  const beside = `${kept}.${randomUUID()}`
  for (const [file, recipe] of Object.entries(ART[game])) {
    await mkdir(path.dirname(path.join(beside, file)), { recursive: true })
    await writeFile(path.join(beside, file), await recipe())
  }
  await rename(beside, kept).catch(() => rm(beside, { recursive: true, force: true }))
}
