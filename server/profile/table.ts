import { type CallTree, type Place, totals, walk } from './tree.ts'

/** One function of a profile. Times in microseconds, sizes in bytes. */
export interface Row extends Place {
  /** In itself. */
  own: number
  /** With all that it called; once, where it called itself. */
  whole: number
  /** How often it ran, where that was counted. */
  calls?: number
}

/** Counts calls exactly; undefined for a function it does not know. */
export type Calls = (place: Place) => number | undefined

/** What each function took, over all ways that led to it. */
export function rowsOf(tree: CallTree, calls: Calls = () => undefined): Row[] {
  const whole = totals(tree.root)
  const rows = tree.places.map((place): Row => {
    const count = calls(place)
    return { ...place, own: 0, whole: 0, ...(count !== undefined && { calls: count }) }
  })
  for (const { call, above } of walk(tree.root)) {
    const row = rows[call.place]
    if (!row) continue
    row.own += call.own
    if (!above.some(({ place }) => place === call.place)) row.whole += whole.get(call) ?? 0
  }
  return rows.filter((row, index) => index !== tree.root.place && row.whole > 0)
}

/** A function in two profiles, in shares of their wholes, so that one may be longer than the other. */
export interface Change extends Place {
  /** Shares of 1. */
  before: number
  after: number
}

/** What changed between two profiles, the largest changes first. */
export function compare(before: CallTree, after: CallTree): Change[] {
  const changes = new Map<string, Change>()
  for (const [side, tree] of [
    ['before', before],
    ['after', after],
  ] as const)
    for (const { own, whole: _, calls: __, ...place } of rowsOf(tree)) {
      // A line may have moved between two releases.
      const key = `${place.name}\n${place.file}`
      const change = changes.get(key) ?? { ...place, before: 0, after: 0 }
      change[side] += own / (tree.whole || 1)
      changes.set(key, change)
    }
  return [...changes.values()]
    .filter((change) => change.before !== change.after)
    .toSorted((one, other) => Math.abs(other.after - other.before) - Math.abs(one.after - one.before))
}
