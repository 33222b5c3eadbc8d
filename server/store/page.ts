import { type Cursor, CursorError, type CursorOf, type Entry, fromCursor, toCursor } from './cursor.ts'

/** Members on a page where nobody says how many. */
const PAGE_SIZE = 20

export interface PageOptions {
  /** Where the page before ended, its `next`; as it came from the URL, unchecked. Default: the list's first page. */
  after?: Cursor | null | undefined
  /** Most members on the page; brought within 1 and the list's limit. Default 20. */
  size?: number | undefined
}

/** Some of a list's members in its order. */
export interface Page<Row> {
  /** May be fewer than `size`, even none, before the end: members that are gone are left out. */
  rows: Row[]
  /** Asks for the page after this one; null at the end. */
  next: Cursor | null
}

/** What a page is cut from. */
export interface Pageable {
  list: CursorOf & { limit: number }
  /** The first entries, one more than the list's limit where there are so many. */
  head: readonly Entry[]
  /** Reads what follows an entry, for pages that the head does not cover; undefined where the list cannot. */
  after: ((last: Entry, limit: number) => Promise<Entry[]>) | undefined
}

/** The entries of one page: from the head as far as that reaches, else from the database. @throws CursorError */
export async function cutPage(
  { list, head, after: read }: Pageable,
  { after: cursor, size = PAGE_SIZE }: PageOptions,
): Promise<{ entries: Entry[]; next: Cursor | null }> {
  const length = Math.max(1, Math.min(Number.isNaN(size) ? PAGE_SIZE : Math.trunc(size), list.limit))
  const cut = (entries: readonly Entry[], start: number) => {
    const shown = entries.slice(start, start + length)
    const last = shown.at(-1)
    return { entries: shown, next: last && entries.length > start + length ? toCursor(list, last) : null }
  }
  const known = read ? head : head.slice(0, list.limit)
  if (cursor === undefined || cursor === null) return cut(known, 0)

  const last = fromCursor(list, cursor, head[0])
  if (head.length === 0) return { entries: [], next: null }
  const start = known.findIndex((entry) => isSame(entry, last)) + 1
  const isAll = known.length <= list.limit
  if (start > 0 && (isAll || start + length < known.length)) return cut(known, start)
  if (!read) throw new CursorError(list.name, cursor, `names no member among the first ${list.limit} any more`)
  return cut(await read(last, length + 1), 0)
}

/** A member that moved since has other values: where it is now is not where the page before ended. */
function isSame(one: Entry, other: Entry): boolean {
  return one.every((part, index) => part === other[index])
}
