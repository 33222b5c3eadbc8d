import type { Retainers, TypeSize } from '../../memory/heapgraph.ts'
import { growth, type Look, type Memory, type MemoryPoint } from '../../memory/memory.ts'
import { html, type Html } from '../../middleware/html.ts'

export interface Shown {
  memory: Memory
  now: Look | undefined
  /** Compared with. */
  before: Look | undefined
  held: { type: string; at: number; ways: Retainers[] } | undefined
}

/** Types shown; the rest is in the JSON. */
const ROWS = 120
/** Of the chart, in its own units. */
const WIDTH = 1000
const HEIGHT = 220

export function memoryView({ memory, now, before, held }: Shown): Html {
  const last = memory.points.at(-1)
  return html`<h1>Memory</h1>
<p>This process alone, a point every ten seconds. <a href="/__memory__">Refresh</a> · <a href="/__memory__?format=json">JSON</a> · <a download href="/__memory__?format=heapsnapshot">Snapshot for Chrome</a> (it holds all that the process knows, secrets too)</p>
${
  last &&
  html`<ul class="figures">${figure(last.resident, 'resident')}${figure(last.heap, 'objects')}${figure(last.room, 'room for them')}${figure(last.external, 'buffers and the like')}${figure(memory.limit, 'at most')}</ul>`
}
${memory.points.length > 1 && chart(memory.points)}
<form method="post" class="controls"><div><button name="action" value="look">Look into it</button><span>Counts every object. The process stands still meanwhile: about a second in 100 MiB.</span></div></form>
${held && holders(held)}
${now && types({ memory, now, before })}`
}

const figure = (bytes: number, name: string): Html => html`<li><b>${size(bytes)}</b><span>${name}</span></li>`

const LINES = [
  { name: 'resident', className: 'm1', value: ({ resident }: MemoryPoint) => resident },
  { name: 'room', className: 'm2', value: ({ room }: MemoryPoint) => room },
  { name: 'objects', className: 'm3', value: ({ heap }: MemoryPoint) => heap },
] as const

function chart(points: readonly MemoryPoint[]): Html {
  const most = Math.max(...points.map(({ resident }) => resident)) * 1.1
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1]
  const at = (point: MemoryPoint, value: number) =>
    `${(((point.at - first) / (last - first || 1)) * WIDTH).toFixed(1)},${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`
  return html`<article class="wide"><p>${LINES.map(({ name, className }) => html`<span class="key ${className}"></span>${name}`)} · ${minutes(last - first)}, up to ${size(most)}</p>
<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Memory over time">${LINES.map(({ className, value }) => html`<polyline class="${className}" points="${points.map((point) => at(point, value(point))).join(' ')}"/>`)}</svg></article>`
}

function types({ memory, now, before }: { memory: Memory; now: Look; before: Look | undefined }): Html {
  const rows: readonly (TypeSize & { more?: number; grown?: number })[] = before ? growth(before, now) : now.types
  const others = memory.looks.filter((look) => look !== now)
  const sum = now.types.reduce((total, one) => total + one.size, 0)
  return html`<nav class="tabs"><span>At ${now.name}: ${size(sum)} in objects.${before ? html` What grew since ${others.map(({ name }) => html` <a ${name === before.name && html`aria-current="page"`} href="/__memory__?since=${encodeURIComponent(name)}">${name}</a>`)}` : ' Look again later to see what grew.'}</span></nav>
<article class="wide"><form method="post"><input type="hidden" name="action" value="retainers"><table class="functions"><thead><tr><th scope="col">type</th><th scope="col">count</th><th scope="col">size</th>${before && html`<th scope="col">more</th><th scope="col">grown</th>`}<th scope="col"><span class="sr">Held by</span></th></tr></thead>
<tbody>${rows.slice(0, ROWS).map((row) => html`<tr><th scope="row">${row.type}</th><td>${row.count}</td><td>${size(row.size)}</td>${row.grown !== undefined && html`<td class="${(row.more ?? 0) > 0 ? 'bad' : ''}">${signed(row.more ?? 0, String)}</td><td class="${row.grown > 0 ? 'bad' : ''}">${signed(row.grown, size)}</td>`}<td><button class="calm small" name="type" value="${row.type}">Held by</button></td></tr>`)}</tbody></table></form></article>`
}

function holders({ type, at, ways }: NonNullable<Shown['held']>): Html {
  return html`<article class="wide" id="held"><header><h2>Who holds ${type}</h2><span>${new Date(at).toISOString().slice(11, 19)}, the shortest way from each to the root</span></header>
${ways.length === 0 ? html`<p>Nobody: there is none.</p>` : html`<ol class="ways">${ways.map(({ path, count, size: bytes }) => html`<li><b>${count}</b> <span>${size(bytes)}</span> ${path.map((step, index) => html`${index > 0 && ' ← '}<code>${step}</code>`)}</li>`)}</ol>`}</article>`
}

const signed = (value: number, say: (value: number) => string): string =>
  value === 0 ? '0' : `${value > 0 ? '+' : '−'}${say(Math.abs(value))}`

/** `512 B`, `1.4 KiB`, `37.2 MiB` */
function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [amount, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB']
  return `${amount >= 100 ? amount.toFixed(0) : amount.toFixed(1)} ${unit}`
}

const minutes = (ms: number): string => (ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
