import { count } from '../../doctor/words.ts'
import type { BuildReport } from '../data.ts'
import { html, type Html } from '../html.ts'

/** Pictures that are not what they should be, and those whose best encoding is still to come. */
export function warnings({ pictures }: BuildReport): Html | undefined {
  const odd = pictures.filter(({ warning }) => warning !== undefined)
  const pending = pictures.filter((picture) => picture.pending)
  if (odd.length + pending.length === 0) return undefined
  return html`<section class="warnings" aria-label="Warnings">
${
  odd.length > 0 &&
  html`<h2>${count(odd.length, 'picture')} to look at</h2><ul>${odd.map(
    ({ name, warning }) => html`<li><code>${name}</code> ${warning}</li>`,
  )}</ul>`
}
${
  pending.length > 0 &&
  html`<p>${count(pending.length, 'picture')} ${pending.length === 1 ? 'is' : 'are'} without AVIF so far: this build’s time for it was up. The next build goes on; <code>firstframe({ pictures: { avifSeconds: Infinity } })</code> waits for all.</p>`
}
</section>`
}
