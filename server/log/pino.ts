import pino from 'pino'
import type { Entry, WriteEntry } from './entry.ts'

/** Writes what it is given somewhere; see {@link openJson}. */
export interface JsonLog {
  write: WriteEntry
  /** Writes what waits. For the end. */
  flush: () => void
}

/** Bytes gathered before they are written (its destination takes less than 16 KB), and milliseconds that a line waits for others. */
const GATHERED = 12_288
const LATEST = 500

/**
 * The log for machines: one JSON object a line, by pino. Lines are gathered, since a call of the system costs more than a line; what went wrong, and all that comes
 * before it, is written at once. A process that is killed loses half a second of the rest.
 *
 * @param release names the build, in each line.
 * @param fd file descriptor. Default standard output.
 */
export function openJson(release: () => string, fd = 1): JsonLog {
  const destination = pino.destination({ fd, minLength: GATHERED, sync: true })
  const log = pino(
    {
      level: 'debug',
      timestamp: false,
      // Several processes write to one place: pino's `pid` and `hostname` stay.
      // Errors are described and without secrets already.
      serializers: { err: (described: unknown) => described },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  const flush = () => destination.flushSync()
  const timer = setInterval(flush, LATEST).unref()
  process.once('exit', flush)
  return {
    write(entry) {
      const { fields, message } = describe(entry)
      log[entry.level](Object.assign(fields, { time: entry.at, release: release() }), message)
      if (entry.level === 'error') flush()
    },
    flush() {
      clearInterval(timer)
      process.off('exit', flush)
      flush()
    },
  }
}

/** What goes into the line, by names that log readers know (`err` as pino's own serializer writes it), and its message. */
function describe(entry: Entry): { fields: object; message: string } {
  if (entry.kind === 'note') return { fields: { kind: 'note' }, message: entry.text }
  const { id, route, user } = entry
  if (entry.kind === 'request') {
    const { kind, method, url, state, bytes, took, controller, counts } = entry
    const status = state === 'open' ? 200 : Number(state)
    const times = { ms: round(took), controllerMs: controller === undefined ? undefined : round(controller) }
    const counted = counts.size > 0 ? Object.fromEntries(counts) : undefined
    const fields = { kind, id, route, user, method, url, status, bytes, ...times, counts: counted }
    return { fields, message: `${method} ${url} ${state}` }
  }
  if (entry.kind === 'error') {
    const { kind, method, path, during, name, message, stack } = entry
    const err = { type: name, message, stack }
    return { fields: { kind, id, route, user, method, path, during, err }, message: `${method} ${path}: ${message}` }
  }
  const { kind, text, outcome, bytes, took } = entry
  const ms = took === undefined ? undefined : round(took)
  return { fields: { kind, id, route, user, text, outcome, bytes, ms }, message: `${kind} ${text} ${outcome}` }
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000
