import { html, type Html } from '../../middleware/html.ts'
import type { Trace } from '../../middleware/traces.ts'
import { type Axis, axisOf } from './axis.ts'
import { clock, linkTo, rectangle, ruler, type Span } from './traceView.ts'
import type { Visit } from './visits.ts'

/** One page's visit: what it was like for who made it, its requests that are still kept on one axis, and all that its beacons told. */
export function visitView(visit: Visit, requests: readonly Trace[]): Html {
  const { path, release, vitals, places, frames, pictures, fragments, since, until } = visit
  const gone = 1 + fragments.length - requests.length
  return html`<h1>Visit to ${path}</h1>
<p>Release ${release}, told between ${clock(since)} and ${clock(until)} UTC. <a href="/__timing__/requests">All requests</a> · <a href="?format=json">JSON</a></p>
<ul class="figures">${Object.entries(vitals).map(([name, value]) => html`<li><b>${value}</b><span>${name}${name !== 'CLS' && ' ms'}</span></li>`)}</ul>
${requests.length > 0 && overview(requests)}
${gone > 0 && html`<p>${gone} of its requests came from a cache, or are no longer kept.</p>`}
${table(
  'Parts fetched',
  ['place', 'wait', 'transfer', 'decode', 'morph', 'paint'],
  fragments.map(({ path, wait, transfer, decode, morph, paint }) => [path, wait, transfer, decode, morph, paint]),
)}${table(
    'Places gone to',
    ['place', 'LCP', 'INP', 'CLS'],
    places.map(({ path, LCP, INP, CLS }) => [path, LCP, INP, CLS]),
  )}${table(
    'Frames that took long',
    ['where', 'ms', 'blocked', 'by'],
    frames.map(({ path, duration, blocking, script }) => [path, duration, blocking, script]),
  )}${table(
    'Pictures',
    ['lane', 'count', 'KB', 'p75 ms', 'slowest'],
    pictures.map(({ lane, count, bytes, p75, slowest }) => [lane, count, Math.round(bytes / 1024), p75, slowest]),
  )}`
}

/** Requests one under the other, each from its tap to its paint: the server's clock, which is one for all of them, tells how far apart they are. */
function overview(requests: readonly Trace[]): Html {
  const rows = requests.map((trace) => ({ trace, axis: axisOf(trace, []) }))
  const began = Math.min(...rows.map(({ trace, axis }) => trace.began + axis.start))
  const offsets = rows.map(({ trace, axis }) => ({ trace, axis, at: trace.began + axis.start - began }))
  const window = { from: 0, to: Math.max(...offsets.map(({ at, axis }) => at + axis.whole)) }
  return html`<article class="wide fall"><table class="waterfall"><thead><tr><th scope="col">request</th>${ruler(window)}<th scope="col">ms</th></tr></thead><tbody>${offsets.map(
    ({ trace, axis, at }) =>
      html`<tr><th scope="row">${linkTo(trace)}<small>${trace.method} ${trace.path} · at ${Math.round(at)} ms</small></th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="grid" d="M25 0V10M50 0V10M75 0V10"/>${sides(
        axis,
        at,
      ).map(([colour, span]) => rectangle(colour, span, window))}</svg></td><td>${Math.round(axis.whole)}</td></tr>`,
  )}</tbody></table><p class="legend"><span class="key l-browser"></span>browser<span class="key l-balancer"></span>load balancer<span class="key l-database"></span>server</p></article>`
}

/** The whole of each side, the outermost first. */
const sides = ({ bars }: Axis, at: number): [colour: string, Span][] =>
  (
    [
      ['browser', 'browser'],
      ['balancer', 'balancer'],
      ['outer', 'database'],
    ] as const
  ).flatMap(([layer, colour]) =>
    bars
      .filter((bar) => bar.depth === 0 && bar.layer === layer)
      .map(({ from, to }): [string, Span] => [colour, { from: at + from, to: at + to }]),
  )

type Cell = string | number | undefined

/** Nothing where there are no rows. */
function table(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Html | string {
  if (rows.length === 0) return ''
  return html`<article class="wide"><header><h2>${title}</h2></header><table class="functions" aria-label="${title}"><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
    ([name, ...values]) =>
      html`<tr><th scope="row">${name ?? ''}</th>${values.map((value) => html`<td>${value ?? '–'}</td>`)}</tr>`,
  )}</tbody></table></article>`
}
