import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ResolvedConfig } from 'vite'
import { inParallel } from './parallel.ts'
import type { PublicFile } from './state.ts'

/** Every file that Vite copies out of the public folder, by the name under which the game asks for it. */
export async function listPublicFiles({ publicDir, build }: ResolvedConfig): Promise<Map<string, PublicFile>> {
  if (publicDir === '' || !build.copyPublicDir) return new Map()
  const entries = await readdir(publicDir, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const listed = await inParallel(
    files.toSorted(),
    async (source): Promise<[string, PublicFile]> => [
      path.relative(publicDir, source).replaceAll(path.sep, '/'),
      { source, bytes: (await stat(source)).size },
    ],
    16,
  )
  return new Map(listed)
}
