import { finish, paintLand } from '../land/land.ts'
import type { View } from '../land/view.ts'
import { cinderpeakMissions } from './cinderpeak.ts'
import { mirefenMissions } from './mirefen.ts'
import type { Mission } from './mission.ts'
import { thornwoodMissions } from './thornwood.ts'
import type { Picture } from '../picture.ts'
import { createCard } from '../scenes/card.ts'

const table: Record<string, Mission> = { ...thornwoodMissions, ...mirefenMissions, ...cinderpeakMissions }

/** Every mission's id. */
export const missions: readonly string[] = Object.keys(table)

/** A mission's card, 960x540: its region's land, seen from a place of its own, and what is to be done there. */
export async function paintMission(id: string): Promise<Picture> {
  const mission = table[id]
  if (!mission) throw new Error(`Expected a mission's id, got "${id}"; they are listed in missions.ts.`)
  const { region } = mission
  const view: View = { width: 960, height: 540, seed: id, ...mission.view }
  const picture = await paintLand(region, view)
  await mission.paint(createCard(picture, region, view))
  return finish(picture, region, view)
}
