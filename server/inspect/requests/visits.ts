import type { BrowserTimes, Trace, Traces } from '../../middleware/traces.ts'
import type { Beacon, FragmentTiming } from '../../wire/beacon.ts'

/** What the beacons of one visit told, put together. A visit is the life of a document. */
export interface Visit extends Pick<Beacon, 'path' | 'release' | 'vitals'> {
  id: string
  /** When it was heard of first and last, milliseconds since the epoch. */
  since: number
  until: number
  /** Of the document, where it did not come from a cache. */
  request?: string
  document?: NonNullable<Beacon['document']>
  places: NonNullable<Beacon['places']>
  fragments: FragmentTiming[]
  frames: NonNullable<Beacon['frames']>
  pictures: NonNullable<Beacon['pictures']>
}

export interface VisitsOptions {
  traces: Traces
  /** Visits kept, the latest. Default 100. */
  most?: number
}

/** Entries of each list that one visit keeps, the latest: more beacons come from a page that is hidden again and again. */
const MOST_ENTRIES = 60

/**
 * Visits as browsers tell them, each request of theirs joined to what the server knows of it. A beacon is its sender's word: it can name only requests of the
 * same person's, each once. Bounded: with the defaults at most 3 MB.
 */
export class Visits {
  readonly #traces: Traces
  readonly #most: number
  readonly #visits = new Map<string, Visit>()

  constructor({ traces, most = 100 }: VisitsOptions) {
    this.#traces = traces
    this.#most = most
  }

  /** Takes a beacon that came for the first time. @param person the session's user. */
  take(beacon: Beacon, person: string | null): void {
    const [id = ''] = beacon.id.split('.')
    // Whoever has another's visit's number cannot write into it.
    const key = `${id} ${person}`
    const known = this.#visits.get(key)
    const visit = known ?? newVisit(id, beacon)
    if (!known) this.#visits.set(key, visit)
    if (this.#visits.size > this.#most) this.#visits.delete(this.#visits.keys().next().value ?? '')
    visit.until = Date.now()
    Object.assign(visit.vitals, beacon.vitals)
    if (beacon.document) visit.document = beacon.document
    add(visit.places, beacon.places)
    add(visit.fragments, beacon.fragments)
    add(visit.frames, beacon.frames)
    add(visit.pictures, beacon.pictures)
    this.#joinDocument(visit, person)
    for (const fragment of beacon.fragments ?? []) this.#joinParts(visit, fragment, person)
  }

  find(id: string): Visit | undefined {
    return this.recent().find((visit) => visit.id === id)
  }

  /** The latest first. */
  recent(): Visit[] {
    return [...this.#visits.values()].toReversed()
  }

  #joinDocument({ id, request = '', document, vitals }: Visit, person: string | null): void {
    const trace = this.#traces.findOf(person, request)
    if (!trace || !document || (trace.browser && trace.browser.visit !== id)) return
    const { connect, wait, transfer, parsed } = document
    // Quicker than it was made: the worker's copy, with the id of the request that it was once made for.
    if (connect + wait + 1 < trace.took) return
    trace.browser = compact({
      visit: id,
      kind: 'document',
      wait,
      transfer,
      connect,
      parsed,
      paint: vitals.FCP,
      largest: vitals.LCP,
    })
  }

  #joinParts({ id }: Visit, fragment: FragmentTiming, person: string | null): void {
    const trace = this.#traces.findOf(person, fragment.request ?? '')
    if (!trace || trace.browser) return
    const { wait, transfer, decode, morph, paint } = fragment
    trace.browser = compact({ visit: id, kind: 'parts', wait, transfer, decode, morph, next: paint })
  }
}

/** The requests of a visit that are still kept, the document's first. */
export function requestsOf(visit: Visit, traces: Traces): Trace[] {
  const ids = new Set([visit.request, ...visit.fragments.map(({ request }) => request)])
  return [...ids]
    .flatMap((id) => (id === undefined ? [] : (traces.find(id) ?? [])))
    .filter(({ browser }) => browser?.visit === visit.id)
    .toSorted((one, other) => one.began - other.began)
}

const newVisit = (id: string, { path, release, request }: Beacon): Visit => ({
  id,
  path,
  release,
  since: Date.now(),
  until: Date.now(),
  vitals: {},
  places: [],
  fragments: [],
  frames: [],
  pictures: [],
  ...(request !== undefined && { request }),
})

function add<T>(list: T[], more: readonly T[] = []): void {
  list.push(...more)
  list.splice(0, list.length - MOST_ENTRIES)
}

type Told = { [Name in keyof BrowserTimes]: BrowserTimes[Name] | undefined }

/** Without what was not told. */
const compact = (times: Told): BrowserTimes =>
  Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)) as unknown as BrowserTimes
