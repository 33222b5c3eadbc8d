/**
 * A fragment is a part of a page: one element whose `id` is the fragment's name. It is asked for at the page's own URL with
 * the header `Fragment: hud, main`; the answer's body is `<title>` followed by those elements in the order asked, sent as
 * `text/html` with `Vary: Fragment`, an `ETag`, and `Release`. Without the header the same URL answers with the whole page, in which
 * the same elements stand, so either answer serves a reader who looks for ids.
 */
export const FRAGMENT = 'Fragment'

/** Header naming the build that answered. A page made by another release reloads at its next visit. */
export const RELEASE = 'Release'

/**
 * Header (and hidden form field `key`) that names an action: sent twice with one key, an action is applied once and answers the
 * same. 8 to 64 characters of `A-Z a-z 0-9 _ -`.
 */
export const IDEMPOTENCY_KEY = 'Idempotency-Key'

/** Header of a fragment answer whose state lives at another URL than the one asked: the page's new address. */
export const LOCATION = 'Fragment-Location'

/**
 * Header of a question: the parts that stand on the page and their validators, `hud=Yk3x…, main=p0Qc…`. A validator comes with its part,
 * as the attribute `data-tag`, so it goes wherever the part goes. The answer leaves out the parts whose validator is still the same: they
 * are right as they stand. Such an answer serves this page alone and is not stored.
 */
export const KNOWN = 'Fragment-Known'

/**
 * Header of an answer whose parts come as they are ready, in no set order: the names of those that come after the first bytes. A
 * comment stands behind each part, so that a reader sees where one is whole before the next begins.
 */
export const LATE = 'Fragment-Late'

const NAME = /^[a-z][a-z0-9-]{0,31}$/
const KEY = /^[\w-]{8,64}$/

/** At most this many fragments in one request. */
export const MAX_FRAGMENTS = 16

/**
 * The names in a `Fragment` header, in order, without repeats; `[]` where there is none.
 * @throws RangeError on a name that no element of ours could have, or on more than {@link MAX_FRAGMENTS}.
 */
export function parseFragments(header: string | null | undefined): string[] {
  if (!header) return []
  const names = [...new Set(header.split(',').map((name) => name.trim()))]
  const wrong = names.find((name) => !NAME.test(name))
  if (wrong !== undefined)
    throw new RangeError(
      `Fragment: "${wrong.slice(0, 40)}" is no fragment's name: expected a-z, 0-9 and -, as in "hud, main"`,
    )
  if (names.length > MAX_FRAGMENTS)
    throw new RangeError(`Fragment: ${names.length} names arrived, at most ${MAX_FRAGMENTS} are answered at once`)
  return names
}

/**
 * The validators in a `Fragment-Known` header by part. What is malformed counts as not known: such a part is sent, which is always right.
 */
export function parseKnown(header: string | null | undefined): Map<string, string> {
  const known = new Map<string, string>()
  for (const pair of (header ?? '').split(',', MAX_FRAGMENTS)) {
    const [name = '', tag] = pair.trim().split('=')
    if (NAME.test(name) && tag) known.set(name, tag)
  }
  return known
}

export const isKey = (value: unknown): value is string => typeof value === 'string' && KEY.test(value)
