import { forge } from './models/forge.ts'
import { garden } from './models/garden.ts'
import { hearth } from './models/hearth.ts'
import type { Level } from './models/house.ts'
import { sawmill } from './models/sawmill.ts'
import { tavern } from './models/tavern.ts'
import { watchtower } from './models/watchtower.ts'
import type { Picture } from './picture.ts'
import { createModel } from './trace/model.ts'
import { vector } from './trace/space.ts'
import { render } from './trace/studio.ts'

const builders = { hearth, sawmill, forge, tavern, watchtower, garden }

/** A building's id. */
export type Building = keyof typeof builders

/** Every building's id. */
export const buildings = Object.keys(builders) as Building[]

/** A building of the village at one of its three levels, 512 px square, its ground line at 84 % of the height. */
export function paintBuilding(id: Building, level: Level, side = 5): Picture {
  const model = createModel(`${id} ${level}`)
  model.within({ spin: -30, scale: level === 3 && id !== 'sawmill' ? 0.88 : 0.94 }, () => builders[id](model, level))
  return render(model, {
    width: 512,
    height: 512,
    eye: vector(0, 6.2, 18),
    target: vector(0, 2.2, 0),
    angle: 19.6,
    side,
    ground: 3.5,
  })
}
