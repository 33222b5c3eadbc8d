import { createHash, randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { inParallel } from './parallel.ts'

/**
 * What has been encoded before, by the hash of everything that decides the outcome. Entries never change, so the folder can be
 * shared between branches, kept in CI, and deleted at any time. Written beside, flushed and renamed: neither a killed build nor a
 * power cut leaves half an entry, and one that was damaged otherwise (a disk, a tool that went through the folder) is not given out.
 */
export interface Cache {
  /** Undefined where there is none, or a damaged one. */
  read(key: string): Promise<Buffer | undefined>
  /** @param bytes its length, where that is known: an entry of another is no entry. */
  has(key: string, bytes?: number): Promise<boolean>
  write(key: string, bytes: Uint8Array): Promise<void>
  /**
   * Copies an entry to a file whose folder exists.
   * @throws Error where the entry is damaged; it is removed, so that the next build makes it anew.
   */
  copy(key: string, to: string): Promise<void>
}

/** Bytes of the CRC-32 that follows an entry. It is checked at 4.7 GB a second, where SHA-256 does 1.6. */
const SEAL = 4
const HOUR = 3_600_000
/** Default bound of {@link sweepCache}: some 3,000 pictures with all their variants. */
const MEGABYTES = 1024
/** A folder that exceeds its bound is emptied to this part of it: else every build from then on would sweep a little. */
const ROOM = 0.9

/** Folders that this process has written to since it last swept them. */
const grown = new Set<string>()

/** `folder/kind/ab/abcdef…`: one level of folders keeps listings short. */
export function openCache(folder: string, kind: string): Cache {
  const place = (key: string): string => path.join(folder, kind, key.slice(0, 2), key)
  return {
    async read(key) {
      const file = place(key)
      const entry = await readEntry(file)
      if (entry?.content) await noteUse(file)
      return entry?.content
    },
    async has(key, bytes) {
      const file = place(key)
      const found = await stat(file).catch(() => undefined)
      if (!found || found.size < SEAL || (bytes !== undefined && found.size !== bytes + SEAL)) return false
      await noteUse(file, found)
      return true
    },
    async write(key, bytes) {
      const file = place(key)
      const part = `${file}.${randomUUID()}.part`
      try {
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(part, [bytes, seal(bytes)], { flush: true })
        await rename(part, file)
        grown.add(path.resolve(folder))
      } catch (error) {
        await rm(part, { force: true }).catch(() => {})
        throw new Error(
          `The cache ${folder} cannot be written (${reason(error)}): make room or give the folder write permission, or choose another by firstframe({ cache })`,
          { cause: error },
        )
      }
    },
    async copy(key, to) {
      const file = place(key)
      const entry = await readEntry(file)
      if (!entry) throw new Error(`The cache ${folder} has lost an entry during the build (${file}): build again`)
      if (!entry.content) {
        await rm(file, { force: true }).catch(() => {})
        throw new Error(
          `The cache ${folder} held a damaged entry (${file}), now removed: build again, and it is made anew`,
        )
      }
      await writeFile(to, entry.content)
    },
  }
}

/** A record kept as JSON; undefined where there is none, or one that is not JSON. */
export async function readRecord<Kept>(cache: Cache, key: string): Promise<Kept | undefined> {
  const bytes = await cache.read(key)
  try {
    return bytes && (JSON.parse(bytes.toString()) as Kept)
  } catch {
    return undefined
  }
}

/** A record whose every file is in the cache as well: `filesOf` tells which those are. */
export async function recallWhole<Record>(
  { records, files }: { records: Cache; files: Cache },
  key: string,
  filesOf: (record: Record) => { key: string; bytes: number }[],
): Promise<Record | undefined> {
  const record = await readRecord<Record>(records, key)
  if (!record) return undefined
  const present = await Promise.all(filesOf(record).map((file) => files.has(file.key, file.bytes)))
  return present.every(Boolean) ? record : undefined
}

export interface Swept {
  /** Of all entries, after sweeping. */
  bytes: number
  /** Entries removed, and what they held. */
  removed: number
  freed: number
}

/**
 * Keeps the cache within its bound: removes entries used longest ago, and what killed builds have left half written. An entry that
 * was used within the last hour stays whatever the size, since another build may just have found it. Only what has the form of an
 * entry is looked at: a folder that holds other things keeps them. Does nothing where this process has written no entry since the
 * last time, for the sizes of 15,000 entries take 0.3 s to gather.
 */
export async function sweepCache(folder: string, { megabytes = MEGABYTES } = {}): Promise<Swept | undefined> {
  if (!grown.delete(path.resolve(folder))) return undefined
  const now = Date.now()
  const bound = megabytes * 2 ** 20
  const entries: { file: string; size: number; used: number }[] = []
  await inParallel(await listEntries(folder), look, 32)
  let bytes = entries.reduce((sum, { size }) => sum + size, 0)
  const swept: Swept = { bytes, removed: 0, freed: 0 }
  if (bytes <= bound) return swept
  for (const { file, size, used } of entries.sort((a, b) => a.used - b.used)) {
    // A use is noted an hour late at most.
    if (bytes <= bound * ROOM || now - used < 2 * HOUR) break
    if (!(await remove(file))) continue
    bytes -= size
    swept.removed++
    swept.freed += size
  }
  return { ...swept, bytes }

  async function look(file: string): Promise<void> {
    const found = await stat(file).catch(() => undefined)
    if (!found) return
    if (!file.endsWith('.part')) entries.push({ file, size: found.size, used: found.mtimeMs })
    else if (now - found.mtimeMs > HOUR) await remove(file)
  }
}

const ENTRY = /^[0-9a-f]{64}(?:\.[0-9a-f-]{36}\.part)?$/

/** Files of the form `folder/kind/ab/abcdef…`. */
async function listEntries(folder: string): Promise<string[]> {
  const list = (place: string): Promise<string[]> => readdir(place).catch(() => [])
  const kinds = await list(folder)
  const shelves = (
    await inParallel(kinds, async (kind) =>
      (await list(path.join(folder, kind)))
        .filter((name) => /^[0-9a-f]{2}$/.test(name))
        .map((name) => path.join(folder, kind, name)),
    )
  ).flat()
  const files = await inParallel(
    shelves,
    async (shelf) =>
      (await list(shelf))
        .filter((name) => ENTRY.test(name) && name.startsWith(path.basename(shelf)))
        .map((name) => path.join(shelf, name)),
    16,
  )
  return files.flat()
}

/** False where it cannot be removed: the folder is read-only, or the file is open on a system that minds. */
const remove = (file: string): Promise<boolean> =>
  rm(file, { force: true }).then(
    () => true,
    () => false,
  )

/** Undefined where there is no such file; without `content` where it is not what was written. */
async function readEntry(file: string): Promise<{ content: Buffer | undefined } | undefined> {
  try {
    const bytes = await readFile(file)
    const content = bytes.subarray(0, Math.max(0, bytes.length - SEAL))
    return { content: seal(content).equals(bytes.subarray(-SEAL)) ? content : undefined }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The time of change says when an entry was used last, to the hour: builds that follow each other write nothing. */
async function noteUse(file: string, known?: Stats): Promise<void> {
  const now = Date.now()
  const found = known ?? (await stat(file).catch(() => undefined))
  if (!found || now - found.mtimeMs < HOUR) return
  // A read-only cache serves without.
  await utimes(file, now / 1000, now / 1000).catch(() => {})
}

function seal(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(SEAL)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}

/** SHA-256, in hex, of the parts with their lengths, so that two lists never run into the same text. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** What goes into a file's name: eight hex digits of the SHA-256 of the bytes served. */
export const nameHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8)

/** Also where a file stands in a folder's place: the first write says so. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
