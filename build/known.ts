import type { Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { hashOf, nameHash, openCache, readRecord } from './cache.ts'

/**
 * Hashes of files that have not changed since they were last read, as git's index knows them: by path, size, times and inode.
 * Three hundred known pictures take 300 calls of `stat`, where reading and hashing them takes a second.
 */
export interface Known {
  /**
   * What {@link hashOf} gives for the file's bytes. Not their plain SHA-256: the first digits of that are {@link Known.nameHash}.
   * @throws the file system's error where it cannot be read.
   */
  hash(file: string): Promise<string>
  /** What {@link nameHash} gives for the file's bytes. */
  nameHash(file: string): Promise<string>
  /** Writes down what was learnt, if anything was. A cache that cannot be written costs the next build some reading, no more. */
  save(): Promise<void>
}

interface Entry {
  size: number
  mtimeMs: number
  /** Cannot be set back, as the time of change can: an older copy put in place over the file shows here. */
  ctimeMs: number
  ino: number
  hash: string
  name: string
}

/** The index is an entry of the cache, the only one that is written again. */
const KEY = hashOf('known hashes, form 1')
/**
 * A file changed this shortly before it was read may change again without its times telling: file systems count in steps of up to
 * two seconds. git calls such entries racy: https://git-scm.com/docs/racy-git
 */
const RACY_MS = 2000

/** @param folder of the cache. An index that is missing or damaged counts as empty. */
export function knownHashes(folder: string): Known {
  const cache = openCache(folder, 'known')
  const fresh = new Map<string, Entry>()
  let loading: Promise<Map<string, Entry>> | undefined
  const load = (): Promise<Map<string, Entry>> => (loading ??= readIndex())

  async function readIndex(): Promise<Map<string, Entry>> {
    return new Map(await readRecord<[string, Entry][]>(cache, KEY).catch(() => []))
  }

  async function find(name: string): Promise<Entry> {
    const file = path.resolve(name)
    const [index, now] = await Promise.all([load(), stat(file)])
    for (const entry of [fresh.get(file), index.get(file)]) if (entry && isSame(entry, now)) return entry
    const { entry, isSettled } = await readFacts(file)
    if (isSettled) fresh.set(file, entry)
    return entry
  }

  return {
    hash: async (file) => (await find(file)).hash,
    nameHash: async (file) => (await find(file)).name,
    async save() {
      if (fresh.size === 0) return
      const index = await load()
      for (const [file, entry] of fresh) index.set(file, entry)
      fresh.clear()
      await Promise.all([...index.keys()].map((file) => stat(file).catch(() => index.delete(file))))
      await cache.write(KEY, Buffer.from(JSON.stringify([...index]))).catch(() => {})
    },
  }
}

const isSame = (entry: Entry, { size, mtimeMs, ctimeMs, ino }: Stats): boolean =>
  entry.size === size && entry.mtimeMs === mtimeMs && entry.ctimeMs === ctimeMs && entry.ino === ino

async function readFacts(file: string): Promise<{ entry: Entry; isSettled: boolean }> {
  await using handle = await open(file)
  const began = Date.now()
  const { size, mtimeMs, ctimeMs, ino } = await handle.stat()
  const bytes = await handle.readFile()
  const entry = { size, mtimeMs, ctimeMs, ino, hash: hashOf(bytes), name: nameHash(bytes) }
  const isSettled = began - Math.max(mtimeMs, ctimeMs) > RACY_MS && isSame(entry, await handle.stat())
  return { entry, isSettled }
}
