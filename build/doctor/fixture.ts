import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { examine } from './examine.ts'
import type { Finding } from './finding.ts'

/** A folder that ships these files, for one test. */
export async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'firstframe-doctor-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), content)
  }
  return root
}

/** What the check `id` finds in a folder of these files, the costliest of it. */
export async function find(id: string, files: Record<string, string | Uint8Array>): Promise<Finding | undefined> {
  return (await examine(await folderOf(files))).find((finding) => finding.id === id)
}

/** A page with this in its head, and something to paint. */
export const page = (head: string, body = '<main>Play</main>'): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Game</title>${head}</head><body>${body}</body></html>`

/** Text that no encoder makes smaller, of letters and digits: the same for the same length. */
export function noise(length: number): string {
  let state = 1
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += state.toString(36)
  }
  return text.slice(0, length)
}
