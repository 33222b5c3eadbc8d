import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Has `write` fill a file beside `file`, then gives it that name: a reader sees the old file or the new one, never a part. */
export async function writeWhole(file: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.part`)
  await mkdir(path.dirname(file), { recursive: true })
  try {
    await write(part)
    await rename(part, file)
  } finally {
    await rm(part, { force: true })
  }
}
