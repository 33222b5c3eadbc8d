import { Router } from 'express'
import type { Metric, Registry } from 'prom-client'
import type { ServerReport } from '../cache/server.ts'
import { send } from '../middleware/encode.ts'
import type { Timings } from '../middleware/timings.ts'
import type { EntityCounters } from '../store/counters.ts'
import type { PoolReport } from '../store/engine.ts'

export interface MetricsOptions {
  timings: Timings
  /** Names the build. */
  release: () => string
  /** The counts of each entity and list. */
  counters?: () => Record<string, EntityCounters>
  /** How each memcached stands. Default: there is none. */
  memcached?: () => ServerReport[]
  /** The database's pools of connections. Default: it has none. */
  pools?: () => readonly PoolReport[]
  /** Players who listen to their news. */
  streams?: () => number
  /** Connections that are open. */
  connections?: () => Promise<number>
  /** Events lost since the start. */
  lostEvents?: () => number
}

interface Sample {
  value: number
  labels?: Record<string, string>
  /** Where it is not the family's own: `…_bucket`, `…_sum`, `…_count`. */
  metricName?: string
}

/** What is read when somebody asks; nothing is done per request. */
interface Family {
  name: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  help: string
  read: () => Sample[] | Promise<Sample[]>
}

/** Upper bounds in milliseconds, 0.128 to 16,777: there {@link Timings}' own buckets end too, so that none is split. */
const BOUNDS = Array.from({ length: 18 }, (_, doubling) => 2 ** (doubling + 7) / 1000)
const SHARES = [0.5, 0.95, 0.99]

/**
 * `/metrics` for Prometheus, in its text format by its conventional client: the very numbers of `/__timing__`, read when asked for, and those of the process. The process's own
 * (event loop, garbage collection, memory) are watched from the first scrape on. Stands behind {@link access}.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsPage(options: MetricsOptions): Router {
  const router = Router()
  let registry: Promise<Registry> | undefined
  router.get('/metrics', async (req, res) => {
    req.timing.controller = 'inspect'
    const { contentType, metrics } = await readAll((registry ??= createRegistry(options)))
    res.setHeader('Cache-Control', 'no-store')
    send(req, res, metrics, contentType)
  })
  return router
}

async function readAll(registry: Promise<Registry>): Promise<{ contentType: string; metrics: string }> {
  const made = await registry
  return { contentType: made.contentType, metrics: await made.metrics() }
}

/** The client is loaded when it is first needed: who has no Prometheus neither waits for it at the start nor pays for what it watches. */
async function createRegistry(options: MetricsOptions): Promise<Registry> {
  const { collectDefaultMetrics, Registry: Registries } = await import('prom-client')
  const registry = new Registries()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
  for (const { read, ...family } of families(options)) {
    const get = async () => ({ ...family, aggregator: 'sum', values: await read() })
    // The client's own classes count for themselves; its registry asks no more of a metric than this.
    registry.registerMetric({ ...family, get } as unknown as Metric)
  }
  return registry
}

function families({ timings, release, ...more }: MetricsOptions): Family[] {
  const { counters = (): Record<string, EntityCounters> => ({}), memcached = () => [], pools = () => [] } = more
  const counter = (name: string, help: string, read: Family['read']): Family => ({ name, help, type: 'counter', read })
  const gauge = (name: string, help: string, read: Family['read']): Family => ({ name, help, type: 'gauge', read })
  const ofEntities = (field: keyof EntityCounters) => () =>
    Object.entries(counters()).map(([entity, counts]) => ({ labels: { entity }, value: counts[field] }))
  const ofPools = (field: 'open' | 'idle' | 'waiting' | 'most') => () =>
    pools().map((pool) => ({ labels: { pool: pool.name }, value: pool[field] }))
  const counted = (name: string) => () => [{ value: timings.counts().get(name) ?? 0 }]
  return [
    gauge('firstframe_release_info', 'The build that answers.', () => [{ labels: { release: release() }, value: 1 }]),
    {
      name: 'http_request_duration_seconds',
      type: 'histogram',
      help: 'Time to the first byte, by route and class of status; 4xx includes callers who hung up.',
      read: () => [...durations(timings)],
    },
    {
      name: 'firstframe_layer_duration_seconds',
      type: 'summary',
      help: "Time of a layer alone (outer and controller whole), as /__timing__ shows it; quantiles since the process's start.",
      read: () => [...layers(timings, 'layers', 'layer')],
    },
    {
      name: 'firstframe_browser_milliseconds',
      type: 'summary',
      help: 'What browsers reported; CLS has no unit.',
      read: () => [...layers(timings, 'browser', 'figure')],
    },
    counter('http_request_failures_total', 'Answers of 500 and above, and callers who hung up.', () =>
      timings.routes().map(({ route, errors }) => ({ labels: { route }, value: errors })),
    ),
    counter('firstframe_cache_hits_total', 'Found in the shared cache.', ofEntities('hits')),
    counter('firstframe_cache_local_hits_total', 'Found in this process.', ofEntities('localHits')),
    counter('firstframe_cache_misses_total', 'Not in the cache.', ofEntities('misses')),
    counter('firstframe_cache_fills_total', 'Stored after being read from the database.', ofEntities('fills')),
    counter('firstframe_cache_refused_fills_total', 'Fills refused: a write came between.', ofEntities('refusedFills')),
    counter('firstframe_write_conflicts_total', 'Versioned writes that matched no row.', ofEntities('conflicts')),
    gauge('firstframe_memcached_up', 'Whether a memcached is in use.', () =>
      memcached().map(({ server, up }) => ({ labels: { server }, value: up ? 1 : 0 })),
    ),
    counter('firstframe_memcached_commands_total', 'Sent to a memcached.', () =>
      memcached().map(({ server, commands }) => ({ labels: { server }, value: commands })),
    ),
    counter('firstframe_memcached_failures_total', 'Commands without an answer, by why.', () =>
      memcached().flatMap(({ server, failures }) =>
        Object.entries(failures).map(([why, value]) => ({ labels: { server, why }, value })),
      ),
    ),
    counter('firstframe_statements_total', 'Statements to the database.', counted('statements')),
    counter('firstframe_transactions_total', 'Transactions begun.', counted('transactions')),
    gauge('firstframe_pool_open_connections', 'Connections to the database.', ofPools('open')),
    gauge('firstframe_pool_idle_connections', 'Connections to the database that nobody uses.', ofPools('idle')),
    gauge('firstframe_pool_waiting', 'Callers who wait for a connection.', ofPools('waiting')),
    gauge('firstframe_pool_max_connections', 'Connections there may be.', ofPools('most')),
    gauge('firstframe_live_streams', 'Players who listen to their news.', () => single(more.streams)),
    gauge('http_open_connections', 'Connections to this server.', () => single(more.connections)),
    counter('firstframe_events_accepted_total', 'Events taken.', counted('events')),
    counter('firstframe_events_dropped_total', 'Events lost.', () => single(more.lostEvents)),
  ]
}

/** What nobody tells has no sample. */
const single = async (read: (() => number | Promise<number>) | undefined): Promise<Sample[]> =>
  read ? [{ value: await read() }] : []

function* durations(timings: Timings): Generator<Sample> {
  const name = 'http_request_duration_seconds'
  for (const { route, statuses } of timings.routes())
    for (const [status, histogram] of statuses) {
      const labels = { route, status }
      const bucket = (le: string, value: number) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value })
      for (const bound of BOUNDS) yield bucket(String(seconds(bound)), histogram.below(bound))
      yield bucket('+Inf', histogram.count)
      yield { metricName: `${name}_sum`, labels, value: seconds(histogram.sum) }
      yield { metricName: `${name}_count`, labels, value: histogram.count }
    }
}

function* layers(timings: Timings, of: 'layers' | 'browser', label: string): Generator<Sample> {
  const name = of === 'layers' ? 'firstframe_layer_duration_seconds' : 'firstframe_browser_milliseconds'
  const unit = of === 'layers' ? seconds : (value: number) => value
  for (const timed of timings.routes())
    for (const [layer, histogram] of timed[of]) {
      const labels = { route: timed.route, [label]: layer }
      for (const share of SHARES)
        yield { labels: { ...labels, quantile: String(share) }, value: unit(histogram.percentile(share)) }
      yield { metricName: `${name}_sum`, labels, value: unit(histogram.sum) }
      yield { metricName: `${name}_count`, labels, value: histogram.count }
    }
}

/** Without the tails that dividing leaves. */
const seconds = (milliseconds: number): number => Number((milliseconds / 1000).toPrecision(12))
