import type { Region, View } from '../land/view.ts'
import type { Card } from '../scenes/card.ts'

/** How a mission's card is made: where, seen how, and what happens there. */
export interface Mission {
  region: Region
  view?: Partial<View>
  paint(card: Card): Promise<void>
}
