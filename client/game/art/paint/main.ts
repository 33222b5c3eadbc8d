import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { avatars, paintAvatar } from './avatars.ts'
import { buildings, paintBuilding } from './buildings.ts'
import { folk, paintFolk } from './folk.ts'
import { cutFont } from './font.ts'
import { icons, paintIcon } from './icons.ts'
import { items, paintItem } from './items.ts'
import { missions, paintMission } from './missions/missions.ts'
import { monsters, paintMonster } from './monsters.ts'
import { toSharp, type Picture } from './picture.ts'
import { paintAppIcon } from './scenes/app-icon.ts'
import { paintBattle } from './scenes/battles.ts'
import { paintHall } from './scenes/hall.ts'
import { paintMarket } from './scenes/market.ts'
import { paintRegion } from './scenes/regions.ts'
import { villageForest } from './village/forest.ts'
import { villageFront } from './village/front.ts'
import { villageGround } from './village/ground.ts'
import { villageMountains, villageSky } from './village/sky.ts'

const art = join(import.meta.dirname, '..')

const regions = ['thornwood', 'mirefen', 'cinderpeak'] as const

/** Rays a pixel of a building, the side of a square: 2 is quick and grainy. */
const rays = Number(process.argv[3] ?? 4)

const levels = [1, 2, 3] as const

type Work = () => Picture | Promise<Picture>

/** Every picture by its name, and how it is painted. */
const works: Record<string, Work> = {
  'scenes/village-sky': villageSky,
  'scenes/village-mountains': villageMountains,
  'scenes/village-forest': villageForest,
  'scenes/village-ground': villageGround,
  'scenes/village-front': villageFront,
  'scenes/market': paintMarket,
  'scenes/hero': paintHall,
  'icons/app': paintAppIcon,
  ...Object.fromEntries(regions.map((id) => [`scenes/region-${id}`, () => paintRegion(id)])),
  ...Object.fromEntries(regions.map((id) => [`scenes/battle-${id}`, () => paintBattle(id)])),
  ...Object.fromEntries(missions.map((id) => [`missions/${id}`, () => paintMission(id)])),
  ...Object.fromEntries(monsters.map((id) => [`monsters/${id}`, () => paintMonster(id)])),
  ...Object.fromEntries(Object.keys(items).map((id) => [`items/${id}`, () => paintItem(id)])),
  ...Object.fromEntries(avatars.map((id) => [`avatars/${id}`, () => paintAvatar(id)])),
  ...Object.fromEntries(folk.map((id) => [`folk/${id}`, () => paintFolk(id)])),
  ...Object.fromEntries(icons.map((id) => [`icons/${id}`, () => paintIcon(id)])),
  ...Object.fromEntries(
    buildings.flatMap((id) =>
      levels.map((level) => [`buildings/${id}-${level}`, () => paintBuilding(id, level, rays)] as const),
    ),
  ),
}

const opaque = (name: string) => /^missions\/|^icons\/app|^scenes\/(?!village-)|village-sky$/.test(name)

/** The fonts folder's one file has a painter of its own; everything else is a WebP of high quality, kept once. */
async function main(filter: string): Promise<void> {
  const names = Object.keys(works).filter((name) => name.includes(filter))
  for (const name of names) {
    const started = performance.now()
    const work = works[name]
    if (!work) continue
    let image = toSharp(await work())
    if (opaque(name)) image = image.removeAlpha()
    const file = join(art, `${name}.webp`)
    await mkdir(dirname(file), { recursive: true })
    const { size } = await image
      .webp({ quality: name.endsWith('-sky') ? 96 : 91, alphaQuality: 100, effort: 5, smartSubsample: true })
      .toFile(file)
    console.log(`${name}  ${Math.round(size / 1024)} KB  ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
  if ('fonts/grenze-gotisch'.includes(filter)) {
    await mkdir(join(art, 'fonts'), { recursive: true })
    await writeFile(join(art, 'fonts/grenze-gotisch-600.woff2'), await cutFont())
    console.log('fonts/grenze-gotisch-600')
  } else if (names.length === 0) {
    throw new Error(`Expected a part of a picture's name, such as "monsters/", got "${filter}".`)
  }
}

await main(process.argv[2] ?? '')
