import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stagePath, sweep, takePlace } from '../stage.ts'
import type { State } from '../state.ts'

/** Releases whose maps stay. Pages of older ones are still open somewhere: their stacks stay as they come. */
const KEPT = 5

/**
 * Writes each script's map to `maps/RELEASE/SCRIPT.map`, and forgets the maps of all but the newest releases.
 * @param target where the build will stand.
 */
export async function writeMaps(
  { options }: State,
  { target, release, maps }: { target: string; release: string; maps: ReadonlyMap<string, string> },
): Promise<void> {
  if (options.maps === false) return
  const folder = path.resolve(target, options.maps)
  const own = path.join(folder, release)
  const stage = stagePath(own)
  await sweep(own)
  await mkdir(stage, { recursive: true })
  for (const [script, map] of maps) {
    const file = path.join(stage, `${script}.map`)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, map)
  }
  await takePlace(stage, own)
  for (const old of (await releasesIn(folder)).slice(KEPT)) await rm(path.join(folder, old), { recursive: true })
}

/** The one built last first; one that was built again is of its last time. */
async function releasesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{12}$/.test(name))
  const times = new Map<string, number>()
  for (const name of names) times.set(name, (await stat(path.join(folder, name))).mtimeMs)
  return names.toSorted((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
}
