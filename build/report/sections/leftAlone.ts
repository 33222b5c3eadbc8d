import { bytesText, count, sum } from '../../doctor/words.ts'
import type { BuildReport, PictureRow } from '../data.ts'
import { html, type Html } from '../html.ts'

/** Names that are listed before the rest is a number. */
const LISTED = 400

/** Pictures of which every pixel was kept, and why. */
export function keptExact({ pictures }: BuildReport): Html | undefined {
  const exact = pictures.filter(({ kind, reach }) => reach !== 'unseen' && (kind === 'data' || kind === 'pixels'))
  if (exact.length === 0) return undefined
  const byWhy = [...Map.groupBy(exact, ({ why }) => why)].toSorted(([, a], [, b]) => b.length - a.length)
  return html`<section id="exact">
<h2>Kept exact</h2>
<p class="note">${count(exact.length, 'picture')} where a changed pixel would be a changed game. Wrong about one? <code>firstframe({ pictures: { lossy: ['path/*'] } })</code>; missing one? <code>exact</code>.</p>
${byWhy.map(
  ([why, own]) =>
    html`<details><summary>${why} <span>${count(own.length, 'picture')}, ${bytesText(sum(own, ({ after }) => after))}</span></summary>${names(own)}</details>`,
)}
</section>`
}

/** Pictures in the public folder that nothing names. */
export function unseen({ pictures }: BuildReport): Html | undefined {
  const own = pictures.filter(({ reach }) => reach === 'unseen').toSorted((a, b) => b.before - a.before)
  if (own.length === 0) return undefined
  return html`<section id="unseen">
<h2>Not reached</h2>
<p class="note">${count(own.length, 'picture')} of ${bytesText(sum(own, ({ before }) => before))} in the public folder that nothing in the build names. They ship as they are. Source art belongs elsewhere; what play does ask for, list in <code>firstframe({ pictures: { include } })</code>.</p>
<details><summary>Their names</summary>${names(own)}</details>
</section>`
}

const names = (own: readonly PictureRow[]): Html =>
  html`<ul class="names">${own
    .slice(0, LISTED)
    .map(
      ({ name, before }) => html`<li><code>${name}</code> ${bytesText(before)}</li>`,
    )}${own.length > LISTED && html`<li>and ${own.length - LISTED} more</li>`}</ul>`
