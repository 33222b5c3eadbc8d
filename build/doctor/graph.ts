import { parseSync } from 'vite'
import { isForeign, type Folder, type Shipped } from './folder.ts'
import { holdsPaint, relOf, stopsParser, type Tag } from './page.ts'
import { readSheet } from './sheet.ts'

/** A file that a page loads at start, by what its text names. */
export interface Loaded {
  file: Shipped
  kind: 'script' | 'style' | 'image' | 'font' | 'other'
  /** True where the first paint waits for it. */
  blocking: boolean
  /** Requests that must have been answered before it is asked for, the page's own not counted. 0 for what the page itself names. */
  depth: number
  /** The file that names it, unless the page does. */
  from: string | undefined
}

/** Everything a page loads at start as far as its text tells: what a script asks for at run time is not among it. */
export function loadedBy(folder: Folder, page: string): Loaded[] {
  const tags = folder.pages.get(page) ?? []
  const found = new Map<string, Loaded>()
  const add = (url: string | undefined, at: Omit<Loaded, 'file'>, from = page): void => {
    const file = url === undefined || isForeign(url) ? undefined : folder.locate(url, from)
    if (!file) return
    const known = found.get(file.name)
    if (known) {
      known.blocking ||= at.blocking
      if (known.depth <= at.depth) return
    }
    found.set(file.name, { file, ...at, blocking: at.blocking || known?.blocking === true })
    if (at.kind === 'script') for (const next of importsOf(folder, file)) add(next, below(at, file), file.name)
    if (at.kind === 'style')
      for (const next of readSheet(folder.textOf(file)).imports) add(next, below(at, file), file.name)
  }
  for (const tag of tags)
    for (const [url, kind] of named(tag)) add(url, { ...blocks(tag), kind, depth: 0, from: undefined })
  return [...found.values()]
}

const below = ({ kind, blocking, depth }: Omit<Loaded, 'file'>, file: Shipped): Omit<Loaded, 'file'> => ({
  kind,
  blocking,
  depth: depth + 1,
  from: file.name,
})

const blocks = (tag: Tag): { blocking: boolean } => ({
  blocking: tag.early && (stopsParser(tag) || holdsPaint(tag)),
})

const AS: Record<string, Loaded['kind']> = { script: 'script', style: 'style', font: 'font', image: 'image' }

function named(tag: Tag): [string | undefined, Loaded['kind']][] {
  const { name, attributes } = tag
  const rel = relOf(tag)
  if (name === 'script') return [[attributes['src'], 'script']]
  if (name === 'img') return attributes['loading'] === 'lazy' ? [] : [[attributes['src'], 'image']]
  if (name !== 'link') return []
  if (rel.includes('stylesheet')) return [[attributes['href'], 'style']]
  if (rel.includes('modulepreload')) return [[attributes['href'], 'script']]
  return rel.includes('preload') ? [[attributes['href'], AS[attributes['as'] ?? ''] ?? 'other']] : []
}

/** Addresses of the modules that a script imports statically. A script that is no module, or does not parse, imports none. */
export function importsOf(folder: Folder, file: Shipped): string[] {
  const code = folder.textOf(file)
  if (!/\b(?:import|export)\b/.test(code)) return []
  const { module } = parseSync(file.name, code)
  const requests = [...module.staticImports, ...module.staticExports.flatMap(({ entries }) => entries)]
  return [...new Set(requests.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))].filter((url) =>
    /^\.{0,2}\//.test(url),
  )
}
