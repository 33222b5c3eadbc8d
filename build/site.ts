import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A built folder while it is being improved: its texts are read once, changed in memory and written by {@link Site.flush}. */
export interface Site {
  readonly dir: string
  /** Every file, relative to `dir`, with `/`. */
  readonly files: ReadonlySet<string>
  has(file: string): boolean
  text(file: string): string
  /** Adds the file where there is none. */
  setText(file: string, text: string): void
  /** To be called by whoever has written, or copied, a file into the folder. */
  added(file: string): void
  remove(file: string): void
  /** The bytes as they will be after a flush. */
  bytes(file: string): Buffer
  rename(from: string, to: string): void
  /** Makes the folder what was said of it since the last time. */
  flush(): Promise<void>
}

/** Lists the folder. Files whose path begins with a dot are not part of it. */
export async function openSite(dir: string): Promise<Site> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = new Set<string>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')
    if (!/(?:^|\/)\.(?!well-known\/)/.test(file)) files.add(file)
  }
  const texts = new Map<string, string>()
  const changed = new Set<string>()
  /** New name to the one on disk. */
  const moved = new Map<string, string>()
  const gone = new Set<string>()
  const onDisk = (file: string): string => path.join(dir, moved.get(file) ?? file)

  return {
    dir,
    files,
    has: (file) => files.has(file),
    text(file) {
      let text = texts.get(file)
      if (text === undefined) texts.set(file, (text = readFileSync(onDisk(file), 'utf8')))
      return text
    },
    setText(file, text) {
      if (texts.get(file) === text) return
      texts.set(file, text)
      changed.add(file)
      files.add(file)
    },
    added: (file) => void files.add(file),
    remove(file) {
      files.delete(file)
      texts.delete(file)
      changed.delete(file)
      gone.add(moved.get(file) ?? file)
      moved.delete(file)
    },
    bytes(file) {
      const text = texts.get(file)
      return text === undefined ? readFileSync(onDisk(file)) : Buffer.from(text)
    },
    rename(from, to) {
      files.delete(from)
      files.add(to)
      const text = texts.get(from)
      if (text !== undefined) texts.set(to, text)
      texts.delete(from)
      if (changed.delete(from)) changed.add(to)
      moved.set(to, moved.get(from) ?? from)
      moved.delete(from)
    },
    async flush() {
      const leaving = new Set(gone)
      for (const from of moved.values()) if (!files.has(from)) leaving.add(from)
      for (const [to, from] of moved) {
        if (changed.has(to)) continue
        await rename(path.join(dir, from), path.join(dir, to))
        leaving.delete(from)
      }
      for (const file of changed)
        await writeFile(path.join(dir, file), texts.get(file) ?? (await readFile(onDisk(file))))
      for (const file of leaving) if (!changed.has(file)) await rm(path.join(dir, file), { force: true })
      for (const list of [changed, moved, gone]) list.clear()
    },
  }
}
