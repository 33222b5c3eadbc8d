/**
 * The coding to send out of those there are, best first; undefined for the body as it is. The highest q wins, at equal q our order; `*`
 * stands for what is not named; q=0, or one that is no number, forbids. `identity` counts only where it is named: then the body as it is
 * wins over what is less welcome.
 *
 * @param header the caller's `Accept-Encoding`.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function chooseEncoding<Coding extends string>(
  header: string | undefined,
  available: readonly Coding[],
): Coding | undefined {
  if (header === undefined) return undefined
  let weights = read.get(header)
  if (!weights) {
    if (read.size >= MOST_READ) read.clear()
    read.set(header, (weights = readHeader(header)))
  }
  let best: Coding | undefined
  let highest = 0
  for (const coding of available) {
    const weight = weights.get(coding) ?? weights.get('*') ?? 0
    if (weight > highest) {
      highest = weight
      best = coding
    }
  }
  return highest >= (weights.get('identity') ?? 0) ? best : undefined
}

/** Browsers send a handful of different headers: each is read once. */
const read = new Map<string, ReadonlyMap<string, number>>()
const MOST_READ = 200

/** q by coding. */
function readHeader(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const item of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    weights.set(name === 'x-gzip' ? 'gzip' : name, q === undefined ? 1 : Number(q) || 0)
  }
  return weights
}
