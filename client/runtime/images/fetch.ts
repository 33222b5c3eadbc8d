import { type Asking, failure, inTurn, priorityOf } from './attempts.ts'

/** Told as a picture arrives: bytes so far, and of the whole where the server says. */
export type OnBytes = (loaded: number, total?: number) => void

/**
 * A picture's bytes, fetched in its turn. Tried again: no connection, an answer that hangs or stops half-way, status 429, 5xx.
 *
 * @returns undefined where it is broken for good.
 * @throws the signal's reason when aborted.
 */
export const fetchPicture = (url: string, asking: Asking, onBytes?: OnBytes): Promise<Blob | undefined> =>
  inTurn(async (count, signal) => {
    try {
      const { ok, status, headers, body } = await fetch(url, {
        signal,
        priority: priorityOf(asking.lane()),
        cache: count > 0 ? 'reload' : 'default',
      })
      if (!ok || !body) return failure(status)
      const total = Number(headers.get('Content-Length')) || undefined
      const chunks: Uint8Array<ArrayBuffer>[] = []
      let loaded = 0
      for (const reader = body.getReader(); ;) {
        const { value } = await reader.read()
        loaded += value?.length ?? 0
        // What is encoded turns out longer than was said.
        onBytes?.(loaded, value ? total : loaded)
        if (!value) return new Blob(chunks, { type: headers.get('Content-Type') ?? '' })
        chunks.push(value)
      }
    } catch {
      // Aborted, hung or cut: inTurn() tells the first from the others.
      return undefined
    }
  }, asking)
