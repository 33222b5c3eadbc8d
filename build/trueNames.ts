import { nameHash } from './cache.ts'

/** A file whose name carries a hash, as the bundler gave it: `assets/main-4f1c2a9b.js`. */
const HASHED = /^(?<stem>(?:.*\/)?[^/]*-)(?<hash>[0-9a-f]{8})(?<end>\.[^/]+)$/
/** Where a text may speak of such a file. */
const MENTION = /-([0-9a-f]{8})(?=\.)/g
const NONE = '00000000'

interface Named {
  file: string
  stem: string
  hash: string
  end: string
}

/** What {@link findTrueNames} reads. */
export interface Nameable {
  files: Iterable<string>
  /** Files whose text may name others: scripts, styles, documents, maps. */
  isText: (file: string) => boolean
  text: (file: string) => string
  bytes: (file: string) => Uint8Array
}

/**
 * Gives each hashed file the name that its own bytes make: the first eight hex digits of their SHA-256. A bundler's hash is taken before
 * other plugins have changed the bytes, so that a changed file could ship under an old, immutable name (vite#20360). A file is named after
 * those it mentions, whose new names are part of its bytes. Files that mention each other in a circle are named after all bytes of the circle.
 *
 * @returns the new name of each file that gets one, and the new text of each file that mentions one.
 */
export function findTrueNames({ files, isText, text, bytes }: Nameable): {
  names: Map<string, string>
  texts: Map<string, string>
} {
  const all = [...files]
  const named = new Map<string, Named>()
  const byHash = new Map<string, Named[]>()
  for (const file of all) {
    const groups = HASHED.exec(file)?.groups
    if (!groups) continue
    const { stem = '', hash = '', end = '' } = groups
    const entry = { file, stem, hash, end }
    named.set(file, entry)
    // The longest first: `main-4f1c2a9b.js.map` is not `main-4f1c2a9b.js`.
    byHash.set(
      hash,
      [...(byHash.get(hash) ?? []), entry].sort((a, b) => b.end.length - a.end.length),
    )
  }

  const base = ({ stem }: Named): string => stem.slice(stem.lastIndexOf('/') + 1)
  /** The file that a mention at `index` of the text means, if any. */
  const meant = (source: string, hash: string, index: number): Named | undefined =>
    byHash
      .get(hash)
      ?.find(
        (entry) => source.endsWith(base(entry), index + 1) && source.startsWith(entry.end, index + 1 + hash.length),
      )
  const mentions = new Map<string, Set<string>>()
  const texts = new Map<string, string>()
  for (const file of all) {
    if (!isText(file)) continue
    const source = text(file)
    texts.set(file, source)
    const found = new Set<string>()
    for (const { 1: hash = '', index } of source.matchAll(MENTION)) {
      const entry = meant(source, hash, index)
      if (entry) found.add(entry.file)
    }
    mentions.set(file, found)
  }

  const hashes = new Map<string, string>()
  const rewrite = (file: string, circle: ReadonlySet<string>): string => {
    const source = texts.get(file) ?? ''
    return source.replaceAll(MENTION, (whole, hash: string, index: number) => {
      const entry = meant(source, hash, index)
      if (!entry) return whole
      return `-${circle.has(entry.file) ? NONE : (hashes.get(entry.file) ?? entry.hash)}`
    })
  }
  for (const circle of circles(all, mentions)) {
    const members = new Set(circle)
    const contents = circle.map((file) => (mentions.has(file) ? Buffer.from(rewrite(file, members)) : bytes(file)))
    const together = circle.length > 1 ? nameHash(Buffer.concat(contents)) : ''
    for (const [index, file] of circle.entries()) {
      if (!named.has(file)) continue
      const own = contents[index] ?? Buffer.alloc(0)
      hashes.set(file, nameHash(together === '' ? own : Buffer.concat([own, Buffer.from(together)])))
    }
  }

  const names = new Map<string, string>()
  for (const { file, stem, hash, end } of named.values()) {
    const now = hashes.get(file) ?? hash
    if (now !== hash) names.set(file, stem + now + end)
  }
  const nobody = new Set<string>()
  const changed = new Map<string, string>()
  for (const [file, before] of texts) {
    const after = rewrite(file, nobody)
    if (after !== before) changed.set(file, after)
  }
  return { names, texts: changed }
}

/** Groups of files that mention each other, those that are mentioned before those that mention them (Tarjan, 1972). */
function circles(files: readonly string[], mentions: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const open = new Set<string>()
  const visit = (file: string): number => {
    const own = order.size
    order.set(file, own)
    stack.push(file)
    open.add(file)
    let lowest = own
    for (const next of mentions.get(file) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next))
      else if (open.has(next)) lowest = Math.min(lowest, order.get(next) ?? own)
    }
    low.set(file, lowest)
    if (lowest === own) {
      const circle = stack.splice(stack.indexOf(file))
      for (const member of circle) open.delete(member)
      found.push(circle.toSorted())
    }
    return lowest
  }
  for (const file of files.toSorted()) if (!order.has(file)) visit(file)
  return found
}
