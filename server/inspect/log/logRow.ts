import type { Entry, Level } from '../../log/entry.ts'
import type { Numbered } from '../../log/log.ts'

/** A line of the log as the page and its script show it: all text. */
export interface Row {
  n: number
  /** `14:10:50.123` */
  clock: string
  level: Level
  kind: Entry['kind']
  /** What was done, or said. */
  text: string
  /** What came of it. */
  said: string
  /** As `6.10 ms`; '' where nothing was timed. */
  took: string
  route: string
  user: string
  id: string
  /** What is only unfolded: a stack, or counts. */
  more: string
}

const NOTHING = { said: '', took: '', route: '', user: '', id: '', more: '' }

export function rowOf({ n, entry }: Numbered): Row {
  const clock = new Date(entry.at).toISOString().slice(11, 23)
  return { ...NOTHING, n, clock, level: entry.level, kind: entry.kind, ...describe(entry) }
}

function describe(entry: Entry): Partial<Row> & { text: string } {
  if (entry.kind === 'note') return { text: entry.text }
  const { route, id } = entry
  const whose = { route: route === 'outer' ? '' : route, id, user: entry.user ?? '' }
  if (entry.kind === 'request') {
    const { method, url, state, bytes, took, counts } = entry
    const more = Array.from(counts, ([name, times]) => `${times} ${name}`).join(', ')
    return { ...whose, text: `${method} ${url}`, said: `${state} · ${size(bytes)}`, took: ms(took), more }
  }
  if (entry.kind === 'error') {
    const { method, path, during, name, message, stack } = entry
    const said = `${method} ${path}${during === undefined ? '' : `, while ${during}`}`
    return { ...whose, text: `${name}: ${message}`, said, more: stack }
  }
  const { text, outcome, bytes, took } = entry
  const said = bytes === undefined ? outcome : `${outcome} · ${size(bytes)}`
  return { ...whose, text, said, took: took === undefined ? '' : ms(took) }
}

const ms = (milliseconds: number): string => `${milliseconds.toFixed(2)} ms`
const size = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`)
