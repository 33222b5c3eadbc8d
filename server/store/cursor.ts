/** A member's place in a list: its id, and what the list is ordered by. */
export type Entry = readonly [id: string, ...order: (string | number)[]]

/** Where a page ended: short, fit for a URL, and of no meaning but to `session.page` of the same list. */
export type Cursor = string

/** What a cursor has to fit: the list it came from. */
export interface CursorOf {
  /** The list's name. */
  name: string
  /** Tells this list's cursors, in this order, from others'. Characters of base64url. */
  tag: string
  /** How many values an entry has beside the id. */
  values: number
}

/** Longest cursor read, in characters. An id and values of some 3,000 characters in all fit. */
const LONGEST = 4096

/** A cursor that this list has not given, in this order: damaged, made up, of another list, or of another release. */
export class CursorError extends Error {
  override readonly name = 'CursorError'
  /** The list's name. */
  readonly list: string

  constructor(list: string, arrived: unknown, why: string) {
    const quoted = typeof arrived === 'string' ? JSON.stringify(shortened(arrived)) : `of type ${typeof arrived}`
    super(
      `the cursor ${quoted} ${why}: expected what an earlier page of the list ${list} gave as "next"; leave it out to begin again`,
    )
    this.list = list
  }
}

/** The cursor for what follows `last`. */
export function toCursor({ tag }: CursorOf, last: Entry): Cursor {
  return tag + Buffer.from(JSON.stringify(last)).toString('base64url')
}

/**
 * The place that a cursor names. Nobody vouches for it: any id and values are a place, and only their types are known to fit.
 *
 * @param like an entry of the list, if it has any: values of other types than its own are refused, since a database may.
 * @throws CursorError
 */
export function fromCursor(list: CursorOf, cursor: unknown, like: Entry | undefined): Entry {
  const refuse = (why: string) => new CursorError(list.name, cursor, why)
  if (typeof cursor !== 'string' || cursor === '') throw refuse('is no text')
  if (cursor.length > LONGEST) throw refuse(`is longer than ${LONGEST} characters`)
  if (!cursor.startsWith(list.tag)) throw refuse('is of another list or order')
  const entry = parsed(cursor.slice(list.tag.length))
  // One place has one cursor: what base64 and JSON read as well, but do not write, was not written here.
  if (!isEntry(entry, list.values) || toCursor(list, entry) !== cursor) throw refuse('is damaged')
  // PostgreSQL has no text with a zero byte: https://www.postgresql.org/docs/current/datatype-character.html
  if (entry.some((value) => typeof value === 'string' && value.includes('\0'))) throw refuse('is damaged')
  if (like && entry.some((value, index) => typeof value !== typeof like[index])) throw refuse('is of another order')
  return entry
}

/** Whether `value` is an entry with that many values beside the id. */
export function isEntry(value: unknown, values: number): value is Entry {
  return (
    Array.isArray(value) &&
    value.length === values + 1 &&
    typeof value[0] === 'string' &&
    value.every((part) => typeof part === 'string' || Number.isFinite(part))
  )
}

function parsed(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, 'base64url').toString())
  } catch {
    return undefined
  }
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
