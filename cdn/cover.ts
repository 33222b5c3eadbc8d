/** A few patterns for many files. */
export interface Cover {
  /** Paths with at most one `*`, which stands for anything, slashes too: `assets/*`, `*.js`. The broadest come first. */
  patterns: string[]
  /** Files that no pattern fits without fitting one of `others` too. */
  rest: string[]
}

/**
 * Patterns that fit all of `files` and none of `others`. No two fit the same file: hosts differ in what they do with a header that two rules
 * set, and some of it is no header any more.
 */
export function cover(files: Iterable<string>, others: Iterable<string>): Cover {
  const left = new Set(files)
  const taken = [...others]
  const patterns: string[] = []
  for (const pattern of candidates([...left])) {
    const fits = fitsPattern(pattern)
    const mine = [...left].filter(fits)
    if (mine.length < 2 || taken.some(fits)) continue
    // As narrow as it can be: a host may serve more than this build.
    patterns.push(commonFolder(mine) + pattern.slice(pattern.indexOf('*')))
    for (const file of mine) left.delete(file)
    taken.push(...mine)
  }
  return { patterns, rest: [...left] }
}

/** Whole folders, then kinds of file in folders; within both what lies higher first, since it fits more. */
function candidates(files: string[]): string[] {
  const folders = new Set<string>()
  const kinds = new Set<string>()
  for (const file of files) {
    const extension = file.slice(file.lastIndexOf('.'))
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end + 1)
      folders.add(`${folder}*`)
      kinds.add(`${folder}*${extension}`)
    }
    kinds.add(`*${extension}`)
  }
  const depth = (pattern: string): number => pattern.split('/').length
  const byDepth = (set: Set<string>): string[] => [...set].sort((a, b) => depth(a) - depth(b))
  return [...byDepth(folders), ...byDepth(kinds)]
}

function commonFolder(files: string[]): string {
  const [first = ''] = files
  let end = first.lastIndexOf('/') + 1
  while (!files.every((file) => file.startsWith(first.slice(0, end)))) end = first.lastIndexOf('/', end - 2) + 1
  return first.slice(0, end)
}

function fitsPattern(pattern: string): (file: string) => boolean {
  const star = pattern.indexOf('*')
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  return (file) => file.length >= pattern.length - 1 && file.startsWith(before) && file.endsWith(after)
}
