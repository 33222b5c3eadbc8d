import path from 'node:path'
import type { ResolvedConfig } from 'vite'
import type { Entry, File, Image } from '../server/wire/manifest.ts'
import { openCache, type Cache } from './cache.ts'
import type { Picture } from './encode.ts'
import { knownHashes, type Known } from './known.ts'
import { cacheFolder, type Resolved } from './options.ts'

/** The kit's own service worker, at the root of what is served. Never another: a worker of another name counts as someone else's. */
export const STATIC_WORKER = 'firstframe-worker.js'

/** What one build knows, filled by the plugins as they run. */
export interface State {
  options: Resolved
  /** Set once Vite has resolved its configuration. */
  config: ResolvedConfig
  caches: { pictures: Cache; variants: Cache; encodings: Cache }
  /** The manifest in the making. */
  entries: Record<string, Entry>
  images: Record<string, Image>
  files: Record<string, File>
  /** Encoded pictures, by the file they become. */
  pictures: Map<string, Variant>
  /** What became of the pictures of the art folder. */
  art: Painted[]
  /** SHA-256 of source files, read anew only where they have changed. */
  known: Known
  /** Files of the bundle. */
  built: Set<string>
  /** Those of them that are assets, with the source they come from, relative to Vite's root. */
  graph: Map<string, string | undefined>
  /** Files that Vite copies out of the public folder, by the name they keep. */
  publicFiles: Map<string, PublicFile>
  /** The script that registers the kit's service worker, where the bundle has it. */
  register: string | undefined
  /** How long the parts of the build took. */
  spans: { what: string; ms: number }[]
}

export interface Painted {
  name: string
  /** Absolute. */
  source: string
  /** Of the source. */
  bytes: number
  picture: Picture
  /** True where it had to be encoded. */
  fresh: boolean
}

export interface Variant {
  /** In the cache of variants. */
  key: string
  bytes: number
  /** True for what is part of the build although no text that was built names it. */
  kept: boolean
}

export interface PublicFile {
  /** Absolute. */
  source: string
  bytes: number
}

export function createState(options: Resolved): State {
  let config: ResolvedConfig | undefined
  let caches: State['caches'] | undefined
  let known: Known | undefined
  const early = (): never => {
    throw new Error('firstframe: used before Vite had resolved its configuration')
  }
  return {
    options,
    entries: {},
    images: {},
    files: {},
    pictures: new Map(),
    art: [],
    built: new Set(),
    graph: new Map(),
    publicFiles: new Map(),
    register: undefined,
    spans: [],
    get config() {
      return config ?? early()
    },
    set config(resolved) {
      config = resolved
      const folder = cacheFolder(options, resolved.root)
      caches = {
        pictures: openCache(folder, 'pictures'),
        variants: openCache(folder, 'variants'),
        encodings: openCache(folder, 'encodings'),
      }
      known = knownHashes(folder)
    },
    get caches() {
      return caches ?? early()
    },
    get known() {
      return known ?? early()
    },
  }
}

/** Folder of the source pictures. */
export const artFolder = (state: State): string =>
  path.resolve(state.config.root, state.options.images === false ? '.' : state.options.images.root)

/** Path as the manifest writes it: relative to Vite's root, with `/`. */
export const fromRoot = (state: State, file: string): string =>
  path.relative(state.config.root, file).replaceAll(path.sep, '/')

/** Does one part of the build and notes how long it took. */
export async function timed<Result>(state: State, what: string, work: () => Promise<Result> | Result): Promise<Result> {
  const began = performance.now()
  const result = await work()
  state.spans.push({ what, ms: performance.now() - began })
  return result
}
