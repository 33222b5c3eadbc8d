import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { writeWhole } from './files.ts'

/** One build that was published. */
export interface Release {
  /** The manifest's name for it. */
  id: string
  /** Milliseconds since the epoch: when it was published last. */
  at: number
  /** Every file it is made of, relative to the folder. */
  files: string[]
}

/** Records of what was published, one file each; dotted, so that the origin does not serve them. */
const FOLDER = '.releases'

/** Published releases, newest first. */
export async function listReleases(to: string): Promise<Release[]> {
  const names = await readdir(path.join(to, FOLDER)).catch(() => [])
  const records = names.filter((name) => name.endsWith('.json'))
  const releases = await Promise.all(
    records.map(async (name) => JSON.parse(await readFile(path.join(to, FOLDER, name), 'utf8')) as Release),
  )
  return releases.sort((a, b) => b.at - a.at)
}

export const recordRelease = (to: string, release: Release): Promise<void> =>
  writeWhole(path.join(to, FOLDER, `${release.id}.json`), (part) => writeFile(part, JSON.stringify(release)))

/**
 * Forgets all but the newest `keep` releases and removes the files that only they had. Files that no release ever named are
 * left alone: someone else put them there.
 * @returns how many files were removed.
 */
export async function pruneReleases(to: string, keep: number): Promise<number> {
  const releases = await listReleases(to)
  const needed = new Set(releases.slice(0, keep).flatMap(({ files }) => files))
  const old = releases.slice(keep)
  const orphans = new Set(old.flatMap(({ files }) => files).filter((file) => !needed.has(file)))
  for (const file of orphans) await rm(path.join(to, file), { force: true })
  for (const { id } of old) await rm(path.join(to, FOLDER, `${id}.json`), { force: true })
  return orphans.size
}
