import { html, type Html } from '../middleware/html.ts'
import type { Trace } from '../middleware/traces.ts'
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
}

export function listView({ slow, recent, visits }: Lists): Html {
  // What is asked while looking at it is not looked for.
  const isTheirs = ({ route }: Trace) => route !== 'inspect'
  return html`<h1>Requests</h1>
<p>In this process. <a href="/__timing__">Timing</a></p>
${list('The slowest of the hour', slow.filter(isTheirs))}${visitList(visits)}${list('The latest', recent.filter(isTheirs))}`
}

function list(title: string, traces: readonly Trace[]): Html {
  return html`<article class="wide"><header><h2>${title}</h2></header>${
    traces.length === 0
      ? html`<p>None yet.</p>`
      : html`<table class="functions"><thead><tr><th scope="col">request</th><th scope="col">ms</th><th scope="col">status</th><th scope="col">SQL</th><th scope="col">at</th></tr></thead><tbody>${traces
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
      : html`<table class="functions"><thead><tr><th scope="col">page</th><th scope="col">LCP</th><th scope="col">INP</th><th scope="col">parts</th><th scope="col">at</th></tr></thead><tbody>${visits
          .slice(0, ROWS)
          .map(
            ({ id, path, vitals, fragments, until }) =>
              html`<tr><th scope="row"><a href="/__timing__/visits/${encodeURIComponent(id)}">${path}</a></th><td>${vitals.LCP ?? '–'}</td><td>${vitals.INP ?? '–'}</td><td>${fragments.length}</td><td>${clock(until).slice(0, 8)}</td></tr>`,
          )}</tbody></table>`
  }</article>`
}

/** One request from left to right: what ran when, within what, on whose side of the line. */
export function waterfall(trace: Trace, axis: Axis): Html {
  const counts = [...trace.counts].map(([name, times]) => `${times} ${name}`).join(', ')
  const visit = trace.browser?.visit
  return html`<h1>${trace.route}</h1>
<p>${trace.method} ${trace.path}, <span class="${isBad(trace) ? 'bad' : ''}">${trace.state}</span>, ${trace.took.toFixed(2)} ms at ${clock(trace.began)} UTC${counts && `: ${counts}`}. Id ${trace.id}.</p>
<p><a href="/__timing__/requests">All requests</a>${visit !== undefined && html` · <a href="/__timing__/visits/${encodeURIComponent(visit)}">The visit</a>`} · <a href="/__log__?id=${encodeURIComponent(trace.id)}">Log</a> · <a href="?format=json">JSON</a></p>
${drawing(axis)}
<p>${missing(trace)}</p>`
}

/** The bars of one request, under a heading for each who measured some. */
export function drawing({ bars, whole }: Axis): Html {
  const sides = Map.groupBy(bars, ({ side }) => side)
  return html`<article class="wide fall"><table class="waterfall"><thead><tr><th scope="col">layer</th><th scope="col"><span class="ruler"><span>0</span><span>${shown(whole / 2)}</span><span>${shown(whole)} ms</span></span></th><th scope="col">ms</th></tr></thead>
${Array.from(sides, ([side, some]) => html`<tbody><tr><th scope="rowgroup" colspan="3">${TITLES[side]}</th></tr>${some.map((bar) => line(bar, whole))}</tbody>`)}</table></article>`
}

const TITLES: Readonly<Record<Bar['side'], string>> = {
  balancer: 'Load balancer',
  server: 'Server',
  browser: 'Browser',
}

function line({ side, layer, from, to, depth, detail, outcome }: Bar, whole: number): Html {
  const share = (value: number) => ((value / whole) * 100).toFixed(2)
  const words = [detail && short(detail), outcome].filter(Boolean).join(' · ')
  const width = share(Math.max(to - from, whole / 250))
  return html`<tr><th scope="row" class="d${Math.min(depth, 8)}">${layer}${words && html`<small title="${detail}">${words}</small>`}</th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="grid" d="M25 0V10M50 0V10M75 0V10"/><rect class="l-${COLOURS[layer] ?? side}" x="${share(Math.min(from, whole * 0.996))}" width="${width}" height="10"/></svg></td><td>${side === 'server' ? (to - from).toFixed(2) : Math.round(to - from)}</td></tr>`
}

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

const shown = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toFixed(1))
const isBad = ({ state }: Trace): boolean => /^[45]/.test(state)
/** `14:10:50.123` */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)

export const TRACE_STYLE = `.l-server{fill:#7c89b5}.l-balancer{fill:#6fb7e8}.l-browser{fill:#8fe388}
.fall{padding:.6rem 1rem 1rem}.fall tbody th[scope=rowgroup]{color:#b9b6c9;padding-top:.9rem;font-size:.8rem;letter-spacing:.04em}
.fall td.bar{padding-left:.8rem}.fall .grid{stroke:#2b3060;stroke-width:1;fill:none;vector-effect:non-scaling-stroke}
.ruler{display:flex;justify-content:space-between;padding-left:.2rem;font-weight:400}
.vitals{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin:.2rem 0 1rem;padding:0;list-style:none;color:#b9b6c9}.vitals b{color:#efe9dc}
h2.step{margin:1.8rem 0 0}h2.step small{color:#b9b6c9;font-weight:400;font-size:.85rem;margin-left:.5rem}
@media(max-width:40rem){.fall{padding:.4rem .6rem .8rem}.waterfall th[scope=row]{max-width:none;min-width:8.5rem}.waterfall .d3,.waterfall .d4,.waterfall .d5,.waterfall .d6{padding-left:1.9rem}.waterfall small{display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}}`
