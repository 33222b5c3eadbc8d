/** First and last byte, both included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * Reads a `Range` header (RFC 9110, section 14.2) against a file of `size` bytes. Undefined means: send the whole, which the RFC
 * allows for several ranges at once, other units, and headers that are none.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(?<first>\d*)-(?<last>\d*)$/.exec(header?.replaceAll(' ', '') ?? '')?.groups
  if (!match) return undefined
  const { first = '', last = '' } = match
  if (first === '') {
    if (last === '') return undefined
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start >= size) return 'unsatisfiable'
  // A last byte before the first makes the header invalid, not the range unsatisfiable.
  return end < start ? undefined : { start, end }
}
