/** Callers send a handful of different headers: each is read once. */
const read = new Map<string, ReadonlyMap<string, number>>()
const MOST_READ = 200

/**
 * What a list of preferences (`Accept`, `Accept-Encoding`) says: q by name, in lower case. One that is no number counts as 0: forbidden.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2
 */
export function readWeights(header: string): ReadonlyMap<string, number> {
  let weights = read.get(header)
  if (!weights) {
    if (read.size >= MOST_READ) read.clear()
    read.set(header, (weights = parse(header)))
  }
  return weights
}

function parse(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const item of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    weights.set(name, q === undefined ? 1 : Number(q) || 0)
  }
  return weights
}
