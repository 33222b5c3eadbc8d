import { existsSync } from 'node:fs'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hashOf } from './cache.ts'
import type { Project } from './project.ts'

export type Part = 'client' | 'server'

/**
 * What each part is made from, relative to the project. A missing one counts as empty. `build` is taken whole: what bundles the server is
 * run by its path, so that no import leads to all of it.
 */
const INPUTS: Record<Part, string[]> = {
  client: ['client', 'server/wire', 'server/game/rules', 'build', 'package-lock.json', 'vite.config.ts'],
  server: ['server', 'cdn', 'build', 'package.json', 'package-lock.json', 'tsconfig.json'],
}
/** Its presence shows that a part stands. */
const PROOF: Record<Part, string> = { client: 'manifest.json', server: 'index.js' }
/** Beside the parts, not in them: what is in them is served. */
const FILE = '.stamps.json'

const IGNORED = /(?:^|\/)(?:node_modules|README\.md|.*\.test\.ts)$/

/** The parts that are missing or were built from something else than what is there now. */
export async function findStale(project: Project): Promise<Part[]> {
  const built = await readStamps(project)
  const parts = Object.keys(INPUTS) as Part[]
  const current = await Promise.all(parts.map((part) => stampOf(project.root, part)))
  return parts.filter(
    (part, index) => built[part] !== current[index] || !existsSync(path.join(project.dist[part], PROOF[part])),
  )
}

/**
 * Remembers that `part` has been built.
 * @param stamp taken by {@link stampOf} before the build began: what is changed while it runs makes it stale again.
 */
export async function writeStamp(project: Project, part: Part, stamp: string): Promise<void> {
  const file = path.join(project.root, 'dist', FILE)
  const stamps = { ...(await readStamps(project)), [part]: stamp }
  await writeFile(`${file}.part`, JSON.stringify(stamps))
  await rename(`${file}.part`, file)
}

/** Hash of path, size and time of change of every input: a few milliseconds where hashing the art would take seconds. */
export async function stampOf(root: string, part: Part): Promise<string> {
  const lines: string[] = []
  for (const input of INPUTS[part]) await list(path.join(root, input))
  return hashOf(process.version, lines.toSorted().join('\n'))

  async function list(file: string): Promise<void> {
    if (IGNORED.test(file) || !existsSync(file)) return
    const { size, mtimeMs, ...entry } = await stat(file).then((found) => ({
      size: found.size,
      mtimeMs: found.mtimeMs,
      isFolder: found.isDirectory(),
    }))
    if (!entry.isFolder) lines.push(`${path.relative(root, file)} ${size} ${mtimeMs}`)
    else await Promise.all((await readdir(file)).map((name) => list(path.join(file, name))))
  }
}

async function readStamps(project: Project): Promise<Partial<Record<Part, string>>> {
  try {
    return JSON.parse(await readFile(path.join(project.root, 'dist', FILE), 'utf8')) as Partial<Record<Part, string>>
  } catch {
    return {}
  }
}
