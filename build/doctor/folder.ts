import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Manifest } from '../../server/wire/manifest.ts'
import { tagsOf, type Tag } from './page.ts'

/** A file that ships. */
export interface Shipped {
  /** Relative to the folder, with `/`. */
  name: string
  /** Absolute. */
  file: string
  bytes: number
  /** Bytes on the wire where the host sends the smallest precompressed sibling, or what firstframe made to be sent in its place. */
  sent: number
  /** Whether a precompressed sibling stands beside it. */
  encoded: boolean
  /** Extension in lower case, without the dot. */
  suffix: string
}

/** A built folder, read once: what all checks work on. */
export interface Folder {
  root: string
  files: ReadonlyMap<string, Shipped>
  /** HTML files with their elements. */
  pages: ReadonlyMap<string, Tag[]>
  /** Of a folder that was built with firstframe. */
  manifest: Manifest | undefined
  of(...suffixes: string[]): Shipped[]
  bytesOf(file: Shipped): Buffer
  /** The first bytes of a file, enough for a header. */
  headOf(file: Shipped): Buffer
  /** The text of a file, kept. */
  textOf(file: Shipped): string
  /**
   * The file behind an address in the file `from`. A site that will stand under a base path names it: `/game/a.js` is `a.js` where there
   * is no `game/a.js`. Undefined for an address of another host, and for one that leads nowhere.
   */
  locate(url: string, from: string): Shipped | undefined
}

const HEAD = 65_536
const SIBLING = /\.(?:zst|br|gz)$/
/** What starts with a dot was never meant for the world. */
const HIDDEN = /(?:^|\/)\.(?!well-known\/)/

/** @throws Error naming the folder if there is none. */
export async function readFolder(root: string, manifest?: Manifest): Promise<Folder> {
  const sizes = await sizesIn(root)
  const known = manifest ?? manifestIn(root)
  const files = new Map<string, Shipped>()
  for (const [name, bytes] of sizes) {
    if (SIBLING.test(name) && sizes.has(name.replace(SIBLING, ''))) continue
    const siblings = ['.zst', '.br', '.gz'].flatMap((suffix) => sizes.get(name + suffix) ?? [])
    const suffix = path.posix.extname(name).slice(1).toLowerCase()
    const [best] = known?.answers[name]?.instead ?? []
    const sent = Math.min(bytes, ...siblings, ...(best ? [best.bytes] : []))
    files.set(name, { name, file: path.join(root, name), bytes, sent, encoded: siblings.length > 0, suffix })
  }
  const texts = new Map<string, string>()
  const textOf = ({ name, file }: Shipped): string => {
    const text = texts.get(name) ?? readFileSync(file, 'utf8')
    texts.set(name, text)
    return text
  }
  const of = (...suffixes: string[]): Shipped[] => [...files.values()].filter(({ suffix }) => suffixes.includes(suffix))
  return {
    root,
    files,
    of,
    textOf,
    bytesOf: ({ file }) => readFileSync(file),
    headOf,
    pages: new Map(of('html', 'htm').map((page) => [page.name, tagsOf(textOf(page))])),
    manifest: known,
    locate: (url, from) => locate(files, url, from),
  }
}

async function sizesIn(root: string): Promise<Map<string, number>> {
  let entries
  try {
    entries = await readdir(root, { recursive: true, withFileTypes: true })
  } catch (error) {
    throw new Error(`There is no folder ${root}: build first, or name the folder that is served`, { cause: error })
  }
  const sizes = new Map<string, number>()
  for (const entry of entries.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
    const name = path.relative(root, pathOf(entry)).replaceAll(path.sep, '/')
    if (entry.isFile() && !HIDDEN.test(name)) sizes.set(name, (await stat(pathOf(entry))).size)
  }
  return sizes
}

function headOf({ file }: Shipped): Buffer {
  const handle = openSync(file, 'r')
  try {
    const head = Buffer.alloc(HEAD)
    return head.subarray(0, readSync(handle, head))
  } finally {
    closeSync(handle)
  }
}

const pathOf = (entry: { parentPath: string; name: string }): string => path.join(entry.parentPath, entry.name)

/** Another tool's `manifest.json` is none of ours, and a broken one is the game's own. */
function manifestIn(root: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path.join(root, 'manifest.json'), 'utf8')) as Partial<Manifest> | null
    return manifest?.format === 2 && manifest.entries && manifest.answers ? (manifest as Manifest) : undefined
  } catch {
    return undefined
  }
}

function locate(files: ReadonlyMap<string, Shipped>, url: string, from: string): Shipped | undefined {
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/|#)/i.test(url)) return undefined
  const target = decoded(url.replace(/[?#].*$/s, ''))
  if (!target.startsWith('/')) return files.get(path.posix.join(path.posix.dirname(from), target))
  const parts = target.split('/').slice(1)
  for (let cut = 0; cut < parts.length; cut++) {
    const found = files.get(parts.slice(cut).join('/'))
    if (found) return found
  }
  return undefined
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

/** Whether an address leads to another host. */
export const isForeign = (url: string): boolean => /^(?:https?:)?\/\//i.test(url)

/** Files that firstframe made of others, to be sent in their place: as small as they get, and one of them at a time. */
export function madeIn({ answers, images }: Manifest): Set<string> {
  const made = new Set<string>()
  for (const { instead } of Object.values(answers)) for (const { file } of instead) made.add(file)
  for (const { variants } of Object.values(images)) for (const { file } of variants) made.add(file)
  return made
}
