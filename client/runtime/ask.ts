import { FRAGMENT, IDEMPOTENCY_KEY } from '../../server/wire/fragment.ts'

export interface Question {
  url: string
  method: string
  /** Fragments wanted; empty for the whole page. */
  names: readonly string[]
  key?: string | undefined
  body?: URLSearchParams | undefined
  /** Validator of what is there already. */
  etag?: string | null | undefined
  /** More headers. */
  headers?: Record<string, string> | undefined
  /** Reads the body piece by piece; nothing where it is to be read at once. */
  read?: (response: Response) => Promise<string> | undefined
  /** Ms until a server that does not answer counts as lost. */
  timeout: number
  signal?: AbortSignal | undefined
}

export interface Reply {
  response: Response
  /** The whole body. */
  text: string
  /** `performance.now()` at the first byte and at the last. */
  first: number
  last: number
}

/** Why a question has no reply: the line, the server's silence, or an abort. */
export class Lost extends Error {
  override name = 'Lost'
}

/**
 * Asks the server for a page or its fragments, and reads the answer to its end.
 * @throws Lost when there is none, or only a part of it.
 */
export async function ask(question: Question): Promise<Reply> {
  const { url, method, names, key, body, etag, headers: more, timeout, signal, read } = question
  const headers = new Headers({ Accept: 'text/html', ...more })
  if (names.length > 0) headers.set(FRAGMENT, names.join(', '))
  if (key) headers.set(IDEMPOTENCY_KEY, key)
  // Set by hand, the validator makes a 304 come through to us: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  if (etag) headers.set('If-None-Match', etag)
  const late = AbortSignal.timeout(timeout)
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      signal: signal ? AbortSignal.any([late, signal]) : late,
    })
    const first = performance.now()
    const text = await (read?.(response) ?? response.text())
    return { response, text, first, last: performance.now() }
  } catch (error) {
    throw new Lost(`${method} ${url}: no answer`, { cause: error })
  }
}
