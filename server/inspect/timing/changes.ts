import type { Histogram } from '../../middleware/histogram.ts'
import type { ReleaseFigures, RouteFigures } from './releases.ts'

/** Requests that a route must have had under both releases before they are compared. */
export const ENOUGH = 100

/** Half-width of an interval that holds the truth in 99 of 100 cases, in standard deviations. */
const SURE = 2.58
/** Less of a change is nothing that anybody would notice, and near what a histogram's bucket blurs. */
const NOTICEABLE = 0.05

export interface Change {
  /** `p50`, `p95`: milliseconds to the first byte. `errors`: the share that failed, 0 to 1. */
  figure: 'p50' | 'p95' | 'errors'
  before: number
  now: number
  /** `same` where chance alone could make the difference. */
  verdict: 'better' | 'same' | 'worse'
}

/** One route under this release and an earlier one. */
export interface RouteChange {
  route: string
  /** The latest release before this one that had enough requests of it; undefined where none had, or this one has too few. */
  against: string | undefined
  /** Requests under this release, and under the earlier one that had most, where none had enough. */
  have: { now: number; before: number }
  changes: Change[]
  /** The layer inside whose slow end (p95) moved most, where the route's did. */
  layer?: { name: string; before: number; now: number }
}

/** What is different since the release before, route by route: what became worse first, then what became better. */
export function changesOf(current: ReleaseFigures, earlier: readonly ReleaseFigures[]): RouteChange[] {
  const rank = ({ changes }: RouteChange): number =>
    changes.some(({ verdict }) => verdict === 'worse') ? 0 : changes.some(({ verdict }) => verdict === 'better') ? 1 : 2
  return Array.from(current.routes, ([route, now]) => {
    const older = earlier.flatMap(({ release, routes }) => {
      const before = routes.get(route)
      return before ? [{ release, before }] : []
    })
    const found = now.count >= ENOUGH ? older.find(({ before }) => before.count >= ENOUGH) : undefined
    const most = Math.max(0, ...older.map(({ before }) => before.count))
    return {
      route,
      against: found?.release,
      have: { now: now.count, before: found?.before.count ?? most },
      ...(found ? compare(found.before, now) : { changes: [] }),
    }
  }).toSorted((one, other) => rank(one) - rank(other) || other.have.now - one.have.now)
}

function compare(before: RouteFigures, now: RouteFigures): Pick<RouteChange, 'changes' | 'layer'> {
  const [one, other] = [before.layers.get('outer'), now.layers.get('outer')]
  if (!one || !other) return { changes: [] }
  const changes: Change[] = [
    quantileChange('p50', 0.5, one, other),
    quantileChange('p95', 0.95, one, other),
    errorChange(before, now),
  ]
  const moved = changes.some(({ figure, verdict }) => figure !== 'errors' && verdict !== 'same')
  const layer = moved ? layerMoved(before, now) : undefined
  return { changes, ...(layer && { layer }) }
}

/**
 * A quantile of a sample lies, in 99 of 100 cases, between the sample's values of these ranks; where the two releases' ranges do not meet, chance is not why.
 * https://en.wikipedia.org/wiki/Quantile#Estimating_quantiles_from_a_sample
 */
function quantileChange(figure: 'p50' | 'p95', share: number, before: Histogram, now: Histogram): Change {
  const range = (of: Histogram) => {
    const width = SURE * Math.sqrt((share * (1 - share)) / of.count)
    return { least: of.percentile(Math.max(0, share - width)), most: of.percentile(Math.min(1, share + width)) }
  }
  const [then, here] = [range(before), range(now)]
  const verdict =
    here.least > then.most * (1 + NOTICEABLE) ? 'worse' : here.most * (1 + NOTICEABLE) < then.least ? 'better' : 'same'
  return { figure, before: before.percentile(share), now: now.percentile(share), verdict }
}

/** Two shares differ where their difference is more than chance makes of one and the same. */
function errorChange(before: RouteFigures, now: RouteFigures): Change {
  const shares = { before: before.errors / before.count, now: now.errors / now.count }
  const both = (before.errors + now.errors) / (before.count + now.count)
  const spread = Math.sqrt(both * (1 - both) * (1 / before.count + 1 / now.count))
  const difference = shares.now - shares.before
  const verdict = Math.abs(difference) <= SURE * spread ? 'same' : difference > 0 ? 'worse' : 'better'
  return { figure: 'errors', ...shares, verdict }
}

function layerMoved(before: RouteFigures, now: RouteFigures): RouteChange['layer'] {
  const moves = Array.from(now.layers, ([name, layer]) => ({
    name,
    before: before.layers.get(name)?.percentile(0.95) ?? 0,
    now: layer.percentile(0.95),
  })).filter(({ name }) => name !== 'outer' && name !== 'write')
  const inner = moves.filter(({ name }) => name !== 'controller')
  const size = (move: { before: number; now: number }) => Math.abs(move.now - move.before)
  const [most] = inner.toSorted((one, other) => size(other) - size(one))
  const controller = moves.find(({ name }) => name === 'controller')
  // What no layer inside accounts for is the controller's own work.
  return most && (!controller || size(most) >= size(controller) / 2) ? most : (controller ?? most)
}
