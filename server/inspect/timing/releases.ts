import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Histogram, type KeptHistogram } from '../../middleware/histogram.ts'
import type { Log } from '../../middleware/timing.ts'
import type { RouteTimings, Timings } from '../../middleware/timings.ts'

/** One route's figures under one release, of all instances that keep theirs in the same folder. */
export interface RouteFigures {
  count: number
  errors: number
  layers: Map<string, Histogram>
}

export interface ReleaseFigures {
  release: string
  /** The last of it, milliseconds since the epoch. */
  until: number
  routes: Map<string, RouteFigures>
}

export interface ReleasesOptions {
  /** Made where it is missing: `.data/timing`. */
  folder: string
  /** Tells this process from others that share the folder, the same after a restart: its port. */
  instance: string
  release: string
  timings: Timings
  /** Hears what keeps figures from being kept. */
  log: Log
}

/** Releases kept, this one included, and files of each: those of instances that are no more. */
const MOST_RELEASES = 5
const MOST_FILES = 32

/** A release's figures of one instance, as a file. */
interface KeptFile {
  release: string
  until: number
  routes: Record<string, { count: number; errors: number; layers: Record<string, KeptHistogram> }>
}

/**
 * Keeps each release's histograms in a file for each instance, so that a release can be compared with those before it, which other processes ran. Bounded: the last
 * five releases.
 */
export class Releases {
  readonly #options: ReleasesOptions
  /** What this instance had counted under this release before it was started again. */
  #base: ReleaseFigures
  /** What the folder holds, but for this instance's own. */
  #others: ReleaseFigures[] = []
  #saved = -1
  #isLoaded = false

  constructor(options: ReleasesOptions) {
    this.#options = options
    this.#base = empty(options.release)
  }

  /** Reads what is kept. Never throws: what cannot be read is not there, and the log says so. */
  async load(): Promise<void> {
    for (const { name, file } of await this.#files()) if (name === this.#name) this.#base = figuresOf(file)
    this.#isLoaded = true
    await this.#look()
  }

  /** Writes what is new, drops what is too old, and reads what others wrote. Never throws. Before {@link load} it would write over what is kept: then nothing. */
  async save(): Promise<void> {
    if (!this.#isLoaded) return
    const { folder, timings, log } = this.#options
    const counted = timings.routes().reduce((sum, { count }) => sum + count, 0)
    try {
      if (counted !== this.#saved) {
        await mkdir(folder, { recursive: true })
        const unfinished = join(folder, `${this.#name}.new`)
        await writeFile(unfinished, JSON.stringify(keptOf(this.#own())))
        await rename(unfinished, join(folder, this.#name))
        this.#saved = counted
      }
      await this.#prune()
    } catch (error) {
      log(`timings of this release are not kept (${String(error)}): let this user write to ${folder}`)
    }
    await this.#look()
  }

  /** This release's figures as they stand now, of all instances. */
  current(): ReleaseFigures {
    const { release } = this.#options
    const current = this.#own()
    for (const one of this.#others) if (one.release === release) addTo(current, one)
    return current
  }

  /** Those of the releases before, the latest first. */
  earlier(): ReleaseFigures[] {
    return this.#others.filter(({ release }) => release !== this.#options.release)
  }

  get #name(): string {
    return `${encodeURIComponent(this.#options.release)}.${this.#options.instance}.json`
  }

  #own(): ReleaseFigures {
    const own = empty(this.#options.release)
    addTo(own, this.#base)
    for (const { route, ...figures } of this.#options.timings.routes()) addRoute(own, route, figures)
    return { ...own, until: Date.now() }
  }

  async #look(): Promise<void> {
    const byRelease = new Map<string, ReleaseFigures>()
    for (const { name, file } of await this.#files()) {
      if (name === this.#name) continue
      const known = byRelease.get(file.release) ?? empty(file.release)
      byRelease.set(file.release, known)
      addTo(known, figuresOf(file))
    }
    this.#others = [...byRelease.values()].toSorted((one, other) => other.until - one.until)
  }

  async #prune(): Promise<void> {
    const files = (await this.#files()).toSorted((one, other) => other.file.until - one.file.until)
    const byRelease = Map.groupBy(files, ({ file }) => file.release)
    const latest = [...byRelease.values()].slice(0, MOST_RELEASES)
    const kept = new Set(latest.flatMap((some) => some.slice(0, MOST_FILES)))
    for (const { name } of files.filter((one) => !kept.has(one)))
      await rm(join(this.#options.folder, name), { force: true })
  }

  async #files(): Promise<{ name: string; file: KeptFile }[]> {
    const { folder, log } = this.#options
    // No folder is the first start.
    const names = await readdir(folder).catch(() => [])
    const files = names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        try {
          const file = JSON.parse(await readFile(join(folder, name), 'utf8')) as KeptFile
          figuresOf(file)
          return [{ name, file }]
        } catch (error) {
          log(`${join(folder, name)} is not read (${String(error)}): delete it`)
          return []
        }
      })
    return (await Promise.all(files)).flat()
  }
}

const empty = (release: string): ReleaseFigures => ({ release, until: 0, routes: new Map() })

function addTo(figures: ReleaseFigures, more: ReleaseFigures): void {
  figures.until = Math.max(figures.until, more.until)
  for (const [route, one] of more.routes) addRoute(figures, route, one)
}

function addRoute(
  { routes }: ReleaseFigures,
  route: string,
  more: Pick<RouteTimings, 'count' | 'errors' | 'layers'>,
): void {
  const known = routes.get(route) ?? { count: 0, errors: 0, layers: new Map<string, Histogram>() }
  routes.set(route, known)
  known.count += more.count
  known.errors += more.errors
  for (const [layer, histogram] of more.layers) {
    const sum = known.layers.get(layer) ?? new Histogram()
    known.layers.set(layer, sum)
    sum.add(histogram)
  }
}

const keptOf = ({ release, until, routes }: ReleaseFigures): KeptFile => ({
  release,
  until,
  routes: Object.fromEntries(
    Array.from(routes, ([route, { count, errors, layers }]) => [
      route,
      { count, errors, layers: Object.fromEntries(Array.from(layers, ([name, one]) => [name, one.toJSON()])) },
    ]),
  ),
})

/** @throws where it is not what {@link keptOf} made. */
function figuresOf({ release, until, routes }: KeptFile): ReleaseFigures {
  const figures = { ...empty(release), until }
  for (const [route, { count, errors, layers }] of Object.entries(routes)) {
    const read = Object.entries(layers).map(([name, kept]) => [name, Histogram.from(kept)] as const)
    addRoute(figures, route, { count, errors, layers: new Map(read) })
  }
  return figures
}
