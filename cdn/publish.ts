import { copyFile, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { readManifest } from './built.ts'
import { writeWhole } from './files.ts'
import { hashedBy } from './policy.ts'
import { pruneReleases, recordRelease } from './releases.ts'

export interface PublishOptions {
  /** Built folder, with its manifest. */
  from: string
  /** Folder that is live. Made if it is not there. */
  to: string
  /** Releases whose files stay, this one included. At least 1. Pages made by the one before are still open: keep a few. */
  keep: number
}

export interface Published {
  release: string
  copied: number
  /** Files that were there already, byte for byte. */
  present: number
  removed: number
}

/**
 * Publishes a build to a folder. Hashed files go first, in any order, since nothing names them yet; what names them follows, the
 * manifest last: at no moment does a live document name a file that is not there. Stopped half-way, it goes on where it was.
 * @throws Error if `from` holds no manifest, or `keep` is less than 1.
 */
export async function publish({ from, to, keep }: PublishOptions): Promise<Published> {
  if (keep < 1)
    throw new RangeError(`publish: keep is ${keep}, expected at least 1: the release that goes live is one of them`)
  const manifest = readManifest(from)
  if (!manifest) throw new Error(`publish: ${from} holds no manifest.json: build first, or name the built folder`)
  const isHashed = hashedBy(manifest)
  const files = await listFiles(from)
  let copied = 0
  for (const file of inOrder(files, isHashed)) if (await place(path.join(from, file), path.join(to, file))) copied++
  await recordRelease(to, { id: manifest.release, at: Date.now(), files })
  const removed = await pruneReleases(to, keep)
  return { release: manifest.release, copied, present: files.length - copied, removed }
}

/** Hashed files, then documents and the rest, then the manifest, by which a reader knows that all is there. */
function inOrder(files: string[], isHashed: (file: string) => boolean): string[] {
  const rank = (file: string): number => {
    if (isHashed(file.replace(/\.(?:zst|br|gz)$/, ''))) return 0
    if (file.startsWith('manifest.json')) return 3
    return file === 'worker.js' || file.endsWith('.html') ? 2 : 1
  }
  return files.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** @returns false where the file is there already. */
async function place(from: string, to: string): Promise<boolean> {
  if (await isSame(from, to)) return false
  await writeWhole(to, (part) => copyFile(from, part))
  return true
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(a), stat(b).catch(() => undefined)])
  if (first.size !== second?.size) return false
  const [left, right] = await Promise.all([readFile(a), readFile(b)])
  return left.equals(right)
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
}
