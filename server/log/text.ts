import type { Entry, ErrorEntry, RequestEntry, TrafficEntry, WriteEntry } from './entry.ts'

/**
 * An entry as a line for people; a request in the form of the talk's slides, with the seconds of the whole and of the controller:
 *
 * ```
 * 2026-11-23T14:10:50.123Z 0.0061 outer 0.0042 battle/attack POST /battle 200 4312B player=ab12 id=mK3x…
 * ```
 */
export function textOf(entry: Entry): string {
  return `${new Date(entry.at).toISOString()} ${said(entry)}`
}

function said(entry: Entry): string {
  if (entry.kind === 'request') return request(entry)
  if (entry.kind === 'error') return failure(entry)
  return entry.kind === 'note' ? entry.text : traffic(entry)
}

function request({ took, controller, route, method, url, state, bytes, user, id, counts }: RequestEntry): string {
  let text = `${seconds(took)} outer`
  if (controller !== undefined) text += ` ${seconds(controller)} ${route}`
  text += ` ${method} ${url} ${state} ${bytes}B${player(user)} id=${id}`
  for (const [name, times] of counts) text += ` ${name}=${times}`
  return text
}

const failure = ({ id, route, user, method, path, during, stack }: ErrorEntry): string =>
  `error id=${id}${player(user)} ${route} ${method} ${path}${during === undefined ? '' : ` while ${during}`}: ${stack}`

function traffic({ kind, text, outcome, bytes, took, user, id }: TrafficEntry): string {
  const size = bytes === undefined ? '' : ` ${bytes}B`
  return `${took === undefined ? '' : `${seconds(took)} `}${kind} ${text} ${outcome}${size}${player(user)} id=${id}`
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(4)
const player = (user: string | null): string => (user === null ? '' : ` player=${user}`)

/** Writes a line for people: what went wrong to standard error, all else to standard output. */
export function writeText(entry: Entry): void {
  if (entry.level === 'error' || entry.level === 'warn') console.error(textOf(entry))
  else console.log(textOf(entry))
}

/** Characters gathered before they are written, and milliseconds that a line waits for others. */
const GATHERED = 16_384
const LATEST = 100

/** Writes what it is given somewhere; see {@link openText}. */
export interface TextLog {
  write: WriteEntry
  /** Writes what waits, and gathers no more. For the end. */
  flush: () => void
}

/**
 * The log for people where nobody sits in front of it: lines are gathered, since a call of the system costs more than a line; what went wrong, and all that comes before it, is
 * written at once. A process that is killed loses a tenth of a second of the rest.
 */
export function openText(): TextLog {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting !== '') process.stdout.write(waiting)
    waiting = ''
  }
  process.once('exit', flush)
  return {
    write(entry) {
      if (entry.level === 'error' || entry.level === 'warn') {
        flush()
        writeText(entry)
        return
      }
      waiting += `${textOf(entry)}\n`
      if (waiting.length >= GATHERED) flush()
      // Not kept alive by what it has to say: the end writes it.
      else timer ??= setTimeout(flush, LATEST).unref()
    },
    flush() {
      process.off('exit', flush)
      flush()
    },
  }
}
