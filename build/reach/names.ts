import path from 'node:path'
import type { FileIndex, PublicFile } from './files.ts'
import { GAP } from './spoken.ts'
import type { Words } from './words.ts'

/** A place in a text where the name of a file stands. */
export interface Mention {
  /** Those of that name. */
  files: PublicFile[]
  /** What stands before the name, back to where a path must have begun: `https://x.test/img/`, `url(../img/`. */
  before: string
  /** Folder of the public text in which it stands, to which it may be relative; undefined for what was built. */
  from: string | undefined
}

/** No path goes on over these; spaces, commas and brackets may be part of a name. */
const HARD = new Set(`\n\r\t"<>|*?${GAP}`)
const SOFT = new Set(" '`,;:=(){}[]&#+!~@$^%")
/** Longer paths are not looked for. */
const FARTHEST = 250

/** Adds every place of the text where one of the files is named, those that say the same once. */
export function findMentions(found: Map<string, Mention>, text: string, index: FileIndex, from?: string): void {
  for (const { 0: ending, index: dot } of text.matchAll(index.endings)) {
    const end = dot + ending.length
    const lowest = Math.max(0, dot - FARTHEST)
    // Where the name may begin: after a slash, or as near as after the last space.
    const starts: number[] = []
    let at = dot - 1
    for (; at >= lowest && !HARD.has(text[at] as string) && text[at] !== '/' && text[at] !== '\\'; at--)
      if (SOFT.has(text[at] as string)) starts.push(at + 1)
    starts.push(at + 1)
    // The longest name that there is: `hero 1.png` before `1.png`.
    const start = starts.findLast((start) => filesNamed(text.slice(start, end), index) !== undefined)
    if (start === undefined) continue
    const name = text.slice(start, end)
    let first = start
    while (first > lowest && !HARD.has(text[first - 1] as string)) first--
    const before = text.slice(first, start)
    const key = [from, before, name].join('\n')
    const files = filesNamed(name, index)
    if (files && !found.has(key)) found.set(key, { files, before, from })
  }
}

/** By the name as it is, or as a URL writes it. */
const filesNamed = (name: string, { byName }: FileIndex): PublicFile[] | undefined =>
  byName.get(name.normalize()) ?? (name.includes('%') ? byName.get(decode(name).normalize()) : undefined)

/**
 * Which of the files a mention means.
 * @param isLast false as long as texts are still to be heard, which may speak of the folder that is meant: no guesses then.
 */
export function resolveMention(
  { files, before, from }: Mention,
  { byPath, byEnd }: FileIndex,
  { words, base, isLast }: { words: Words; base: string[]; isLast: boolean },
): { file: PublicFile; isSure: boolean }[] {
  const sure = (list: PublicFile[]): { file: PublicFile; isSure: boolean }[] =>
    list.map((file) => ({ file, isSure: true }))
  const folder = decode(before.replaceAll(/\\+/g, '/'))
  const written = lastPath(folder)
  const name = files[0]?.name ?? ''
  const beside = from === undefined ? undefined : byPath.get(path.posix.join(from, written, name))
  if (beside) return sure([beside])
  // A path of folders that is there is meant as it is.
  const there = written === '' ? undefined : byPath.get(fromBase(path.posix.join('/', written, name), base))
  if (there) return sure([there])
  const fits = Map.groupBy(nearest(files, folder, byEnd), (file) => fitOf(file, folder, base))
  const [whole = [], end = []] = [fits.get('whole'), fits.get('end')]
  const known = end.filter(({ folders }) => words.isKnown(folders))
  if (whole.length > 0) return sure([...whole, ...known])
  if (known.length > 0 || !isLast) return sure(known)
  if (end.length > 0) return sure(end)
  // Another folder than the text says: a tool's own, such as Tiled's `../source/hero.png`.
  const likely = files.filter(({ folders }) => words.isKnown(folders))
  return (likely.length > 0 ? likely : files).map((file) => ({ file, isSure: false }))
}

/** Those in a folder of the name that stands before theirs, else those at the root; all where no folder stands there. */
function nearest(files: PublicFile[], before: string, byEnd: FileIndex['byEnd']): PublicFile[] {
  const [, folder = ''] = /([^/]*)\/$/.exec(before) ?? []
  if (folder === '' || folder === '.' || folder === '..') return files
  for (let at = 0; at < folder.length; at++)
    if (at === 0 || SOFT.has(folder[at - 1] as string)) {
      const near = byEnd.get(`${folder.slice(at)}/${files[0]?.name}`)
      if (near) return near
    }
  return files.filter(({ folders }) => folders.length === 0)
}

/**
 * How a file's folders fit what stands before its name: all of them are there; the last of them, and a loader's base path may have
 * gone before; or they contradict it.
 */
function fitOf({ folders }: PublicFile, before: string, base: string[]): 'whole' | 'end' | 'other' {
  let at = before.length
  for (const folder of folders.toReversed()) {
    const from = at - folder.length - 1
    const isThere = from >= 0 && before[at - 1] === '/' && before.startsWith(folder, from)
    if (!isThere || (from > 0 && !isEdge(before[from - 1] as string)))
      return isNothing(before.slice(0, at), base) ? 'end' : 'other'
    at = from
  }
  return folders.length > 0 || isNothing(before, base) ? 'whole' : 'other'
}

const isEdge = (char: string): boolean => char === '/' || SOFT.has(char)

/** True of what leads to no folder: `./`, `../../`, `https://x.test/`, the base. */
function isNothing(before: string, base: string[]): boolean {
  if (!before.endsWith('/')) return true
  const folders = lastPath(before)
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
  return (
    folders.length === 0 || (folders.length === base.length && folders.every((part, index) => part === base[index]))
  )
}

/** `img/hero.png` of `/play/img/hero.png`. */
function fromBase(file: string, base: string[]): string {
  const start = ['', ...base, ''].join('/')
  return file.slice(file.startsWith(start) ? start.length : 1)
}

/** `/img/` of `url(/img/`, `/a b/` of `https://x.test/a b/`. */
const lastPath = (before: string): string =>
  before.replace(/^[^]*?\b[a-z]+:\/\/[^/]*(?=\/)/i, '').replace(/^[^]*[\s'`,;:=(){}[\]&#+!$^](?=\.{0,2}\/|$)/, '')

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
