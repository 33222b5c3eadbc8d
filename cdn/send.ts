import { open, type FileHandle } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseRange } from './range.ts'
import type { Body } from './resources.ts'

/** Called, unanswered, for what has no file here, or no longer. */
export type Next = (error?: unknown) => void

/** What every answer has that is no file. */
export const FAILURE = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

/**
 * Answers a GET or HEAD with one body: whole, a part of it, or word that the caller has it already. The file's own headers are set once it is
 * certain that the file follows them: a cache would keep a failure as long as the file.
 *
 * @param hints `Link` values to send ahead, as Early Hints (RFC 8297).
 */
export async function send(
  req: IncomingMessage,
  res: ServerResponse,
  body: Body,
  next: Next,
  hints: string[] = [],
): Promise<void> {
  const { headers, size, etag } = body
  if (matches(req.headers['if-none-match'], etag)) {
    const { 'Content-Length': _none, ...rest } = headers
    res.writeHead(304, rest).end()
    return
  }
  const wanted = stillSame(req.headers['if-range'], etag) ? parseRange(req.headers.range, size) : undefined
  if (wanted === 'unsatisfiable') {
    res.writeHead(416, { 'Content-Range': `bytes */${size}`, ...FAILURE })
    res.end(`The file has ${size} bytes, and none of those that were asked for\n`)
    return
  }
  if (hints.length > 0) res.writeEarlyHints({ link: hints })
  let file: FileHandle | undefined
  try {
    file = await openSame(body)
  } catch (error) {
    next(error)
    return
  }
  if (!file) {
    next()
    return
  }
  const part = wanted && {
    'Content-Range': `bytes ${wanted.start}-${wanted.end}/${size}`,
    'Content-Length': String(wanted.end - wanted.start + 1),
  }
  res.writeHead(part ? 206 : 200, { ...headers, ...part })
  // Who asked may be gone since the file was opened: then nothing will ever close the stream.
  if (req.method === 'HEAD' || size === 0 || res.destroyed) {
    res.end()
    await file.close()
    return
  }
  try {
    await copy(file, res, wanted?.start ?? 0, (wanted?.end ?? size - 1) + 1)
  } catch (error) {
    // The length has been promised: a file that fails under way can only be told by breaking off.
    res.destroy(error as Error)
  } finally {
    await file.close()
  }
}

/** Bytes read and written at a time. */
const CHUNK = 65_536

/**
 * Writes the bytes from `start` up to `end`, as fast as they are taken. The last ones go out together with the word that they are the last: a caller that counts them, as a
 * load balancer does, may close the line at once, and would seem to have given up.
 */
async function copy(file: FileHandle, res: ServerResponse, start: number, end: number): Promise<void> {
  for (let at = start; !res.destroyed;) {
    const length = Math.min(CHUNK, end - at)
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at)
    if (bytesRead === 0) throw new Error(`the file ended at byte ${at} of ${end}`)
    at += bytesRead
    const bytes = buffer.subarray(0, bytesRead)
    if (at === end) {
      res.end(bytes)
      return
    }
    if (!res.write(bytes)) await takesMore(res)
  }
}

/** Resolves when the caller has taken what was written, or has gone. */
function takesMore(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done)
      resolve()
    }
    res.on('drain', done).on('close', done)
    // Gone before anybody listened.
    if (res.destroyed) done()
  })
}

/** Undefined for a file that is gone since the start, or of another size: the headers made then are not its own. */
async function openSame({ file, size }: Body): Promise<FileHandle | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle || (await handle.stat()).size === size) return handle
  await handle.close()
  return undefined
}

/** Weak comparison, as If-None-Match asks (RFC 9110, section 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

const stillSame = (ifRange: string | string[] | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange === etag
