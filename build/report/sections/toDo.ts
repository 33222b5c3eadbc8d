import { byCost, type Finding } from '../../doctor/finding.ts'
import { LINE } from '../../doctor/line.ts'
import { bytesText, msText } from '../../doctor/words.ts'
import type { BuildReport } from '../data.ts'
import { html, type Html } from '../html.ts'

/** More than these are for another day. */
const WORST = 3

/** The findings, costliest first: the worst with all there is to say, the rest behind a line. */
export function toDo({ findings }: BuildReport): Html {
  const sorted = byCost(findings)
  const most = sorted[0]?.ms ?? 0
  const rest = sorted.slice(WORST)
  const { bitsPerSecond, roundTrip, connections } = LINE
  return html`<section id="todo">
<h2>What to do next</h2>
<p class="note">Milliseconds to spare on the reference line: ${bitsPerSecond / 1e6} Mbps, ${roundTrip} ms round trip, ${connections} connections.</p>
${sorted.length === 0 ? html`<p>Nothing was found that would make it faster.</p>` : html`<ol class="findings worst">${sorted.slice(0, WORST).map((finding) => item(finding, most))}</ol>`}
${
  rest.length > 0 &&
  html`<details><summary>${rest.length} more</summary><ol class="findings" start="${WORST + 1}">${rest.map((finding) => item(finding, most))}</ol></details>`
}
</section>`
}

const item = ({ id, where, bytes, ms, what, todo }: Finding, most: number): Html => html`<li>
<p class="cost"><b>${msText(ms)}</b>${bytes > 0 && html`<span>${bytesText(bytes)}</span>`}${ms > 0 && html`<i style="--of:${(ms / most) * 100}"></i>`}</p>
<div><h3>${where === '.' ? 'The whole folder' : html`<code>${where}</code>`} <span>${id}</span></h3><p>${what}</p><p class="way">${todo}</p></div>
</li>`
