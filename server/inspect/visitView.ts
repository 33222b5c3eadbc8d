import { html, type Html } from '../middleware/html.ts'
import type { Trace } from '../middleware/traces.ts'
import { axisOf } from './axis.ts'
import { clock, drawing, linkTo } from './traceView.ts'
import type { Visit } from './visits.ts'

/** One page's visit: what it was like for who made it, and each of its requests that is still kept, from the balancer to the screen. */
export function visitView(visit: Visit, requests: readonly Trace[]): Html {
  const { path, release, vitals, places, frames, pictures, fragments, since, until } = visit
  const gone = 1 + fragments.length - requests.length
  return html`<h1>Visit to ${path}</h1>
<p>Release ${release}, told between ${clock(since)} and ${clock(until)} UTC. <a href="/__timing__/requests">All requests</a> · <a href="?format=json">JSON</a></p>
<ul class="figures">${Object.entries(vitals).map(([name, value]) => html`<li><b>${value}</b><span>${name}${name !== 'CLS' && ' ms'}</span></li>`)}</ul>
${
  places.length > 0 &&
  table(
    'Places gone to',
    ['place', 'LCP', 'INP', 'CLS'],
    places.map(({ path, LCP, INP, CLS }) => [path, LCP, INP, CLS]),
  )
}${
    frames.length > 0 &&
    table(
      'Frames that took long',
      ['where', 'ms', 'blocked', 'by'],
      frames.map(({ path, duration, blocking, script }) => [path, duration, blocking, script]),
    )
  }${
    pictures.length > 0 &&
    table(
      'Pictures',
      ['lane', 'count', 'KB', 'p75 ms', 'slowest'],
      pictures.map(({ lane, count, bytes, p75, slowest }) => [lane, count, Math.round(bytes / 1024), p75, slowest]),
    )
  }
${requests.map(
  (trace) =>
    html`<h2 class="step">${linkTo(trace)}<small>${trace.method} ${trace.path} · ${clock(trace.began)}</small></h2>${drawing(axisOf(trace, []))}`,
)}
${gone > 0 && html`<p>${gone} of its requests came from a cache or are no longer kept.</p>`}`
}

type Cell = string | number | undefined

function table(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  return html`<article class="wide"><header><h2>${title}</h2></header><table class="functions"><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(
    ([name, ...values]) =>
      html`<tr><th scope="row">${name ?? ''}</th>${values.map((value) => html`<td>${value ?? '–'}</td>`)}</tr>`,
  )}</tbody></table></article>`
}
