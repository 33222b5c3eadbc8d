import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** A folder beside `target` that can become it by renaming. */
export const stagePath = (target: string): string =>
  path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}`)

/** Marks what stood at the target until a build took its place. */
const LAST = '.last'

/**
 * Puts `stage` where `target` is. A folder cannot be replaced in one step: killed between the two, {@link sweep} puts the old one back.
 * @throws Error saying what stands in the way; then `target` is as it was.
 */
export async function takePlace(stage: string, target: string): Promise<void> {
  const old = stagePath(target) + LAST
  const had = existsSync(target)
  try {
    if (had) await rename(target, old)
    await rename(stage, target).catch(async (error: unknown) => {
      if (had) await rename(old, target)
      throw error
    })
  } catch (error) {
    throw new Error(
      `The build in ${stage} cannot take the place of ${target} (${error instanceof Error ? error.message : String(error)}): close what holds that folder, or build to a folder that can be renamed`,
      { cause: error },
    )
  }
  await rm(old, { recursive: true, force: true })
}

/** Removes what builds that were killed have left beside the target, and puts back what they had only taken away. */
export async function sweep(target: string): Promise<void> {
  const folder = path.dirname(target)
  const prefix = `.${path.basename(target)}.`
  if (!existsSync(folder)) return
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue
    const [, pid, last] = /^(\d+)-[0-9a-f]{8}(\.last)?$/.exec(name.slice(prefix.length)) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    const leaving = path.join(folder, name)
    if (last === LAST && !existsSync(target)) await rename(leaving, target)
    else await rm(leaving, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
