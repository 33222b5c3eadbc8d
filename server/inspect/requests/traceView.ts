import { html, type Html } from '../../middleware/html.ts'
import type { Trace } from '../../middleware/traces.ts'
import type { Axis, Bar } from './axis.ts'
import type { Visit } from './visits.ts'

/** Rows of a list. */
const ROWS = 60
/** Layers with a colour of their own; others have that of whoever measured them. */
const COLOURS: Readonly<Record<string, string>> = {
  controller: 'controller',
  session: 'session',
  store: 'store',
  'identity map': 'store',
  'local cache': 'cache',
  cache: 'cache',
  database: 'database',
  pool: 'pool',
  render: 'render',
  encode: 'encode',
  write: 'write',
  gc: 'pause',
  busy: 'pause',
}

export interface Lists {
  slow: readonly Trace[]
  recent: readonly Trace[]
  visits: readonly Visit[]
  /** Shows the requests of this route; undefined: of all but {@link QUIET}. */
  route: string | undefined
}

/** Routes that are looked at only when asked for: the inspector's own, probes, and what no controller answers, which is files. */
const QUIET = new Set(['inspect', 'health', 'outer'])

export function listView({ slow, recent, visits, route }: Lists): Html {
  const isShown = (trace: Trace) => (route === undefined ? !QUIET.has(trace.route) : trace.route === route)
  const routes = [...new Set([...slow, ...recent].map((trace) => trace.route))].toSorted()
  return html`<h1>Requests</h1>
<p>In this process.</p>
<nav class="tabs" aria-label="Routes">${tab('pages', '/__timing__/requests', route === undefined)}${routes.map((name) =>
    tab(name, `?route=${encodeURIComponent(name)}`, name === route),
  )}</nav>
${route === undefined && visitList(visits)}${list('The slowest of the hour', slow.filter(isShown))}${list('The latest', recent.filter(isShown))}`
}

const tab = (name: string, href: string, isCurrent: boolean): Html =>
  html`<a href="${href}"${isCurrent && html` aria-current="page"`}>${name}</a>`

function list(title: string, traces: readonly Trace[]): Html {
  return html`<article class="wide"><header><h2>${title}</h2></header>${
    traces.length === 0
      ? html`<p>None yet.</p>`
      : html`<table class="functions requests"><thead><tr><th scope="col">request</th><th scope="col">ms</th><th scope="col">status</th><th scope="col">SQL</th><th scope="col">at</th></tr></thead><tbody>${traces
          .slice(0, ROWS)
          .map(
            (trace) =>
              html`<tr><th scope="row">${linkTo(trace)}<small>${trace.method} ${trace.path}${toldBy(trace)}</small></th><td>${trace.took.toFixed(1)}</td><td class="${isBad(trace) ? 'bad' : ''}">${trace.state}</td><td>${trace.counts.get('statements') ?? 0}</td><td>${clock(trace.began).slice(0, 8)}</td></tr>`,
          )}</tbody></table>`
  }</article>`
}

function visitList(visits: readonly Visit[]): Html {
  return html`<article class="wide"><header><h2>The latest visits</h2><span>told by their pages when they are left</span></header>${
    visits.length === 0
      ? html`<p>None yet.</p>`
      : html`<table class="functions requests"><thead><tr><th scope="col">page</th><th scope="col">LCP</th><th scope="col">INP</th><th scope="col">parts</th><th scope="col">at</th></tr></thead><tbody>${visits
          .slice(0, ROWS)
          .map(
            ({ id, path, vitals, fragments, until }) =>
              html`<tr><th scope="row"><a href="/__timing__/visits/${encodeURIComponent(id)}">${path}</a></th><td>${vitals.LCP ?? '–'}</td><td>${vitals.INP ?? '–'}</td><td>${fragments.length}</td><td>${clock(until).slice(0, 8)}</td></tr>`,
          )}</tbody></table>`
  }</article>`
}

/** One request from left to right: what ran when, within what, on whose side of the line. @param isClose only what happened behind the line. */
export function waterfall(trace: Trace, axis: Axis, isClose: boolean): Html {
  const counts = [...trace.counts].map(([name, times]) => `${times} ${name}`).join(', ')
  const visit = trace.browser?.visit
  return html`<h1>${trace.route}</h1>
<p>${trace.method} ${trace.path}, <span class="${isBad(trace) ? 'bad' : ''}">${trace.state}</span>, ${trace.took.toFixed(2)} ms at ${clock(trace.began)} UTC${counts && `: ${counts}`}. Id ${trace.id}.</p>
<p><a href="/__timing__/requests">All requests</a>${visit !== undefined && html` · <a href="/__timing__/visits/${encodeURIComponent(visit)}">The visit</a>`} · <a href="/__log__?id=${encodeURIComponent(trace.id)}">Log</a> · <a href="?format=json">JSON</a></p>
${trace.browser && html`<nav class="tabs" aria-label="Part of it">${tab('From tap to paint', '?', !isClose)}${tab('Behind the line', '?part=server', isClose)}</nav>`}
${drawing(isClose ? behindTheLine(axis) : axis)}
<p>${missing(trace)}</p>`
}

/** Without the browser, whose times are so much longer that little is seen of the others. */
function behindTheLine({ bars, start }: Axis): Axis {
  const some = bars.filter(({ side }) => side !== 'browser')
  const least = Math.min(...some.map(({ from }) => from))
  return {
    bars: some.map((bar) => ({ ...bar, from: bar.from - least, to: bar.to - least })),
    whole: Math.max(...some.map(({ to }) => to - least), 0.01),
    start: start + least,
  }
}

/** The bars of one request, under a heading for each who measured some. */
function drawing({ bars, whole }: Axis): Html {
  const sides = Map.groupBy(bars, ({ side }) => side)
  const window = { from: 0, to: whole }
  return html`<article class="wide fall"><table class="waterfall"><thead><tr><th scope="col">layer</th>${ruler(window)}<th scope="col">ms</th></tr></thead>
${Array.from(sides, ([side, some]) => html`<tbody><tr><th scope="rowgroup" colspan="3">${TITLES[side]}</th></tr>${some.map((bar) => line(bar, window))}</tbody>`)}</table></article>`
}

const TITLES: Readonly<Record<Bar['side'], string>> = {
  balancer: 'Load balancer',
  server: 'Server',
  browser: 'Browser',
}

function line({ side, layer, from, to, depth, detail, outcome }: Bar, window: Span): Html {
  const words = [detail && short(detail), outcome].filter(Boolean).join(' · ')
  return html`<tr><th scope="row" class="d${Math.min(depth, 8)}">${layer}${words && html`<small title="${detail}">${words}</small>`}</th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="grid" d="M25 0V10M50 0V10M75 0V10"/>${rectangle(COLOURS[layer] ?? side, { from, to }, window)}</svg></td><td>${side === 'server' ? (to - from).toFixed(2) : Math.round(to - from)}</td></tr>`
}

/** Milliseconds on an axis. */
export interface Span {
  from: number
  to: number
}

/** A bar; one of no length is a hair. */
export function rectangle(colour: string, { from, to }: Span, window: Span): Html {
  const whole = window.to - window.from
  const share = (value: number) => ((value / whole) * 100).toFixed(2)
  const x = Math.min(from - window.from, whole * 0.996)
  return html`<rect class="l-${colour}" x="${share(x)}" width="${share(Math.max(to - from, whole / 250))}" height="10"/>`
}

/** The head of the column of bars. */
export const ruler = ({ from, to }: Span): Html =>
  html`<th scope="col"><span class="ruler"><span>${shown(from)}</span><span>${shown((from + to) / 2)}</span><span>${shown(to)} ms</span></span></th>`

/** Who has not told their part, and why that may be. */
function missing({ balancer, browser }: Trace): string {
  const theirs = [
    balancer ? '' : 'The load balancer told nothing: there is none, or its log does not come here (BALANCER_LOG).',
    browser ? '' : 'The browser tells its part of a page, or of parts of one, when that page is left.',
    (balancer ?? browser)
      ? 'Clocks differ: where one side’s time lies within another’s, half of what is left over counts as the way there. Balancer and browser tell whole milliseconds.'
      : '',
  ]
  return theirs.filter(Boolean).join(' ')
}

export const linkTo = ({ id, route }: Trace): Html =>
  html`<a href="/__timing__/requests/${encodeURIComponent(id)}">${route}</a>`

const toldBy = ({ balancer, browser }: Trace): string =>
  [balancer && ' · balancer', browser && ' · browser'].filter(Boolean).join('')

/** Lists of columns and of places for values say nothing that a person looks for. */
const short = (statement: string): string => statement.replaceAll(/\([^()]{50,}\)/g, '(…)').slice(0, 200)

const shown = (value: number): string => (value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(1))
const isBad = ({ state }: Trace): boolean => /^[45]/.test(state)
/** `14:10:50.123` */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)

export const TRACE_STYLE = `p{overflow-wrap:anywhere}
.l-server{fill:#7c89b5}.l-balancer{fill:#6fb7e8}.l-browser{fill:#8fe388}
.key.l-browser{background:#8fe388}.key.l-balancer{background:#6fb7e8}.key.l-database{background:#ff9a3d}.legend{margin:.6rem 0 0;font-size:.87rem}.legend .key:first-child{margin-left:0}
.fall{padding:.6rem 1rem 1rem}.fall tbody th[scope=rowgroup]{color:#b9b6c9;padding-top:.9rem;font-size:.8rem;letter-spacing:.04em}
.fall .grid{stroke:#2b3060;stroke-width:1;fill:none;vector-effect:non-scaling-stroke}
.fall .waterfall{table-layout:fixed}.fall td.bar{width:auto;padding-left:.8rem}.fall thead th:first-child{width:21rem}.fall thead th:last-child{width:4.5rem}
.fall+p{margin-top:.8rem}
.ruler{display:flex;justify-content:space-between;padding-left:.2rem;font-weight:400}
@media(max-width:48rem){.requests th[scope=row]{min-width:0}.requests tr>:last-child{display:none}.fall{padding:.4rem .8rem .8rem}
.fall tr{display:grid;grid-template-columns:1fr auto;padding:.2rem 0}.fall tr>:nth-child(2):not(:last-child){grid-row:2;grid-column:1/3;padding:.1rem 0 0}
.fall thead th:not(:nth-child(2)){display:none}.fall th[scope=row]{max-width:none}.fall td:last-child{padding-top:.15rem}}`
