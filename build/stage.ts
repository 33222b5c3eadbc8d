import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** A folder beside `target` that can become it by renaming. */
export const stagePath = (target: string): string =>
  path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}-${randomUUID().slice(0, 8)}`)

/**
 * Puts `stage` where `target` is.
 * @throws Error saying what stands in the way; then `target` is as it was.
 */
export async function takePlace(stage: string, target: string): Promise<void> {
  const old = stagePath(target)
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

/** Removes what builds that were killed have left beside the target. */
export async function sweep(target: string): Promise<void> {
  const prefix = `.${path.basename(target)}.`
  for (const name of await readdir(path.dirname(target))) {
    if (!name.startsWith(prefix)) continue
    const pid = Number(/^(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1])
    if (pid > 0 && !isAlive(pid)) await rm(path.join(path.dirname(target), name), { recursive: true, force: true })
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
