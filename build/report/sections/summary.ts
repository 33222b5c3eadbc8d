import { msOfBytes } from '../../doctor/line.ts'
import { bytesText, count, msText, sum } from '../../doctor/words.ts'
import { GROUPS, isSent, sentBytes, type BuildReport, type Group } from '../data.ts'
import { html, type Html } from '../html.ts'

interface Part {
  group: Group
  before: number
  after: number
}

/** What became of what, in a sentence and two bars on one scale. */
export function summary(report: BuildReport): Html {
  const { release, seconds, encodes, spans } = report
  const sent = report.pictures.filter(isSent)
  const before = sum(sent, (picture) => picture.before)
  const after = sum(sent, (picture) => picture.after)
  const parts = partsOf(report)
  const most = Math.max(
    1,
    sum(parts, (part) => part.before),
    sum(parts, (part) => part.after),
  )
  return html`<header>
<p class="mark"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 3h14v10H1z" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M4 5.5v5l4-2.5z" fill="currentColor"/></svg> firstframe <span>release ${release}</span></p>
<h1>${
    before > 0
      ? html`${bytesText(before)} of pictures, sent as <em>${bytesText(after)}</em>`
      : html`${bytesText(sum(report.files, sentBytes))} on the wire`
  }</h1>
<p class="lead">${
    before > after && html`${msText(msOfBytes(before - after))} less on a line of 1.6 Mbps. `
  }Built in ${msText(seconds * 1000)}, ${encodes === 0 ? 'nothing encoded anew' : html`${count(encodes, 'encoding')} made`}.</p>
<div class="scale">
${stack('Sources', parts, (part) => part.before, most)}
${stack('Sent', parts, (part) => part.after, most)}
</div>
<ul class="legend">${parts.map(
    ({ group, before, after }) =>
      html`<li><i data-group="${group}"></i>${group} <b>${before === after ? bytesText(after) : html`${bytesText(before)} → ${bytesText(after)}`}</b></li>`,
  )}</ul>
${
  spans.length > 0 &&
  html`<details><summary>Where the ${msText(seconds * 1000)} went</summary><table class="plain"><tbody>${spans.map(
    ({ what, ms }) => html`<tr><td>${what}</td><td class="number">${msText(ms)}</td></tr>`,
  )}</tbody></table></details>`
}
</header>`
}

/** Pictures count once each, before as their sources and after as the best of them; all else as it lies there and as it is sent. */
function partsOf({ pictures, files }: BuildReport): Part[] {
  const sent = pictures.filter(isSent)
  return GROUPS.flatMap((group): Part[] => {
    const own = files.filter((file) => file.group === group)
    const isPictures = group === 'pictures' && sent.length > 0
    const before = isPictures ? sum(sent, ({ before }) => before) : sum(own, ({ bytes }) => bytes)
    const after = isPictures ? sum(sent, ({ after }) => after) : sum(own, sentBytes)
    return before > 0 ? [{ group, before, after }] : []
  }).toSorted((a, b) => b.before - a.before)
}

const stack = (name: string, parts: readonly Part[], of: (part: Part) => number, most: number): Html => {
  const bytes = sum(parts, of)
  return html`<p><span>${name}</span><span class="stack" style="--of:${(bytes / most) * 100}">${parts.map(
    (part) =>
      html`<i data-group="${part.group}" style="flex-grow:${of(part)}" title="${part.group} ${bytesText(of(part))}"></i>`,
  )}</span><b>${bytesText(bytes)}</b></p>`
}
