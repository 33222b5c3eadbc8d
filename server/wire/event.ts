/** What a game reports about itself: one entry of the batch that `POST /track/record_event` takes. */
export interface TrackedEvent {
  name: EventName
  /** Milliseconds since the epoch, by the sender's clock. */
  at: number
  /** Flat, small: at most 16 entries, keys of 1 to 32 characters, texts of at most 200. */
  data?: Record<string, string | number | boolean>
}

/** The events of a viral game. */
export const EVENT_NAMES = [
  'install',
  'invite-sent',
  'invite-accepted',
  'gift',
  'mission',
  'battle',
  'level',
  'purchase',
  'build',
  'session-start',
  'session-end',
  'error',
] as const
export type EventName = (typeof EVENT_NAMES)[number]

export const MAX_EVENTS = 50
const names: ReadonlySet<unknown> = new Set(EVENT_NAMES)

/**
 * Checks a batch as it came off the wire.
 * @throws TypeError that says which entry, what arrived and what was expected.
 */
export function parseEvents(body: unknown): TrackedEvent[] {
  if (!Array.isArray(body))
    throw new TypeError(`events: expected an array of { name, at, data? }, got ${describe(body)}`)
  if (body.length > MAX_EVENTS) throw new TypeError(`events: at most ${MAX_EVENTS} in one batch, got ${body.length}`)
  return body.map(parseEvent)
}

function parseEvent(entry: unknown, index: number): TrackedEvent {
  const fail = (what: string): never => {
    throw new TypeError(`events[${index}]: ${what}`)
  }
  if (typeof entry !== 'object' || entry === null) return fail(`expected { name, at, data? }, got ${describe(entry)}`)
  const { name, at, data } = entry as Record<keyof TrackedEvent, unknown>
  if (!names.has(name)) fail(`name ${describe(name)} is not one of ${EVENT_NAMES.join(', ')}`)
  if (typeof at !== 'number' || !Number.isFinite(at))
    fail(`at: expected milliseconds since the epoch, got ${describe(at)}`)
  const event: TrackedEvent = { name: name as EventName, at: at as number }
  if (data === undefined) return event
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return fail(`data: expected an object, got ${describe(data)}`)
  const pairs = Object.entries(data)
  if (pairs.length > 16) fail(`data: at most 16 entries, got ${pairs.length}`)
  for (const [key, value] of pairs) {
    if (key.length === 0 || key.length > 32) fail(`data: key ${describe(key)} is not 1 to 32 characters long`)
    if (typeof value === 'string' ? value.length > 200 : typeof value !== 'boolean' && !Number.isFinite(value))
      fail(
        `data.${key}: expected a text of at most 200 characters, a finite number or a boolean, got ${describe(value)}`,
      )
  }
  return { ...event, data: data as NonNullable<TrackedEvent['data']> }
}

const describe = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60)
