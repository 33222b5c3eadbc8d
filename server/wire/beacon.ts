/**
 * What a page measured since its last beacon: `POST /track/beacon`, at most {@link MAX_BEACON} bytes of JSON. Times in milliseconds.
 * A figure that grew after it was told (INP, CLS) comes again.
 */
export interface Beacon {
  /** `VISIT.NUMBER`: a visit is the life of a document, or its return from the back/forward cache; its beacons are numbered from 0. */
  id: string
  /** Release the page was made by. */
  release: string
  /** Path at which the visit began, without query. */
  path: string
  /** `X-Request-Id` of the document, so that the server's spans can be joined. */
  request?: string
  /** How the document came; told once. */
  document?: DocumentTiming
  /** The figures of the place where the visit began. */
  vitals: Vitals
  /** Those of the places gone to without a new document. */
  places?: PlaceVitals[]
  /** The worst long animation frames. https://w3c.github.io/long-animation-frames/ */
  frames?: LongFrame[]
  /** Parts fetched. */
  fragments?: FragmentTiming[]
  /** Pictures, a row for each lane that had some. */
  pictures?: PictureTimings[]
  /** How many places, frames and fragments were left out for want of room: the least telling ones. */
  dropped?: number
}

/** https://web.dev/articles/vitals. CLS has no unit. */
export interface Vitals {
  LCP?: number
  INP?: number
  CLS?: number
  FCP?: number
  TTFB?: number
}

export interface DocumentTiming {
  /** Redirects, the worker's start, the name and the line. */
  connect: number
  /** To the first byte. */
  wait: number
  /** To the last. */
  transfer: number
  /** From the start, until all of it was parsed and its scripts had run. */
  parsed: number
}

/** As {@link Vitals}, from the tap on. */
export interface PlaceVitals extends Pick<Vitals, 'LCP' | 'INP' | 'CLS'> {
  path: string
}

export interface LongFrame {
  /** The page's path at the time. */
  path: string
  duration: number
  /** How long it kept input waiting. */
  blocking: number
  /** The script that ran longest in it: its URL's path and its function, or what called it. */
  script?: string
}

export interface FragmentTiming {
  path: string
  request?: string
  /** From the tap to the answer's first byte. */
  wait: number
  /** The body. */
  transfer: number
  /** Until the pictures that it shows first were decoded. */
  decode?: number
  /** Parsing and morphing, stylesheets included. */
  morph: number
  /** To the next frame; missing where the page was hidden before. */
  paint?: number
}

/** From request to decoded. */
export interface PictureTimings {
  /** 0 on screen, 1 next, 2 when nothing else was wanted. */
  lane: number
  count: number
  /** On the wire. */
  bytes: number
  /** Three of four were quicker. */
  p75: number
  slowest: number
}

export const MAX_BEACON = 2048
/** Characters of a path, a script, a release. */
export const MAX_TEXT = { path: 200, script: 120, release: 100 } as const
/** What is longer was a machine asleep. Milliseconds. */
export const MAX_TIME = 86_400_000

/** @throws TypeError that names the place, says what was expected there and what arrived. */
export function parseBeacon(body: unknown): Beacon {
  BEACON(body, 'beacon')
  return body as Beacon
}

/** Throws where a value is not what it should be. */
type Check = (value: unknown, where: string) => void

const path = text(/^\/[!-~]*$/, MAX_TEXT.path, 'a path as in "/market"')
const request = text(/^[\w.:-]+$/, 64, 'a request id')
const time = number(MAX_TIME, 'milliseconds')
const score = number(1000, 'a score')
const BEACON = object(
  {
    id: text(/^[\w-]{8,}\.\d+$/, 48, 'VISIT.NUMBER as in "k3v9x2ab.0"'),
    release: text(/^[^\p{C}]*$/u, MAX_TEXT.release, 'a text'),
    path,
    vitals: object({}, { LCP: time, INP: time, CLS: score, FCP: time, TTFB: time }),
  },
  {
    request,
    document: object({ connect: time, wait: time, transfer: time, parsed: time }),
    places: list(object({ path }, { LCP: time, INP: time, CLS: score })),
    frames: list(
      object({ path, duration: time, blocking: time }, { script: text(/^[^\p{C}]*$/u, MAX_TEXT.script, 'a script') }),
    ),
    fragments: list(object({ path, wait: time, transfer: time, morph: time }, { request, decode: time, paint: time })),
    pictures: list(
      object({
        lane: number(2, 'a lane'),
        count: number(1e6, 'a count'),
        bytes: number(1e12, 'bytes'),
        p75: time,
        slowest: time,
      }),
    ),
    dropped: number(1e6, 'a count'),
  },
)

function object(needed: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  const checks = new Map(Object.entries({ ...needed, ...optional }))
  return (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object', value)
    const given = new Map<string, unknown>(Object.entries(value))
    for (const name of given.keys())
      if (!checks.has(name)) throw wrong(where, `only ${[...checks.keys()].join(', ')}`, name)
    for (const [name, check] of checks)
      if (given.has(name) || name in needed) check(given.get(name), `${where}.${name}`)
  }
}

function list(check: Check): Check {
  return (value, where) => {
    if (!Array.isArray(value)) throw wrong(where, 'a list', value)
    for (const [index, one] of value.entries()) check(one, `${where}[${index}]`)
  }
}

function text(pattern: RegExp, most: number, what: string): Check {
  return (value, where) => {
    if (typeof value !== 'string' || value.length > most || !pattern.test(value))
      throw wrong(where, `${what}, at most ${most} characters`, value)
  }
}

function number(most: number, what: string): Check {
  return (value, where) => {
    if (typeof value !== 'number' || !(value >= 0 && value <= most))
      throw wrong(where, `${what} from 0 to ${most}`, value)
  }
}

const wrong = (where: string, expected: string, value: unknown): TypeError =>
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- undefined has no JSON
  new TypeError(`${where}: expected ${expected}; got ${(JSON.stringify(value) ?? 'nothing').slice(0, 60)}`)
