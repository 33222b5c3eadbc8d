import { createHash, randomUUID } from 'node:crypto'
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import path from 'node:path'

/**
 * What has been encoded before, by the hash of everything that decides the outcome. Entries never change, so the folder can be
 * shared between branches, kept in CI, and deleted at any time. Written beside and renamed: a killed build leaves no half entry.
 */
export interface Cache {
  /** Undefined where there is none. */
  read(key: string): Promise<Buffer | undefined>
  has(key: string): Promise<boolean>
  write(key: string, bytes: Uint8Array): Promise<void>
  /** Copies an entry to a file whose folder exists; shares the blocks where the file system can. */
  copy(key: string, to: string): Promise<void>
}

/** `folder/kind/ab/abcdef…`: one level of folders keeps listings short. */
export function openCache(folder: string, kind: string): Cache {
  const place = (key: string): string => path.join(folder, kind, key.slice(0, 2), key)
  return {
    async read(key) {
      try {
        return await readFile(place(key))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    async has(key) {
      return stat(place(key)).then(
        () => true,
        () => false,
      )
    },
    async write(key, bytes) {
      const file = place(key)
      const part = `${file}.${randomUUID()}.part`
      try {
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(part, bytes)
        await rename(part, file)
      } catch (error) {
        await rm(part, { force: true }).catch(() => {})
        throw new Error(
          `The cache ${folder} cannot be written (${reason(error)}): make room or give the folder write permission, or choose another by firstframe({ cache })`,
          { cause: error },
        )
      }
    },
    async copy(key, to) {
      await copyFile(place(key), to, constants.COPYFILE_FICLONE)
    },
  }
}

/** SHA-256, in hex, of the parts with their lengths, so that two lists never run into the same text. */
export function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** What goes into a file's name: eight hex digits of the SHA-256 of the bytes served. */
export const nameHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8)

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
