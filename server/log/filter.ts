import { type Entry, type Level, LEVELS } from './entry.ts'
import { textOf } from './text.ts'

/** Which lines to show. */
export interface Filter {
  /** At least this one; undefined shows all. */
  level?: Level
  /** Begins with: `battle` is also `battle/attack`. */
  route?: string
  user?: string
  /** Of one request. */
  id?: string
  /** Somewhere in the line, whatever its case. */
  text?: string
}

export const FIELDS = ['level', 'route', 'user', 'id', 'text'] as const

/** Reads an address's query; what makes no sense there is as if it were not. */
export function readFilter(query: Readonly<Record<string, unknown>>): Filter {
  const filter: Filter = {}
  for (const name of ['route', 'user', 'id', 'text'] as const) {
    const text = query[name]
    if (typeof text === 'string' && text.trim() !== '') filter[name] = text.trim().slice(0, 100)
  }
  const level = LEVELS.find((level) => level === query['level'])
  return level === undefined ? filter : { ...filter, level }
}

/** Requests for the inspector's own pages, which only who asks for them wants to see. */
const OWN = 'inspect'

/** Whether a line is to be shown. The inspector's own requests are only where the filter names their route or id. */
export function matcher({ level, route, user, id, text }: Filter): (entry: Entry) => boolean {
  const least = level === undefined ? 0 : LEVELS.indexOf(level)
  const sought = text?.toLowerCase()
  return (entry) => {
    if (LEVELS.indexOf(entry.level) < least) return false
    const of = entry.kind === 'note' ? undefined : entry
    if (of?.route === OWN && entry.kind === 'request' && route === undefined && id === undefined) return false
    if (route !== undefined && of?.route.startsWith(route) !== true) return false
    if (user !== undefined && of?.user !== user) return false
    if (id !== undefined && of?.id !== id) return false
    return sought === undefined || textOf(entry).toLowerCase().includes(sought)
  }
}
