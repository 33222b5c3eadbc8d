import {
  type Beacon,
  type FragmentTiming,
  type LongFrame,
  MAX_BEACON,
  type PlaceVitals,
} from '../../../server/wire/beacon.ts'

/** Lists that may be cut where a beacon is too long, each with what its entries are worth. */
const WORTH = {
  places: ({ LCP = 0, INP = 0, CLS = 0 }: PlaceVitals) => LCP + INP + CLS * 1000,
  frames: ({ duration, blocking }: LongFrame) => blocking + duration / 1000,
  fragments: ({ wait, transfer, decode = 0, morph, paint = 0 }: FragmentTiming) =>
    wait + transfer + decode + morph + paint,
}
type Cut = keyof typeof WORTH

/** What goes first: of each list in turn the entries worth least, until the beacon fits or only so many are left. */
const DROPS: readonly (readonly [from: Cut, keep: number])[] = [
  ['fragments', 8],
  ['frames', 2],
  ['places', 6],
  ['fragments', 3],
  ['frames', 1],
  ['places', 0],
  ['fragments', 0],
  ['frames', 0],
]
/** Entries of a list that a page keeps: more than fit into a beacon. */
const KEPT: Record<Cut, number> = { places: 40, frames: 4, fragments: 40 }

/** What a page has measured and not told yet, in bounded memory. */
export interface News {
  places: PlaceVitals[]
  frames: LongFrame[]
  fragments: FragmentTiming[]
  dropped: number
}

export const noNews = (): News => ({ places: [], frames: [], fragments: [], dropped: 0 })

/** Keeps the entry, and drops the one worth least where there are too many. */
export function keep<Name extends Cut>(news: News, name: Name, entry: News[Name][number]): void {
  const list: (typeof entry)[] = news[name]
  list.push(entry)
  if (list.length <= KEPT[name]) return
  const kept = byWorth(name, list)
  kept.pop()
  news.dropped++
  list.splice(0, list.length, ...kept)
}

/** The beacon as JSON of at most {@link MAX_BEACON} bytes: where it is too long, what tells least is left out and counted. */
export function fitBeacon(beacon: Beacon): string {
  const fitted = { ...beacon }
  const lists = fitted as Partial<Record<Cut, readonly unknown[]>>
  let text = JSON.stringify(fitted)
  for (const [from, least] of DROPS) {
    const sorted = byWorth(from, lists[from] ?? [])
    while (sorted.length > least && new TextEncoder().encode(text).length > MAX_BEACON) {
      sorted.pop()
      lists[from] = sorted
      fitted.dropped = (fitted.dropped ?? 0) + 1
      text = JSON.stringify(fitted)
    }
  }
  return text
}

const byWorth = <E>(name: Cut, list: readonly E[]): E[] => {
  const worth = WORTH[name] as (entry: E) => number
  return list.toSorted((one, other) => worth(other) - worth(one))
}
