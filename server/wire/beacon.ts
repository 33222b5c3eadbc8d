/** One page visit as the browser saw it: `POST /track/beacon`, at most {@link MAX_BEACON} bytes of JSON. Times in milliseconds. */
export interface Beacon {
  /** Release the page was made by. */
  release: string
  /** Path of the page, without query. */
  path: string
  /** `X-Request-Id` of the document, so that the server's spans can be joined. */
  request?: string
  /** Web vitals by name (`LCP`, `INP`, `CLS`, `FCP`, `TTFB`). CLS has no unit. */
  vitals: Record<string, number>
  /** Parts fetched during the visit. */
  fragments?: FragmentTiming[]
  /** Pictures: how many, how many bytes on the wire, the slowest's time from request to decoded. */
  pictures?: { count: number; bytes: number; slowest: number }
}

export interface FragmentTiming {
  path: string
  request?: string
  /** From the tap to the answer's first byte; the body's transfer; parsing and morphing; to the next frame. */
  wait: number
  transfer: number
  morph: number
  paint: number
}

export const MAX_BEACON = 2048

/** @throws TypeError that says what arrived and what was expected. */
export function parseBeacon(body: unknown): Beacon {
  if (typeof body !== 'object' || body === null) throw new TypeError(`beacon: expected an object, got ${typeof body}`)
  const { release, path, request, vitals, fragments, pictures } = body as Record<keyof Beacon, unknown>
  if (!isText(release) || !isText(path))
    throw new TypeError('beacon: release and path must be texts of at most 200 characters')
  if (!isNumbers(vitals)) throw new TypeError('beacon: vitals must be finite numbers by name, as in {"LCP": 812}')
  const beacon: Beacon = { release, path, vitals }
  if (isText(request)) beacon.request = request
  if (Array.isArray(fragments)) beacon.fragments = fragments.filter(isFragmentTiming).slice(0, 50)
  if (isNumbers(pictures) && 'count' in pictures && 'bytes' in pictures && 'slowest' in pictures)
    beacon.pictures = pictures as NonNullable<Beacon['pictures']>
  return beacon
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 200
const isNumbers = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' && value !== null && Object.values(value).every(Number.isFinite)
const isFragmentTiming = (value: unknown): value is FragmentTiming => {
  if (typeof value !== 'object' || value === null) return false
  const { path, wait, transfer, morph, paint } = value as Record<keyof FragmentTiming, unknown>
  return isText(path) && [wait, transfer, morph, paint].every(Number.isFinite)
}
