import { pictureFigures } from './build/pictures.ts'
import { unchangedFigures } from './build/unchanged.ts'
import { workerFigures } from './build/worker.ts'
import type { Figure } from './figure.ts'
import { installPeers } from './side.ts'

/** What the build makes of pictures, and what a game gains by the plugin without a change to its source. */
export async function* build(say: (line: string) => void): AsyncGenerator<Figure> {
  await installPeers(say)
  yield* pictureFigures(say)
  yield* workerFigures(say)
  yield* unchangedFigures(say)
}
