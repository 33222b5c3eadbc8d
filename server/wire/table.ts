import type { Answer } from './manifest.ts'

/**
 * The manifest's answers as a service worker fetches them: every file whose name carries no hash, and the hashed files that may stand for
 * it. Hashes are most of it and do not compress, so nothing is written that follows from something else: a variant's place and extension
 * follow from the name and the type, and hex digits stand in strings of their own, which a compressor takes to half. 1,000
 * pictures of two variants are about 14 KB of Brotli.
 */
export interface Table {
  /** The format's number. A reader refuses any other. */
  format: 1
  /** Where variants are, without slashes at its ends: `assets`. */
  folder: string
  /** Names that have variants of the same types in the same order. */
  groups: Group[]
  /** Files that are elsewhere than {@link fileOf} says: where they should be -> where they are. */
  odd: Record<string, string>
}

export interface Group {
  /** Of the variants, in order: `["image/avif", "image/webp"]`. */
  types: string[]
  names: string[]
  /** Eight digits for each name and then for each of its variants, name after name. */
  hashes: string
}

/** What a name stands for. */
export interface Row {
  /** As {@link Answer.hash}. */
  hash: string
  /** As {@link Answer.instead}, without sizes. */
  instead: { file: string; type: string }[]
}

const DIGITS = 8
const EXTENSIONS: Record<string, string> = {
  'image/avif': 'avif',
  'image/webp': 'webp',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
}

/** Where a variant is by rule: beside its fellows, under the name's own path. */
const fileOf = (folder: string, name: string, hash: string, type: string): string => {
  const stem = name.replace(/\.[^./]*$/, '')
  return `${folder && `${folder}/`}${stem}-${hash}.${EXTENSIONS[type] ?? type.slice(type.indexOf('/') + 1)}`
}

/**
 * @param answers of the manifest, and of each built document, by path.
 * @param folder Vite's `assetsDir`. Variants elsewhere are written out in full.
 * @throws TypeError for a variant whose name does not carry its hash.
 */
export function encodeTable(answers: Record<string, Answer>, folder = 'assets'): Table {
  const table: Table = { format: 1, folder, groups: [], odd: {} }
  const groups = new Map<string, Group>()
  for (const [name, { hash, instead }] of Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const types = instead.map(({ type }) => type)
    const key = types.join()
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { types, names: [], hashes: '' }))
    group.names.push(name)
    group.hashes += hash
    for (const { file, type } of instead) {
      const own = /-([0-9a-f]{8})\.\w+$/.exec(file)?.[1]
      if (own === undefined)
        throw new TypeError(`"${file}", sent for "${name}", carries no hash: expected a name like hero-1a2b3c4d.avif`)
      group.hashes += own
      const ruled = fileOf(folder, name, own, type)
      if (ruled !== file) table.odd[ruled] = file
    }
  }
  table.groups = [...groups.values()]
  return table
}

/**
 * Rows by name.
 * @throws TypeError for another format than this version writes.
 */
export function decodeTable({ format, folder, groups, odd }: Table): Map<string, Row> {
  if (format !== 1) throw new TypeError(`The table is of format ${String(format)}, expected 1: build again`)
  const rows = new Map<string, Row>()
  for (const { types, names, hashes } of groups) {
    let at = 0
    const next = () => hashes.slice(at, (at += DIGITS))
    for (const name of names) {
      const hash = next()
      const instead = types.map((type) => {
        const ruled = fileOf(folder, name, next(), type)
        return { file: odd[ruled] ?? ruled, type }
      })
      rows.set(name, { hash, instead })
    }
  }
  return rows
}
