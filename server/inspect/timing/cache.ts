import type { ServerReport } from '../../cache/server.ts'
import { html, type Html } from '../../middleware/html.ts'
import type { EntityCounters } from '../../store/counters.ts'

/** What the caches did: a table of entities and lists, and one of memcacheds, where there are any. */
export function cacheTables(report: {
  entities: Record<string, EntityCounters>
  memcached: readonly ServerReport[]
}): Html {
  const entities = Object.entries(report.entities)
  return html`${entities.length > 0 && html`<article class="wide"><header><h2>Cache</h2></header><table><thead><tr>${ENTITY_COLUMNS.map(head)}</tr></thead><tbody>${entities.map(([name, counters]) => row(name, ENTITY_COLUMNS, counters))}</tbody></table></article>`}
${report.memcached.length > 0 && html`<article class="wide"><header><h2>memcached</h2></header><table><thead><tr>${SERVER_COLUMNS.map(head)}</tr></thead><tbody>${report.memcached.map((server) => row(server.server, SERVER_COLUMNS, server))}</tbody></table></article>`}`
}

interface Column<T> {
  name: string
  /** Said when the pointer rests on it. */
  means: string
  value: (of: T) => string
  /** Whether the value is a reason to worry. */
  bad?: (of: T) => boolean
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`)

const ENTITY_COLUMNS: readonly Column<EntityCounters>[] = [
  {
    name: 'found',
    means: 'reads that the database was not asked for',
    value: ({ hits, localHits, misses }) => percent(hits + localHits, hits + localHits + misses),
  },
  { name: 'hits', means: 'found in the cache', value: ({ hits }) => String(hits) },
  { name: 'local', means: 'found in this process', value: ({ localHits }) => String(localHits) },
  { name: 'misses', means: 'not in the cache', value: ({ misses }) => String(misses) },
  { name: 'absent', means: 'found as "does not exist"', value: ({ negativeHits }) => String(negativeHits) },
  { name: 'fills', means: 'stored after being read', value: ({ fills }) => String(fills) },
  { name: 'refused', means: 'fills refused: a write came between', value: ({ refusedFills }) => String(refusedFills) },
  { name: 'waits', means: "another's fill was waited for", value: ({ leaseWaits }) => String(leaseWaits) },
  { name: 'stale', means: 'old values given instead of waiting', value: ({ staleServes }) => String(staleServes) },
  { name: 'refreshed', means: 'read anew before the end', value: ({ refreshes }) => String(refreshes) },
  { name: 'conflicts', means: 'versioned writes that matched no row', value: ({ conflicts }) => String(conflicts) },
  {
    name: 'damaged',
    means: 'cached bytes that did not decode',
    value: ({ undecodable }) => String(undecodable),
    bad: ({ undecodable }) => undecodable > 0,
  },
  {
    name: 'stored',
    means: 'bytes stored, of their JSON',
    value: ({ bytesAfter, bytesBefore }) => percent(bytesAfter, bytesBefore),
  },
]

const total = (failures: ServerReport['failures']): number =>
  Object.values(failures).reduce((sum, count) => sum + count, 0)

const SERVER_COLUMNS: readonly Column<ServerReport>[] = [
  {
    name: 'state',
    means: 'whether it is asked',
    value: ({ up }) => (up ? 'in use' : 'out of use'),
    bad: ({ up }) => !up,
  },
  { name: 'version', means: 'of memcached', value: ({ version }) => version ?? '–' },
  { name: 'commands', means: 'sent since the start', value: ({ commands }) => String(commands) },
  {
    name: 'unanswered',
    means: 'commands without an answer, by why',
    value: ({ failures }) =>
      Object.entries(failures)
        .map(([why, count]) => `${why} ${count}`)
        .join(', ') || '0',
    bad: ({ failures }) => total(failures) > 0,
  },
  { name: 'ejections', means: 'times it went out of use', value: ({ ejections }) => String(ejections) },
  { name: 'owed', means: 'keys it will forget when it is back', value: ({ owed }) => String(owed) },
  {
    name: 'lost',
    means: 'deletes that were too many to keep',
    value: ({ lostDeletes }) => String(lostDeletes),
    bad: ({ lostDeletes }) => lostDeletes > 0,
  },
]

const head = ({ name, means }: { name: string; means: string }, index: number): Html =>
  html`${index === 0 && html`<th></th>`}<th scope="col" title="${means}">${name}</th>`

const row = <T>(name: string, columns: readonly Column<T>[], of: T): Html =>
  html`<tr><th scope="row">${name}</th>${columns.map(({ value, bad }) => html`<td class="${bad?.(of) ? 'bad' : ''}">${value(of)}</td>`)}</tr>`
