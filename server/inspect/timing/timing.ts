import { type RequestHandler, Router } from 'express'
import type { ServerReport } from '../../cache/server.ts'
import type { Histogram } from '../../middleware/histogram.ts'
import { type Content, html, type Html } from '../../middleware/html.ts'
import type { RouteTimings, Timings } from '../../middleware/timings.ts'
import type { EntityCounters } from '../../store/counters.ts'
import { send } from '../../middleware/encode.ts'
import { cacheTables } from './cache.ts'
import { type RouteChange, changesOf } from './changes.ts'
import { changesView, CHANGES_STYLE } from './changesView.ts'
import { document } from '../document.ts'
import { REFRESH } from './refresh.ts'
import type { Releases } from './releases.ts'

export interface TimingPageOptions {
  timings: Timings
  /** Names the build. */
  release: () => string
  /** The counts of each entity and list. */
  counters?: () => Record<string, EntityCounters>
  /** How each memcached stands. Default: there is none. */
  memcached?: () => ServerReport[]
  /** What this release and those before it counted. Default: nobody keeps it. */
  releases?: Pick<Releases, 'current' | 'earlier'> | undefined
}

/** One histogram in numbers: milliseconds (CLS has no unit). */
export interface Figures {
  count: number
  p50: number
  p95: number
  p99: number
}

/** What `/__timing__` answers as JSON. */
export interface TimingReport {
  release: string
  /** Start of the counting, ISO 8601. */
  since: string
  seconds: number
  count: number
  errors: number
  /** Requests a second, over the last minute. */
  perSecond: number
  counts: Record<string, number>
  /** What the cache did for each entity and list. */
  entities: Record<string, EntityCounters>
  /** Empty where the cache is in the process. */
  memcached: ServerReport[]
  routes: {
    route: string
    count: number
    errors: number
    /** Requests a second, over the last minute. */
    perSecond: number
    /** Empty where no balancer tells. */
    balancer: Record<string, Figures>
    layers: Record<string, Figures>
    browser: Record<string, Figures>
  }[]
  /** This release beside the one before, route by route; empty where nobody keeps them or this is the first. */
  changes: RouteChange[]
}

/**
 * `/__timing__`: where the time goes, by route and layer, from the server's first line to the browser's paint. A page, or JSON by
 * `Accept: application/json` or `?format=json`. Stands behind {@link access}.
 */
export function timingPage(options: TimingPageOptions): Router {
  const router = Router()
  const answer: RequestHandler = (req, res) => {
    req.timing.controller = 'inspect'
    const report = read(options)
    res.vary('Accept')
    if (req.query['format'] === 'json' || req.accepts(['html', 'json']) === 'json') {
      res.setHeader('Cache-Control', 'no-store')
      send(req, res, JSON.stringify(report, null, 2), 'application/json')
    } else document(req, res, { title: 'Timing', body: view(report), style: CHANGES_STYLE, script: REFRESH })
  }
  router.get('/__timing__', answer)
  return router
}

function read({ timings, release, counters, memcached, releases }: TimingPageOptions): TimingReport {
  const now = Date.now()
  const seconds = Math.max(1, (now - timings.since) / 1000)
  const routes = timings.routes().map((route) => describe(route, now))
  const earlier = releases?.earlier() ?? []
  return {
    release: release(),
    since: new Date(timings.since).toISOString(),
    seconds: Math.round(seconds),
    count: routes.reduce((sum, { count }) => sum + count, 0),
    errors: routes.reduce((sum, { errors }) => sum + errors, 0),
    counts: Object.fromEntries(timings.counts()),
    entities: counters?.() ?? {},
    memcached: memcached?.() ?? [],
    perSecond: routes.reduce((sum, { perSecond }) => sum + perSecond, 0),
    routes,
    changes: releases && earlier.length > 0 ? changesOf(releases.current(), earlier) : [],
  }
}

const describe = (
  { route, count, errors, recent, balancer, layers, browser }: RouteTimings,
  now: number,
): TimingReport['routes'][number] => ({
  route,
  count,
  errors,
  perSecond: recent.perSecond(now),
  balancer: figures(balancer),
  layers: figures(layers),
  browser: figures(browser),
})

function figures(histograms: ReadonlyMap<string, Histogram>): Record<string, Figures> {
  return Object.fromEntries(
    Array.from(histograms, ([name, histogram]) => [
      name,
      {
        count: histogram.count,
        p50: histogram.percentile(0.5),
        p95: histogram.percentile(0.95),
        p99: histogram.percentile(0.99),
      },
    ]),
  )
}

function view(report: TimingReport): Html {
  const figure = (value: Content, name: string, bad = false) =>
    html`<li class="${bad ? 'bad' : ''}"><b>${value}</b><span>${name}</span></li>`
  return html`<h1>Timing</h1>
<p>Release ${report.release}, this process since ${report.since.slice(0, 19).replace('T', ' ')} UTC. <a href="/__timing__/requests">Requests and visits, one by one</a> · <a href="/__timing__?format=json">JSON</a></p>
<ul class="figures">${figure(report.count, 'answers')}${figure(report.perSecond.toFixed(2), 'a second, last minute')}${figure(report.errors, 'failed', report.errors > 0)}${Object.entries(report.counts).map(([name, count]) => figure(count, name))}</ul>
${changesView(report.changes)}
<p>Milliseconds to the first byte; an inner layer without what it waited for.<span class="key p50"></span>half are faster<span class="key p95"></span>95 %<span class="key p99"></span>99 %</p>
<div class="routes">${report.routes.map(card)}</div>
${cacheTables(report)}`
}

function card({ route, count, errors, perSecond, balancer, layers, browser }: TimingReport['routes'][number]): Html {
  return html`<article><header><h2>${route}</h2><span>${count} · ${perSecond.toFixed(2)} a second${
    errors > 0 && html` · <b class="bad">${errors} failed (${((errors / count) * 100).toFixed(1)} %)</b>`
  }</span></header>${table('Balancer', balancer)}${table('Server', layers)}${table('Browser', browser)}</article>`
}

function table(caption: string, rows: Record<string, Figures>): Content {
  const entries = Object.entries(rows)
  const most = Math.max(...entries.filter(([name]) => name !== 'CLS').map(([, { p99 }]) => p99))
  return (
    entries.length > 0 &&
    html`<table><caption>${caption}</caption><thead><tr><th scope="col">layer</th><th></th><th scope="col">p50</th><th scope="col">p95</th><th scope="col">p99</th></tr></thead><tbody>${entries.map(
      ([name, row]) =>
        html`<tr><th scope="row">${name}</th><td class="bar">${name !== 'CLS' && bars(row, most)}</td><td>${shown(row.p50)}</td><td>${shown(row.p95)}</td><td>${shown(row.p99)}</td></tr>`,
    )}</tbody></table>`
  )
}

/** Widths are attributes of SVG's: the policy forbids styles in attributes. */
function bars(row: Figures, most: number): Html {
  const bar = (share: 'p99' | 'p95' | 'p50') =>
    html`<rect class="${share}" height="10" width="${((row[share] / (most || 1)) * 100).toFixed(2)}"/>`
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${bar('p99')}${bar('p95')}${bar('p50')}</svg>`
}

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
