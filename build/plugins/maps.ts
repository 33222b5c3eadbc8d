import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { State } from '../state.ts'

/** Releases whose maps stay. Pages of older ones are still open somewhere: their stacks stay as they come. */
const KEPT = 5

/** Writes each script's map to `maps/RELEASE/SCRIPT.map`, and forgets the maps of all but the newest releases. */
export async function writeMaps(state: State, release: string, maps: ReadonlyMap<string, string>): Promise<void> {
  const { options, config } = state
  if (options.maps === false) return
  const folder = path.resolve(config.root, options.maps)
  const own = path.join(folder, release)
  for (const [script, map] of maps) {
    const file = path.join(own, `${script}.map`)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, map)
  }
  await mkdir(own, { recursive: true })
  // A release that is built again is the newest again.
  await utimes(own, new Date(), new Date())
  for (const old of (await releasesIn(folder)).slice(KEPT)) await rm(path.join(folder, old), { recursive: true })
}

/** The newest first. */
async function releasesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{12}$/.test(entry.name))
    .map(({ name }) => name)
  const times = new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(path.join(folder, name))).mtimeMs] as const)),
  )
  return names.toSorted((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
}
