import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place, Resolve } from './tree.ts'

/**
 * Finds the line of the source that a function of built code was written in, by the map beside the file (`FILE.map`). What has no map, as a TypeScript file that
 * Node runs by itself, is its own source. Paths are told from `base` on.
 */
export function sourcesOf(base: string): Resolve {
  const maps = new Map<string, SourceMap | null>()

  function mapOf(file: string): SourceMap | null {
    let map = maps.get(file)
    if (map === undefined) {
      try {
        map = new SourceMap(
          JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
        )
      } catch {
        map = null
      }
      maps.set(file, map)
    }
    return map
  }

  function resolve(place: Place): Place {
    if (!place.file.startsWith('file:') && !path.isAbsolute(place.file)) return place
    const file = place.file.startsWith('file:') ? fileURLToPath(place.file) : place.file
    const entry = mapOf(file)?.findEntry(place.line - 1, place.column - 1)
    if (!entry || !('originalSource' in entry)) return { ...place, file: path.relative(base, file) }
    // A bundle's map names its sources from the project on.
    const named = path.normalize(entry.originalSource.replace(/^file:\/\//, ''))
    const isInside = !path.isAbsolute(named) && !named.startsWith('..')
    const source = isInside ? named : path.relative(base, path.resolve(path.dirname(file), named))
    return { ...place, file: source, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }
  return resolve
}
