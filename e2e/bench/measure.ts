import type { Figure } from './figure.ts'
import { eventsLost } from './measure/eventsLost.ts'
import { measureMemory } from './measure/memory.ts'
import { recordEvent } from './measure/recordEvent.ts'
import { timingFigures } from './measure/timing.ts'

/** What measuring costs the game, and whether it tells the truth. */
export async function* measure(say: (line: string) => void): AsyncGenerator<Figure> {
  yield* timingFigures(say)
  yield await recordEvent(say)
  yield await measureMemory(say)
  yield await eventsLost(say)
}
