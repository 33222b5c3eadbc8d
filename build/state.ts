import path from 'node:path'
import type { ResolvedConfig } from 'vite'
import type { Entry, File, Image } from '../server/wire/manifest.ts'
import { openCache, type Cache } from './cache.ts'
import { cacheFolder, type Resolved } from './options.ts'

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
  /** Variants by the file they become: their key in the cache. */
  pictures: Map<string, string>
}

export function createState(options: Resolved): State {
  let config: ResolvedConfig | undefined
  let caches: State['caches'] | undefined
  const early = (): never => {
    throw new Error('firstframe: used before Vite had resolved its configuration')
  }
  return {
    options,
    entries: {},
    images: {},
    files: {},
    pictures: new Map(),
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
    },
    get caches() {
      return caches ?? early()
    },
  }
}

/** Folder of the source pictures. */
export const artFolder = (state: State): string =>
  path.resolve(state.config.root, state.options.images === false ? '.' : state.options.images.root)

/** Path as the manifest writes it: relative to Vite's root, with `/`. */
export const fromRoot = (state: State, file: string): string =>
  path.relative(state.config.root, file).replaceAll(path.sep, '/')
