import { checkPlaces, checkTales } from './checkContent.ts'
import { checkCurves } from './checkCurves.ts'
import { checkFirstSession } from './checkSteps.ts'
import type { Content } from './types.ts'

/**
 * Checks the game's data, once, at start: whoever changes a number learns at once where it does not fit.
 * @throws DataError naming file, entry, field, value and what was expected.
 */
export function check(content: Content): void {
  checkTales(content)
  checkCurves(content.curves)
  checkPlaces(content)
  checkFirstSession(content)
}
