import { readWeights } from './weights.ts'

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
  const weights = readWeights(header)
  let best: Coding | undefined
  let highest = 0
  for (const coding of available) {
    const weight =
      weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? weights.get('*') ?? 0
    if (weight > highest) {
      highest = weight
      best = coding
    }
  }
  return highest >= (weights.get('identity') ?? 0) ? best : undefined
}
