import path from 'node:path'
import { projectFolder } from '../options.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'

interface SourceMap {
  sources: (string | null)[]
}

/**
 * Takes the source maps out of what is served, before names are given: nobody is to be led from a script to its source by guessing a name.
 * @returns the map of each script, by the script's name so far.
 */
export function takeMaps(state: State, site: Site): Map<string, string> {
  const taken = new Map<string, string>()
  if (state.options.maps === false) return taken
  for (const map of site.files) {
    if (!map.endsWith('.js.map') || !state.built.has(map)) continue
    const script = map.slice(0, -'.map'.length)
    if (site.has(script))
      taken.set(script, namedFromProject(state, site.text(map), path.join(site.dir, path.dirname(map))))
    site.remove(map)
    state.built.delete(map)
    for (const [name, { file }] of Object.entries(state.files)) if (file === map) delete state.files[name]
  }
  return taken
}

/** Sources by their place in the project, as a developer opens them, and without their texts: who reads a stack has the sources. */
function namedFromProject({ config }: State, text: string, folder: string): string {
  const {
    sources,
    sourcesContent: _texts,
    file: _file,
    ...rest
  } = JSON.parse(text) as SourceMap & Record<string, unknown>
  const project = projectFolder(config.root)
  const named = sources.map((source) => {
    if (source === null) return null
    // Modules that a plugin has made up begin with a zero byte.
    const isFile = !/^(?:\0|\w+:)/.test(source)
    return isFile
      ? path.relative(project, path.resolve(folder, source)).replaceAll(path.sep, '/')
      : source.replace('\0', '')
  })
  return JSON.stringify({ ...rest, sources: named })
}
