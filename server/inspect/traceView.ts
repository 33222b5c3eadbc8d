import { html, type Html } from '../middleware/html.ts'
import type { Pause, Section, Trace } from '../middleware/traces.ts'

/** Rows of the list. */
const ROWS = 60
/** Layers with a colour of their own; others share one. */
const COLOURED = new Set(['controller', 'store', 'cache', 'database', 'pool', 'render', 'encode', 'session', 'write'])

export function listView({ slow, recent }: { slow: readonly Trace[]; recent: readonly Trace[] }): Html {
  return html`<h1>Requests</h1>
<p>In this process. <a href="/__timing__">Timing</a> · <a href="/__timing__/requests">Refresh</a></p>
${list('The slowest of the hour', slow)}${list('The latest', recent)}`
}

function list(title: string, traces: readonly Trace[]): Html {
  return html`<article class="wide"><header><h2>${title}</h2></header>${
    traces.length === 0
      ? html`<p>None yet.</p>`
      : html`<table class="functions"><thead><tr><th scope="col">request</th><th scope="col">ms</th><th scope="col">status</th><th scope="col">statements</th><th scope="col">at</th></tr></thead><tbody>${traces
          .slice(0, ROWS)
          .map(
            (trace) =>
              html`<tr><th scope="row"><a href="/__timing__/requests/${encodeURIComponent(trace.id)}">${trace.route}</a><small>${trace.method} ${trace.path}</small></th><td>${trace.took.toFixed(1)}</td><td class="${isBad(trace) ? 'bad' : ''}">${trace.state}</td><td>${trace.counts.get('statements') ?? 0}</td><td>${clock(trace.began)}</td></tr>`,
          )}</tbody></table>`
  }</article>`
}

/** One request from left to right: what ran when, within what, and what held the process up. */
export function waterfall(trace: Trace, pauses: readonly Pause[]): Html {
  const whole = Math.max(trace.took, trace.sent, 0.01)
  const rows: Bar[] = [
    { layer: 'outer', from: 0, to: trace.took, depth: 0, detail: 'to the first byte', outcome: '' },
    ...trace.sections.map((section) => ({ ...section, depth: section.depth + 1, to: section.to ?? trace.took })),
    { layer: 'write', from: trace.took, to: trace.sent, depth: 0, detail: 'until all of it was sent', outcome: '' },
    ...pauses.map(({ kind, from, to }) => ({
      layer: kind,
      from: Math.max(0, from - trace.began),
      to: Math.min(whole, to - trace.began),
      depth: 0,
      detail: kind === 'gc' ? 'garbage collection: nothing else ran' : 'the event loop was held: nothing else ran',
      outcome: '',
    })),
  ]
  const counts = [...trace.counts].map(([name, times]) => `${times} ${name}`).join(', ')
  return html`<h1>${trace.route}</h1>
<p>${trace.method} ${trace.path}, <span class="${isBad(trace) ? 'bad' : ''}">${trace.state}</span>, ${trace.took.toFixed(2)} ms at ${clock(trace.began)} UTC${counts && `: ${counts}`}. Id ${trace.id}. <a href="/__timing__/requests">All requests</a> · <a href="/__log__?id=${encodeURIComponent(trace.id)}">Log</a> · <a href="?format=json">JSON</a></p>
<article class="wide"><table class="waterfall"><thead><tr><th scope="col">layer</th><th scope="col">0 … ${whole.toFixed(1)} ms</th><th scope="col">ms</th></tr></thead>
<tbody>${rows.map((row) => line(row, whole))}</tbody></table></article>`
}

type Bar = Section & { to: number }

function line({ layer, from, to, depth, detail, outcome }: Bar, whole: number): Html {
  const share = (value: number) => ((value / whole) * 100).toFixed(2)
  const words = [detail && short(detail), outcome].filter(Boolean).join(' · ')
  return html`<tr><th scope="row" class="d${Math.min(depth, 8)}">${layer}${words && html`<small title="${detail ?? ''}">${words}</small>`}</th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="l-${COLOURED.has(layer) ? layer : layer === 'gc' || layer === 'busy' ? 'pause' : 'other'}" x="${share(from)}" width="${share(Math.max(to - from, whole / 500))}" height="10"/></svg></td><td>${(to - from).toFixed(2)}</td></tr>`
}

/** Lists of columns and of places for values say nothing that a person looks for. */
const short = (statement: string): string => statement.replaceAll(/\([^()]{50,}\)/g, '(…)').slice(0, 200)

const isBad = ({ state }: Trace): boolean => /^[45]/.test(state)
const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)
