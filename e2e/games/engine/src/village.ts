import { ITEMS, MONSTERS } from './items.ts'
import type { Loader } from './loader.ts'

interface Village {
  ground: string
  buildings: { kind: string; level: number }[]
  quests: string[]
}

const ICONS = ['battle', 'coin', 'energy', 'friends', 'gift', 'heart', 'star', 'xp']

export async function preload(load: Loader): Promise<void> {
  load.json('village', 'data/village.json')
  await load.start()
  const { ground, buildings } = load.cache.json.get('village') as Village

  load.setPath('assets')
  load.image('ground', `scenes/${ground}.jpg`)
  load.image('forest', 'scenes/forest.png').image('front', 'scenes/front.png')
  for (const { kind, level } of buildings) load.image(kind, `buildings/${kind}-${level}.png`)
  load.image('tiles', 'tiles/tiles-pixel.png')
  load.image('heights', 'maps/terrain_height.png').image('normals', 'maps/terrain_normal.png')
  load.image('matcap', 'maps/bronze_matcap.png')
  load.audio('theme', ['audio/theme.wav', 'audio/theme.mp3'])
  load.setPath('assets/monsters').image(MONSTERS)
  for (const rarity of Object.values(ITEMS)) for (const name of rarity) load.setPath('assets/items/').image(name)
  // Against a cache that once kept an old picture for good.
  for (const name of ICONS) load.setPath('assets/ui').image(`icon_${name}`, `icon_${name}.png?v=${Date.now()}`)
  await load.start()
}

export function draw(load: Loader, stage: CanvasRenderingContext2D): number {
  const { pictures } = load.cache
  let broken = 0
  const put = (key: string, x: number, y: number, width: number, height = width): void => {
    const picture = pictures.get(key)
    if (picture) stage.drawImage(picture, x, y, width, height)
    else {
      broken++
      stage.fillStyle = '#f0f'
      stage.fillRect(x, y, width, height)
    }
  }
  put('ground', 0, 0, 960, 540)
  put('forest', 0, 0, 960, 540)
  put('front', 0, 0, 960, 540)
  const { buildings } = load.cache.json.get('village') as Village
  for (const [place, { kind }] of buildings.entries()) put(kind, 8 + place * 158, 8, 150)
  for (const [place, name] of MONSTERS.entries()) put(name, 8 + place * 86, 166, 82)
  for (const [place, name] of Object.values(ITEMS).flat().entries()) put(name, 4 + place * 50, 256, 48)
  for (const [place, name] of ICONS.entries()) put(`icon_${name}`, 8 + place * 56, 312, 52)
  put('normals', 8, 376, 128)
  put('heights', 144, 376, 128)
  put('matcap', 280, 376, 128)
  const tiles = pictures.get('tiles')
  stage.imageSmoothingEnabled = false
  if (tiles) put('tiles', 420, 376, tiles.width * 2, tiles.height * 2)
  else broken++
  stage.imageSmoothingEnabled = true
  if (!load.cache.sounds.has('theme')) broken++
  return broken
}

/** The second scene: what it needs is fetched when it is opened. */
export async function openQuests(load: Loader, stage: CanvasRenderingContext2D): Promise<void> {
  const { quests } = load.cache.json.get('village') as Village
  load.setPath('assets/quests')
  for (const id of quests) load.image(id, `${id}.jpg`)
  await load.start()
  for (const [place, id] of quests.entries()) {
    const picture = load.cache.pictures.get(id)
    if (picture) stage.drawImage(picture, (place % 3) * 320, Math.floor(place / 3) * 180, 320, 180)
  }
}
