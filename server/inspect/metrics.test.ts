import { expect, test } from 'vitest'
import { errors, notFound } from '../middleware/errors.ts'
import { headers } from '../middleware/headers.ts'
import { body } from '../middleware/limits.ts'
import { answerPlain, app, listen } from '../middleware/testing.ts'
import { controller } from '../middleware/timing.ts'
import { Timings } from '../middleware/timings.ts'
import { createCounters } from '../store/counters.ts'
import { access, type AccessOptions } from './access.ts'
import { metricsPage, type MetricsOptions } from './metrics.ts'
import { timingPage, type TimingReport } from './timing/timing.ts'

const TOKEN = 'a-token-of-some-length'

function site(options: Partial<MetricsOptions> = {}, accessOptions: Partial<AccessOptions> = {}) {
  const timings = new Timings()
  const site = app({ lines: [], timings })
  const release = () => 'r"1"\n'
  site.use(headers(), body())
  site.use(access({ token: '', development: true, ...accessOptions }))
  site.use(metricsPage({ timings, release, ...options }), timingPage({ timings, release, ...options }))
  site.get('/battle', controller(), (req, res) => {
    req.timing.controller = 'battle'
    req.timing.count('events', 3)
    req.timing.span('render', () => {})
    res.status(Number(req.query['status'] ?? 200)).end()
  })
  site.use(notFound(), errors(answerPlain))
  return { site, timings }
}

interface Family {
  type: string
  help: string
  samples: { name: string; labels: Record<string, string>; value: number }[]
}

const SUFFIXES: Record<string, string[]> = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] }

/** Reads the text format as its description has it, and throws at the first thing that is not in it. */
function parse(text: string): Map<string, Family> {
  expect(text.endsWith('\n')).toBe(true)
  const families = new Map<string, Family>()
  const series = new Set<string>()
  let current: { name: string; family: Family } | undefined
  let help: [name: string, words: string] | undefined
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') help = [name, rest]
    else if (kind === 'TYPE') {
      if (families.has(name)) throw new Error(`twice: ${line}`)
      if (!/^(?:counter|gauge|histogram|summary)$/.test(rest) || help?.[0] !== name) throw new Error(`odd: ${line}`)
      current = { name, family: { type: rest, help: help[1], samples: [] } }
      families.set(name, current.family)
    } else {
      const found = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line)
      if (!found || !current) throw new Error(`no sample: ${line}`)
      const [, sample = '', labelText = '', value = ''] = found
      const suffixes = SUFFIXES[current.family.type] ?? ['']
      if (!suffixes.some((suffix) => sample === current?.name + suffix)) throw new Error(`not of its family: ${line}`)
      if (!/^(?:[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|Inf)|Nan)$/.test(value)) throw new Error(`no number: ${line}`)
      if (series.has(`${sample}{${labelText}`)) throw new Error(`twice: ${line}`)
      series.add(`${sample}{${labelText}`)
      const labels = Object.fromEntries(
        Array.from(labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, key = '', text = '']) => [key, text]),
      )
      current.family.samples.push({ name: sample, labels, value: Number(value) })
    }
  }
  return families
}

const samples = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  (families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? families.get(name))?.samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  ) ?? []

test('every line is of the text format, and the numbers are those of /__timing__', async () => {
  const counters = createCounters()
  Object.assign(counters.of('player'), { hits: 7, misses: 2, fills: 2, conflicts: 1 })
  const { site: here, timings } = site({
    counters: () => counters.snapshot(),
    pools: () => [{ name: 'read', open: 3, idle: 1, most: 5, waiting: 2 }],
    streams: () => 4,
    connections: () => Promise.resolve(1),
    lostEvents: () => 6,
  })
  await using server = await listen(here)
  for (const status of [200, 200, 303, 500]) await server.ask(`/battle?status=${status}`)
  await expect.poll(() => timings.routes()[0]?.count).toBe(4)
  timings.reported('/battle', [['LCP', 812]])
  const report = JSON.parse((await server.ask('/__timing__?format=json')).text) as TimingReport
  const { status, text, headers } = await server.ask('/metrics')
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const families = parse(text)

  const battle = report.routes.find(({ route }) => route === 'battle')
  const counts = samples(families, 'http_request_duration_seconds_count', { route: 'battle' })
  expect(counts.map(({ labels, value }) => [labels['status'], value])).toEqual([
    ['2xx', 2],
    ['3xx', 1],
    ['5xx', 1],
  ])
  expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(battle?.count)
  for (const [quantile, name] of [
    ['0.5', 'p50'],
    ['0.95', 'p95'],
    ['0.99', 'p99'],
  ] as const)
    for (const layer of ['outer', 'controller', 'render']) {
      const [sample] = samples(families, 'firstframe_layer_duration_seconds', { route: 'battle', layer, quantile })
      expect((sample?.value ?? Number.NaN) * 1000).toBeCloseTo(battle?.layers[layer]?.[name] ?? Number.NaN, 9)
    }
  const value = (name: string, labels = {}) => samples(families, name, labels).map((sample) => sample.value)
  expect(value('http_request_failures_total', { route: 'battle' })).toEqual([1])
  expect(value('firstframe_cache_hits_total', { entity: 'player' })).toEqual([7])
  expect(value('firstframe_write_conflicts_total')).toEqual([1])
  expect(value('firstframe_pool_waiting', { pool: 'read' })).toEqual([2])
  expect(value('firstframe_events_accepted_total')).toEqual([12])
  expect(value('firstframe_events_dropped_total')).toEqual([6])
  expect(value('firstframe_live_streams')).toEqual([4])
  expect(value('firstframe_browser_milliseconds_sum', { figure: 'LCP' })).toEqual([812])
  expect(value('firstframe_release_info', { release: String.raw`r\"1\"\n` })).toEqual([1])
  for (const name of ['nodejs_eventloop_lag_seconds', 'nodejs_gc_duration_seconds', 'process_resident_memory_bytes'])
    expect(families.has(name)).toBe(true)
})

test('a histogram’s buckets never fall, and the last holds all', async () => {
  const { site: here, timings } = site()
  for (const took of [0.01, 0.128, 0.2, 3, 700, 200_000]) timings.record('odd', [['outer', took]], false)
  await using server = await listen(here)
  const families = parse((await server.ask('/metrics')).text)
  const buckets = samples(families, 'http_request_duration_seconds_bucket', { route: 'odd' })
  const values = buckets.map(({ value }) => value)
  expect(values).toEqual(values.toSorted((a, b) => a - b))
  expect(
    buckets
      .map(({ labels, value }) => [labels['le'], value])
      .filter(([le]) => /^(?:0.000128|0.000256|0.004096|\+Inf)$/.test(String(le))),
  ).toEqual([
    ['0.000128', 1],
    ['0.000256', 3],
    ['0.004096', 4],
    ['+Inf', 6],
  ])
})

test('elsewhere it is there for who brings the token as Prometheus does', async () => {
  await using server = await listen(site({}, { token: TOKEN, development: false }).site)
  const ask = async (headers: Record<string, string>) => (await server.ask('/metrics', { headers })).status
  expect(await ask({})).toBe(404)
  expect(await ask({ Authorization: 'Bearer wrong' })).toBe(404)
  expect(await ask({ Authorization: `Basic ${TOKEN}` })).toBe(404)
  expect(await ask({ Authorization: `Bearer ${TOKEN}` })).toBe(200)
})
