import type { Document } from '../../../server/wire/manifest.ts'
import { playOut, type Bar } from '../../doctor/timeline.ts'
import { bytesText, msText } from '../../doctor/words.ts'
import { groupOf, sentBytes, type BuildReport, type FileRow } from '../data.ts'
import { html, type Html } from '../html.ts'

/** Documents that are drawn at once; the others behind a line. */
const SHOWN = 3
const TICKS = [100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000]

/** For each document, how it and what it needs arrive on the reference line, and when it can be painted. */
export function firstPaint({ documents, files }: BuildReport): Html | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const drawn = Object.entries(documents).map(([name, document]) => draw(name, document, byPath))
  if (drawn.length === 0) return undefined
  const rest = drawn.slice(SHOWN)
  return html`<section id="paint">
<h2>What the first paint waits for</h2>
<p class="note">Each document and what its head names, played out on the reference line. Pale is waiting, full is arriving.</p>
${drawn.slice(0, SHOWN)}
${rest.length > 0 && html`<details><summary>${rest.length} more</summary>${rest}</details>`}
</section>`
}

function draw(name: string, { blocking, preloads }: Document, files: ReadonlyMap<string, FileRow>): Html {
  const bytesOf = (file: string): number => {
    const row = files.get(file)
    return row ? sentBytes(row) : 0
  }
  const wanted = [...new Set([...blocking, ...preloads.map(({ file }) => file)])]
  const bars = playOut(
    { file: name, bytes: bytesOf(name) },
    wanted.map((file) => ({ file, bytes: bytesOf(file) })),
  )
  const isHolding = ({ file }: Bar): boolean => file === name || blocking.includes(file)
  const paint = Math.max(...bars.filter(isHolding).map(({ end }) => end))
  const last = Math.max(...bars.map(({ end }) => end))
  const tick = TICKS.find((step) => last / step <= 6) ?? last
  const span = Math.ceil((last * 1.02) / tick) * tick
  const at = (ms: number): number => (ms / span) * 100
  return html`<figure class="waterfall">
<figcaption><code>${name}</code> can be painted after <b>${msText(paint)}</b>${blocking.length === 0 ? ', as soon as it is there' : ''}</figcaption>
<div class="axis" aria-hidden="true">${Array.from({ length: Math.round(span / tick) + 1 }, (_, step) => html`<span style="--at:${at(step * tick)}">${msText(step * tick)}</span>`)}</div>
<ol style="--paint:${at(paint)}">${bars.map(
    (bar) => html`<li data-group="${groupOf(bar.file)}"${isHolding(bar) && html` class="holds"`}>
<span class="name" title="${bar.file}">${bar.file.slice(bar.file.lastIndexOf('/') + 1)}</span>
<span class="track" title="asked for at ${msText(bar.start)}, first byte at ${msText(bar.first)}, there at ${msText(bar.end)}"><i class="wait" style="--from:${at(bar.start)};--to:${at(bar.first)}"></i><i style="--from:${at(bar.first)};--to:${at(bar.end)}"></i></span>
<span class="number">${bytesText(bytesOf(bar.file))}</span></li>`,
  )}</ol>
</figure>`
}
