import type { Built } from './built.ts'
import { contentType } from './types.ts'

/** What a file is, by the beginning of its type. The first that fits holds. */
const KINDS: [type: string, kind: string][] = [
  ['text/html', 'document'],
  ['text/javascript', 'script'],
  ['text/css', 'style'],
  ['image/', 'picture'],
  ['audio/', 'sound'],
  ['video/', 'video'],
  ['font/', 'font'],
  ['model/', 'model'],
]

/**
 * Cache tags by path, by which an edge can be told to forget: each file's kind (`document`, `picture`, `data` …), `hashed` where its name says
 * what it holds, else `named` and the release it came with, `release-1a2b3c4d`. A hashed file outlives its release.
 */
export function tagsOf({ names, isHashed, manifest }: Built): Record<string, string[]> {
  const release = manifest ? [`release-${manifest.release}`] : []
  return Object.fromEntries(
    Array.from(names, (name) => [name, [kindOf(name), ...(isHashed(name) ? ['hashed'] : ['named', ...release])]]),
  )
}

function kindOf(name: string): string {
  const type = contentType(name)
  return KINDS.find(([start]) => type.startsWith(start))?.[1] ?? 'data'
}
