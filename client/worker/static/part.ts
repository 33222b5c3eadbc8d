/** Answers a request that may be for a part (RFC 9110, section 14) from the whole: sound and video ask so, and Safari takes nothing else. */
export async function part({ headers }: Request, whole: Response): Promise<Response> {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('Range') ?? '') ?? []
  // Neither end, or the last before the first: no range at all.
  if ((!first && !last) || (first && last && Number(last) < Number(first))) return whole
  const length = whole.headers.get('Content-Length')
  // All of it from the first byte on need not be here yet.
  if (first === '0' && !last && length !== null && !whole.headers.has('Content-Encoding'))
    return slice(whole, whole.body, 0, Number(length) - 1, Number(length))
  const body = await whole.blob()
  const { size } = body
  const start = first ? Number(first) : Math.max(0, size - Number(last))
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1
  if (start > end) return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${size}` } })
  return slice(whole, body.slice(start, end + 1), start, end, size)
}

function slice(whole: Response, body: BodyInit | null, start: number, end: number, size: number): Response {
  const headers = new Headers(whole.headers)
  headers.set('Content-Range', `bytes ${start}-${end}/${size}`)
  headers.set('Content-Length', String(end - start + 1))
  return new Response(body, { status: 206, statusText: 'Partial Content', headers })
}
