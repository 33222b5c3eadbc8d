import { aheadFigures } from './client/ahead.ts'
import { fragmentFigures } from './client/fragments.ts'
import { outboxFigures } from './client/outbox.ts'
import { pictureFigures } from './client/pictures.ts'
import { runtimeFigures } from './client/runtime.ts'
import type { Figure } from './figure.ts'
import { installPeers } from './side.ts'

/** The runtime in the page: parts against htmx and Turbo, pictures against the loaders of Pixi and Phaser, and what it costs the game. */
export async function* client(say: (line: string) => void): AsyncGenerator<Figure> {
  await installPeers(say)
  yield* fragmentFigures(say)
  yield* pictureFigures(say)
  yield* runtimeFigures(say)
  yield* aheadFigures(say)
  yield* outboxFigures(say)
}
