import { open } from 'node:fs/promises'

/** A file of which parts are read. */
export interface Source {
  bytes: number
  /** @throws Error where the file ends before. */
  read(from: number, length: number): Promise<Buffer>
  /** As much of it as there is. */
  readUpTo(from: number, length: number): Promise<Buffer>
}

/** Opens the file for as long as `work` takes. */
export async function withSource<Result>(file: string, work: (source: Source) => Promise<Result>): Promise<Result> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const readUpTo = async (from: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
    return buffer.subarray(0, bytesRead)
  }
  // Awaited, for else the file would be closed first.
  return await work({
    bytes: size,
    readUpTo,
    async read(from, length) {
      const buffer = await readUpTo(from, length)
      if (buffer.length < length) throw new Error('it is cut short')
      return buffer
    },
  })
}
