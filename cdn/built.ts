import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Manifest } from '../server/wire/manifest.ts'
import { hashedBy } from './policy.ts'

export type Coding = 'zstd' | 'br' | 'gzip'
/** Of precompressed siblings. At the same size the first wins: Zstandard decodes in a third of Brotli's time. */
export const SUFFIXES: Record<Coding, string> = { zstd: '.zst', br: '.br', gzip: '.gz' }
const CODINGS = Object.keys(SUFFIXES) as Coding[]

/** What a build made, as it lies on disk. */
export interface Built {
  dir: string
  /** Files meant for the world, by path relative to `dir`: neither precompressed siblings nor rules for hosts. */
  names: ReadonlySet<string>
  /** Undefined where the folder is no build of ours: then nothing in it is hashed. */
  manifest: Manifest | undefined
  /** HTML files of which the manifest knows what they need. */
  documents: string[]
  isHashed: (name: string) => boolean
  /** The codings a file was precompressed by, smallest first. */
  codingsOf: (name: string) => Coding[]
}

/** Read by the host that a folder is uploaded to, and by nobody else. */
const FOR_HOSTS = new Set(['_headers', '_redirects'])
/** What starts with a dot (stamps, temporary files) was never meant for the world. */
const HIDDEN = /(?:^|\/)\.(?!well-known\/)/

/**
 * Reads a folder and its manifest once.
 * @throws Error if the folder does not exist, if its manifest is of another format, or names a file to send that is not there.
 */
export function readBuilt(dir: string): Built {
  const manifest = readManifest(dir)
  const all = new Set(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
  )
  const isSibling = (name: string): boolean =>
    Object.values(SUFFIXES).some((suffix) => name.endsWith(suffix) && all.has(name.slice(0, -suffix.length)))
  const names = new Set([...all].filter((name) => !isSibling(name) && !HIDDEN.test(name) && !FOR_HOSTS.has(name)))
  for (const [name, { instead }] of Object.entries(manifest?.answers ?? {}))
    for (const { file } of instead)
      if (!all.has(file))
        throw new Error(
          `${dir}/manifest.json answers "${name}" with ${file}, which is not there: build again, or copy the whole folder`,
        )

  const documents = Object.keys(manifest?.documents ?? {}).filter((name) => names.has(name))
  return { dir, names, manifest, documents, isHashed: hashedBy(manifest), codingsOf }

  function codingsOf(name: string): Coding[] {
    const sizeOf = (coding: Coding): number => statSync(path.join(dir, name + SUFFIXES[coding])).size
    return CODINGS.filter((coding) => all.has(name + SUFFIXES[coding])).sort((a, b) => sizeOf(a) - sizeOf(b))
  }
}

/**
 * @returns undefined where there is none, or one of another kind: a web app's is often called the same.
 * @throws Error if it is of another format.
 */
export function readManifest(dir: string): Manifest | undefined {
  const file = path.join(dir, 'manifest.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  let manifest: Partial<Manifest>
  try {
    manifest = JSON.parse(text) as Partial<Manifest>
  } catch (error) {
    throw new Error(`${file} is no JSON, expected what a build writes: build again`, { cause: error })
  }
  if (manifest.entries === undefined || manifest.images === undefined) return undefined
  if (manifest.format !== 2)
    throw new Error(`${file} is of format ${String(manifest.format)}, expected 2: build again with this version`)
  return manifest as Manifest
}
