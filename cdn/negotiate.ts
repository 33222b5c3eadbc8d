/**
 * The coding to send, out of those there are, best first; undefined for the file as it is. Follows RFC 9110, section 12.5.3: the
 * highest q wins, at equal q our order, `*` stands for what is not named, q=0 forbids.
 */
export function chooseEncoding<Coding extends string>(
  header: string | undefined,
  available: readonly Coding[],
): Coding | undefined {
  if (header === undefined || available.length === 0) return undefined
  const asked = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    const quality = parameters.find((text) => text.startsWith('q='))
    asked.set(name === 'x-gzip' ? 'gzip' : name, quality === undefined ? 1 : Number(quality.slice(2)) || 0)
  }
  const plain = asked.get('identity') ?? 0
  let best: Coding | undefined
  let highest = 0
  for (const coding of available) {
    const quality = asked.get(coding) ?? asked.get('*') ?? 0
    if (quality > highest) {
      highest = quality
      best = coding
    }
  }
  return highest >= plain ? best : undefined
}
