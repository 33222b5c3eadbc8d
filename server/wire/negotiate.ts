import type { Instead } from './manifest.ts'
import { readWeights } from './weights.ts'

/** What every browser decodes, also where it only says that it takes anything: the `fetch()` of a page or of a worker does. */
export const UNIVERSAL: ReadonlySet<string> = new Set(['image/webp', 'audio/mpeg', 'audio/mp4'])

/**
 * The file to send in place of a name's own: the first whose type the caller takes. A type that the header names is taken; `*\/*` or
 * `image/*` alone takes those of {@link UNIVERSAL}. Answers chosen so carry `Vary: Accept`.
 *
 * @param accept the caller's `Accept`. Without one nothing is known of the caller: undefined, the name's own bytes.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function chooseInstead<One extends Pick<Instead, 'type'>>(
  accept: string | undefined,
  { instead }: { instead: readonly One[] },
): One | undefined {
  if (accept === undefined || instead.length === 0) return undefined
  const weights = readWeights(accept)
  return instead.find(({ type }) => {
    const named = weights.get(type)
    if (named !== undefined) return named > 0
    const range = weights.get(`${type.slice(0, type.indexOf('/'))}/*`) ?? weights.get('*/*') ?? 0
    return UNIVERSAL.has(type) && range > 0
  })
}
