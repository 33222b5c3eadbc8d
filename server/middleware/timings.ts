import { Histogram } from './histogram.ts'
import { Rate } from './rate.ts'

/** One route's figures since the start of the process. */
export interface RouteTimings {
  /** The controller's name, as in `battle/attack`; `outer` for what no controller answered; `other` past the bound. */
  route: string
  /** Answers sent. */
  count: number
  /** Answers of 500 and above, and requests the caller gave up. */
  errors: number
  /** Milliseconds of the whole by class of status: `2xx`. */
  statuses: ReadonlyMap<string, Histogram>
  /** Milliseconds by layer: `outer` and `controller` whole, the inner ones without what they waited for. */
  layers: ReadonlyMap<string, Histogram>
  /** Requests answered lately. */
  recent: Rate
  /** What the load balancer told of requests of this route, in milliseconds: `receive`, `queue`, `connect`, `response`, `send`. */
  balancer: ReadonlyMap<string, Histogram>
  /** What browsers reported for pages of this route, by name: `LCP`, `fragment wait`. Milliseconds, but for CLS. */
  browser: ReadonlyMap<string, Histogram>
}

export interface TimingsOptions {
  /** Routes told apart; later ones count as `other`. Default 100. */
  routes?: number
  /** Layers, balancer and browser figures told apart in one route, each. Default 20. */
  layers?: number
  /** Paths remembered to join beacons to routes. Default 1,000. */
  paths?: number
}

/**
 * Keeps histograms by route and layer, in bounded memory: what `/__timing__` shows. Filled by the timing middleware and by beacons.
 * With the defaults at most 8 MB.
 */
export class Timings {
  /** When counting began, milliseconds since the epoch. */
  readonly since = Date.now()
  readonly #routes = new Map<string, Entry>()
  readonly #paths = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  readonly #bounds: Required<TimingsOptions>

  constructor(options: TimingsOptions = {}) {
    this.#bounds = { routes: 100, layers: 20, paths: 1000, ...options }
  }

  /** Counts one answer: its layers in milliseconds, and the class of its status. */
  record(
    route: string,
    layers: Iterable<readonly [layer: string, milliseconds: number]>,
    failed: boolean,
    status = failed ? '5xx' : '2xx',
  ): void {
    const entry = this.#entry(route)
    entry.count++
    entry.recent.count(Date.now())
    if (failed) entry.errors++
    for (const [layer, milliseconds] of layers) {
      this.#histogram(entry.layers, layer)?.record(milliseconds)
      if (layer === 'outer') this.#histogram(entry.statuses, status)?.record(milliseconds)
    }
  }

  /** Adds to a count of the whole process: `hits`, `tampered`. At most 100 names; they are the program's own. */
  count(name: string, times = 1): void {
    if (this.#counts.size < 100 || this.#counts.has(name)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times)
  }

  /** All counts by name. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Remembers which route answered a path, so that beacons, which only know the path, find it. The oldest are forgotten. */
  answered(path: string, route: string): void {
    if (route === 'outer') return
    this.#paths.delete(path)
    this.#paths.set(path, route)
    if (this.#paths.size > this.#bounds.paths) {
      const [oldest] = this.#paths.keys()
      if (oldest !== undefined) this.#paths.delete(oldest)
    }
  }

  /** Counts what a browser reported for a path. A path nobody was answered at counts as `other`: the path is the sender's word. */
  reported(path: string, figures: Iterable<readonly [name: string, value: number]>): void {
    const entry = this.#entry(this.#paths.get(path) ?? 'other')
    for (const [name, value] of figures) this.#histogram(entry.browser, name)?.record(value)
  }

  /** Counts what the load balancer told of one request. */
  balanced(route: string, figures: Iterable<readonly [name: string, milliseconds: number]>): void {
    const entry = this.#entry(route)
    for (const [name, milliseconds] of figures) this.#histogram(entry.balancer, name)?.record(milliseconds)
  }

  /** All routes, the most answered first. */
  routes(): RouteTimings[] {
    return [...this.#routes.values()].sort(
      (one, other) => other.count - one.count || one.route.localeCompare(other.route),
    )
  }

  #entry(route: string): Entry {
    const name = this.#routes.has(route) || this.#routes.size < this.#bounds.routes - 1 ? route : 'other'
    let entry = this.#routes.get(name)
    if (!entry) this.#routes.set(name, (entry = newEntry(name)))
    return entry
  }

  #histogram(layers: Layers, name: string): Histogram | undefined {
    let histogram = layers.get(name)
    if (!histogram && layers.size < this.#bounds.layers) layers.set(name, (histogram = new Histogram()))
    return histogram
  }
}

const newEntry = (route: string): Entry => ({
  route,
  count: 0,
  errors: 0,
  recent: new Rate(),
  statuses: new Map(),
  balancer: new Map(),
  layers: new Map(),
  browser: new Map(),
})

type Layers = Map<string, Histogram>
type Entry = RouteTimings & { statuses: Layers; balancer: Layers; layers: Layers; browser: Layers }
