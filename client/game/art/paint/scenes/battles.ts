import { palette } from '../color.ts'
import { finish, paintLand } from '../land/land.ts'
import type { Region, View } from '../land/view.ts'
import { flames } from '../models/fittings.ts'
import { stuff } from '../models/stuff.ts'
import type { Picture } from '../picture.ts'
import { createCard } from './card.ts'
import { wide } from './regions.ts'
import type { Model } from '../trace/model.ts'
import { vector } from '../trace/space.ts'

/** A fire basket on an iron foot. */
function brazier(model: Model): void {
  for (let leg = 0; leg < 3; leg++) {
    model.within({ spin: leg * 120 }, () =>
      model.bar(vector(0, 0, 0.42), vector(0, 0.8, 0.14), 0.045, 0.04, stuff.iron),
    )
  }
  model.bar(vector(0, 0.72, 0), vector(0, 1.05, 0), 0.22, 0.42, stuff.iron)
  model.bar(vector(0, 1.05, 0), vector(0, 1.12, 0), 0.46, 0.46, stuff.brass)
  model.within({ y: 1.08 }, () => flames(model, 0.95, 1.8))
}

/** Where a fight takes place: an open floor in the lower half between two fires, 1600x900. */
export async function paintBattle(region: Region): Promise<Picture> {
  const view: View = { ...wide, seed: `battle ${region}`, horizon: 0.5, open: 0.75, water: 0.1, lava: 0.4 }
  const picture = await paintLand(region, view)
  const card = createCard(picture, region, view)
  card.light(0.5, 0.8, 0.4, palette.ember, 0.4)
  for (const [x, foot, size] of [
    [0.12, 0.78, 0.44],
    [0.88, 0.78, 0.44],
    [0.27, 0.63, 0.2],
    [0.73, 0.63, 0.2],
  ] as const) {
    card.light(x, foot, size * 0.4, palette.ember, 0.8)
    await card.trace(brazier, x, foot, size, { span: 2.7 })
    await card.glow(x, foot - size * 0.46, size * 0.34, palette.ember, 0.6)
  }
  return finish(picture, region, view)
}
