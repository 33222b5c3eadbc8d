import type { Request } from 'express'
import { HttpError } from '../middleware/httperror.ts'

const TOO_MUCH = (limit: number) =>
  new HttpError(413, `That was too much at once: at most ${limit} bytes are taken here.`)

/**
 * Reads a small JSON body, also one that says it is text: what `navigator.sendBeacon` makes of a string. A fraction of a general parser's cost, which is most of what taking
 * a report costs.
 *
 * @param limit in bytes.
 * @returns undefined for a body of another type, or none.
 * @throws HttpError 400 for what is no JSON, 413, 415.
 */
export function readJson(req: Request, limit: number): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding, 'content-length': length } = req.headers
  return new Promise((resolve, reject) => {
    if (Number(length) > limit) {
      reject(TOO_MUCH(limit))
      return
    }
    if (encoding !== undefined && encoding !== 'identity') {
      reject(new HttpError(415, 'What arrived could not be read: send it without compression.'))
      return
    }
    let first: Buffer | undefined
    const more: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        reject(TOO_MUCH(limit))
        return
      }
      if (first) more.push(chunk)
      else first = chunk
    })
    req.once('end', () => {
      if (!first || !/^(?:application\/json|text\/plain)(?:;|$)/i.test(type)) {
        resolve(undefined)
        return
      }
      const bytes = more.length > 0 ? Buffer.concat([first, ...more]) : first
      try {
        resolve(JSON.parse(bytes.toString()))
      } catch (error) {
        reject(new HttpError(400, error instanceof Error ? error.message : String(error), { cause: error }))
      }
    })
    req.once('error', reject)
  })
}
