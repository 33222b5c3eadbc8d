/** What a game reports about itself: one entry of the batch that `POST /track/record_event` takes. */
export type TrackedEvent = { [Name in EventName]: Tracked<Name> }[EventName]

interface Tracked<Name extends EventName> {
  /** Told twice it is stored once: `VISIT.NUMBER` or any 8 to 64 of `A-Z a-z 0-9 _ . -`. One without is stored as often as it comes. */
  id?: string
  name: Name
  /** Milliseconds since the epoch, by the sender's clock. */
  at: number
  data?: EventData<Name>
}

/** What may be said of an event. All of it is optional. */
export type EventData<Name extends EventName> = {
  -readonly [Field in keyof (typeof EVENTS)[Name]]?: (typeof EVENTS)[Name][Field] extends number
    ? string
    : (typeof EVENTS)[Name][Field] extends 'number'
      ? number
      : boolean
}

/** Characters of a text that names something. */
const NAME = 100

/** Most characters of what is said of an error. At most 2 KB, so that a page with much to complain of is not heard above all others. */
export const MAX_ERROR = { message: 300, stack: 1400, place: NAME, release: NAME } as const

/** The events of a viral game and their fields: a number is the most characters that a text may have. */
export const EVENTS = {
  install: { invited: 'boolean', source: NAME },
  'invite-sent': { channel: NAME },
  'invite-accepted': { by: NAME },
  gift: { item: NAME, to: NAME },
  mission: { mission: NAME, good: 'boolean' },
  battle: { monster: NAME, rival: NAME, good: 'boolean' },
  level: { level: 'number' },
  purchase: { item: NAME, price: 'number' },
  build: { building: NAME, level: 'number' },
  'session-start': { place: NAME },
  'session-end': { seconds: 'number' },
  error: MAX_ERROR,
} as const satisfies Record<string, Readonly<Record<string, number | 'number' | 'boolean'>>>

export type EventName = keyof typeof EVENTS
export const EVENT_NAMES = /* @__PURE__ */ Object.keys(EVENTS) as EventName[]

export const MAX_EVENTS = 50
/** Bytes of a batch as JSON. */
export const MAX_EVENT_BYTES = 16 * 1024
/**
 * Request header: the player whose events these are, where the page knows. Where another is signed in by the time they arrive the answer is 409, and the page keeps
 * them for their own.
 */
export const OWNER = 'Owner'

// A page takes no more than the limits from here: the bundler leaves out what is marked.
const FIELDS: ReadonlyMap<unknown, Readonly<Record<string, number | 'number' | 'boolean'>>> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(EVENTS),
)
const KEYS = /* @__PURE__ */ new Set(['id', 'name', 'at', 'data'])
const ID = /^[\w.-]{8,64}$/

/**
 * Checks a batch as it came off the wire.
 * @throws TypeError that says which entry, what arrived and what was expected.
 */
export function parseEvents(body: unknown): TrackedEvent[] {
  if (!Array.isArray(body))
    throw new TypeError(`events: expected an array of { id, name, at, data? }, got ${describe(body)}`)
  if (body.length > MAX_EVENTS) throw new TypeError(`events: at most ${MAX_EVENTS} in one batch, got ${body.length}`)
  return body.map(parseEvent)
}

function parseEvent(entry: unknown, index: number): TrackedEvent {
  const fail = (what: string): TypeError => new TypeError(`events[${index}]: ${what}`)
  if (!isRecord(entry)) throw fail(`expected { id, name, at, data? }, got ${describe(entry)}`)
  for (const key in entry) if (!KEYS.has(key)) throw fail(`expected only id, name, at, data, got ${describe(key)}`)
  const { id, name, at, data } = entry
  const fields = FIELDS.get(name)
  if (!fields) throw fail(`name ${describe(name)} is not one of ${EVENT_NAMES.join(', ')}`)
  if (typeof at !== 'number' || !Number.isFinite(at))
    throw fail(`at: expected milliseconds since the epoch, got ${describe(at)}`)
  if (id !== undefined && !(typeof id === 'string' && ID.test(id)))
    throw fail(`id: expected 8 to 64 of A-Z a-z 0-9 _ . -, got ${describe(id)}`)
  const event = { ...(id !== undefined && { id }), name, at }
  if (data === undefined) return event as TrackedEvent
  if (!isRecord(data)) throw fail(`data: expected an object, got ${describe(data)}`)
  return { ...event, data: parseData(name as EventName, fields, data, fail) } as TrackedEvent
}

/** In the table's order of fields, so that the same is the same text. */
function parseData(
  name: EventName,
  fields: Readonly<Record<string, number | 'number' | 'boolean'>>,
  data: Record<string, unknown>,
  fail: (what: string) => TypeError,
): Record<string, unknown> {
  for (const key in data)
    if (!Object.hasOwn(fields, key))
      throw fail(`data: ${name} has ${Object.keys(fields).join(', ')}, got ${describe(key)}`)
  const checked: Record<string, unknown> = {}
  for (const field in fields) {
    const value = data[field]
    if (value === undefined) continue
    const kind = fields[field]
    if (typeof kind === 'number') {
      if (typeof value !== 'string' || value.length > kind)
        throw fail(`data.${field}: expected a text of at most ${kind} characters, got ${describe(value)}`)
    } else if (typeof value !== kind || (kind === 'number' && !Number.isFinite(value)))
      throw fail(`data.${field}: expected a ${kind}, got ${describe(value)}`)
    checked[field] = value
  }
  return checked
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const describe = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60)
