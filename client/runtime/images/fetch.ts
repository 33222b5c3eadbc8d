import { type Asking, inTurn } from './attempts.ts'

/** Told as a picture arrives: bytes so far, and of the whole where the server says. */
export type OnBytes = (loaded: number, total?: number) => void

/**
 * A picture's bytes, fetched in its turn. Tried again: no connection, an answer that hangs or stops half-way, status 429, 5xx.
 *
 * @returns undefined where it is broken for good.
 * @throws the signal's reason when aborted.
 */
export const fetchPicture = (url: string, asking: Asking, onBytes?: OnBytes): Promise<Blob | undefined> =>
  inTurn(async (how) => {
    const response = await fetch(url, how)
    if (!response.ok) return response.status
    const total = Number(response.headers.get('Content-Length')) || undefined
    let loaded = 0
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        onBytes?.((loaded += chunk.length), total)
        out.enqueue(chunk)
      },
    })
    const blob = await new Response(response.body?.pipeThrough(counter), response).blob()
    // What is encoded turns out longer than was said.
    onBytes?.(loaded, loaded)
    return blob
  }, asking)
