import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { isCompressible, precompressFile } from '../compress.ts'
import { inParallel } from '../parallel.ts'
import { startProgress } from '../progress.ts'
import type { State } from '../state.ts'

/** Writes the encoded siblings of everything in `outDir` that gets smaller by it. */
export async function precompress(state: State, outDir: string): Promise<void> {
  if (!state.options.precompress) return
  const entries = await readdir(outDir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  const sizes = await inParallel(files, async (file) => (await stat(file)).size, 16)
  const worth = files.filter((file, index) => isCompressible(file, sizes[index] ?? 0))
  const progress = startProgress('compressed', worth.length)
  await inParallel(worth, async (file) => progress.step(await precompressFile(file, state.caches.encodings)))
  progress.end()
}
