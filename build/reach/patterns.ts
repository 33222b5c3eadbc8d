import type { FileIndex, PublicFile } from './files.ts'
import { HOLE, type Part } from './script.ts'
import type { Words } from './words.ts'

/** A text put together at run time that may be the path of a public file. */
export interface Pattern {
  parts: Part[]
  /** Of the files that it can make; undefined where it ends in a hole. */
  ending: string | undefined
  /** True where it has a folder's name, or two letters or more of a file's: `tiles/*_*.png`, `*_left.png`; false of `*_*.png`. */
  isTelling: boolean
}

/** Those of a game that have to do with files. */
export interface Patterns {
  own: Pattern[]
  /** Endings that are put to any name: `*.png`. An empty one: to any ending. */
  bare: Set<string>
}

/**
 * Where the texts can fill a pattern for this part of the files that fit it, what fills it stands in the texts, and the other files are
 * leavings. For fewer, it comes from elsewhere (a server's answer, a save), and all that fit are reached.
 */
const FILLED = 0.25

export function sortPatterns(patterns: Iterable<Part[]>, index: FileIndex): Patterns {
  const own = new Map<string, Pattern>()
  const bare = new Set<string>()
  for (const pattern of patterns) {
    const parts = clean(pattern)
    const tail = parts.at(-1)
    const ending = typeof tail === 'string' ? endingOf(tail, index) : undefined
    if (tail !== HOLE && ending === undefined) continue
    const fixed = parts.filter((part) => part !== HOLE)
    const name = fixed.join(' ').slice(0, ending === undefined ? undefined : -ending.length - 1)
    const hasFolder = fixed.some((part) => part.split('/').some((folder) => index.folders.has(folder)))
    const isTelling = hasFolder || /[\p{L}\p{N}]{2}/u.test(name)
    if (isTelling ? ending !== undefined || hasFolder : ending !== undefined && /[^\s/.]/.test(name))
      own.set(parts.join('\0'), { parts, ending, isTelling })
    // `name + '.png'`, or `name + '.' + type`, which every engine has; not each sum of two unknowns.
    else if (ending !== undefined || fixed.some((part) => part.endsWith('.'))) bare.add(ending ?? '')
  }
  return { own: [...own.values()], bare }
}

/** Without query, scheme and host, `./`, with slashes; URL-decoded. */
function clean(pattern: Part[]): Part[] {
  const parts: Part[] = []
  for (const part of pattern) {
    if (part === HOLE) {
      parts.push(part)
      continue
    }
    const text = part.replaceAll('\\', '/').replaceAll('%20', ' ')
    const end = text.search(/[?#]/)
    const kept = end < 0 ? text : text.slice(0, end)
    if (kept !== '') parts.push(kept)
    if (end >= 0) break
  }
  if (typeof parts[0] === 'string')
    parts[0] = parts[0].replace(/^(?:[a-z]+:)?\/\/[^/]*/i, '').replace(/^(?:\.{0,2}\/)+/, '')
  return parts[0] === '' ? parts.slice(1) : parts
}

/** Undefined where it ends in none that the files have. */
function endingOf(tail: string, { byEnding }: FileIndex): string | undefined {
  const dot = tail.lastIndexOf('.')
  const ending = dot < 0 ? '' : tail.slice(dot + 1).toLowerCase()
  return ending !== '' && byEnding.has(ending) ? ending : undefined
}

export interface Context {
  words: Words
  base: string[]
  /** False as long as texts are still to be heard, which may hold what fills a pattern. */
  isLast: boolean
}

/** The files that a pattern makes. */
export function matchPattern(
  { parts, ending, isTelling }: Pattern,
  index: FileIndex,
  { words, base, isLast }: Context,
): PublicFile[] {
  const candidates = ending === undefined ? index.all : (index.byEnding.get(ending) ?? [])
  const filled: PublicFile[] = []
  const fitting: PublicFile[] = []
  for (const file of candidates) {
    const found = fit(file.path, parts, base)
    if (!found || !words.isKnown(found.base)) continue
    if (found.holes.every((hole) => canFill(hole, file))) filled.push(file)
    // From elsewhere come names, not paths.
    else if (found.holes.every((hole) => !hole.includes('/'))) fitting.push(file)
  }
  // A folder with anything added to it is put to use in many ways: any file in it that is asked for by name explains it.
  const isFilled = filled.length >= (filled.length + fitting.length) * FILLED
  const isExplained = ending === undefined && filled.length > 0
  return isLast && isTelling && !isFilled && !isExplained ? [...filled, ...fitting] : filled

  /** Whether the texts hold what makes this of a hole. */
  function canFill(hole: string, file: PublicFile): boolean {
    const folders = hole.split('/')
    const last = folders.pop() ?? ''
    // A hole at the end is a whole name: its ending says nothing.
    const name = hole.endsWith(`.${file.ending}`) ? last.slice(0, -file.ending.length - 1) : last
    return words.isKnown(folders) && words.isMade(name)
  }
}

/** What a pattern's holes, and a loader's base path before it, have to be for it to make the path. */
function fit(path: string, parts: Part[], base: string[]): { base: string[]; holes: string[] } | undefined {
  const [first] = parts
  const holes: string[] = []
  let folders: string[] = []
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (part === HOLE) continue
    const isLast = index === parts.length - 1
    const text = index === 0 ? part.slice(part.startsWith(`${base.join('/')}/`) ? base.join('/').length + 1 : 0) : part
    const from = isLast ? path.length - text.length : index === 0 ? startOf(text, path) : path.indexOf(text, at)
    if (from < at || !path.startsWith(text, from)) return undefined
    if (index === 0) folders = path.slice(0, from).split('/').slice(0, -1)
    else holes.push(path.slice(at, from))
    at = from + text.length
  }
  if (parts.at(-1) === HOLE) holes.push(path.slice(at))
  if (first === HOLE) {
    // What comes before its last slash may be a loader's base path as well.
    const pieces = (holes[0] ?? '').split('/')
    holes[0] = pieces.pop() ?? ''
    folders = pieces
  }
  return { base: folders, holes }
}

/** A pattern begins with a folder, or the name of a file. */
const startOf = (text: string, path: string): number => (path.startsWith(text) ? 0 : path.indexOf(`/${text}`) + 1 || -1)
