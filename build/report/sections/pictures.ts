import path from 'node:path'
import { bytesText, count, sum } from '../../doctor/words.ts'
import { isSent, type BuildReport, type PictureRow } from '../data.ts'
import { hrefOf, html, percent, type Html } from '../html.ts'
import { sortable } from '../sortable.ts'

/** Pairs that are shown; the table has all. */
const PAIRS = 60
/** Beyond this the page itself would be slow. */
const ROWS = 5000

const saved = ({ before, after }: PictureRow): number => before - after

/** Before and after side by side, those first that saved most, then all of them as a table. */
export function pictures({ pictures, outDir }: BuildReport, folder: string): Html | undefined {
  const all = pictures.filter(isSent).toSorted((a, b) => saved(b) - saved(a))
  if (all.length === 0) return undefined
  const better = all.filter((picture) => saved(picture) > 0)
  const links = (picture: PictureRow): Links => ({
    source: hrefOf(folder, picture.source),
    best: hrefOf(folder, path.join(outDir, picture.file)),
  })
  return html`<section id="pictures">
<h2>Pictures, before and after</h2>
<p class="note">${count(better.length, 'picture')} of ${all.length.toLocaleString('en-US')} got smaller, by ${bytesText(sum(better, saved))}. Draw the line across a picture to compare: the source is on its left.</p>
<div class="pairs">${better.slice(0, PAIRS).map((picture) => pair(picture, links(picture)))}</div>
<details><summary>All ${count(all.length, 'picture')} as a table</summary>
${sortable({
  columns: [
    { name: 'Picture' },
    { name: 'Kind', minor: true },
    { name: 'Asked for', minor: true },
    { name: 'Pixels', numeric: true, minor: true },
    { name: 'Before', numeric: true },
    { name: 'After', numeric: true },
    { name: 'Saved', numeric: true },
    { name: 'Part', numeric: true, minor: true },
    { name: 'Likeness', numeric: true, minor: true },
  ],
  rows: all.slice(0, ROWS).map((picture) => cells(picture, links(picture))),
})}
${all.length > ROWS && html`<p class="note">${all.length - ROWS} more stand in build.json.</p>`}
</details>
</section>`
}

interface Links {
  source: string
  best: string
}

const isShown = ({ type }: PictureRow): boolean => /^image\/(?:avif|webp|png|jpeg|gif|svg\+xml)$/.test(type)

const pair = (picture: PictureRow, { source, best }: Links): Html => html`<figure class="pair">
<div class="compare${picture.alpha && ' alpha'}${picture.kind === 'pixels' && ' pixels'}" style="--ratio:${picture.width}/${picture.height}">
<img loading="lazy" decoding="async" src="${source}" alt="Source of ${picture.name}">
${isShown(picture) && html`<img loading="lazy" decoding="async" src="${best}" alt="As sent">`}
<input type="range" min="0" max="100" value="50" aria-label="Compare ${picture.name}">
</div>
<figcaption><a href="${best}" title="${picture.name}">${picture.name}</a>
<span><b>${bytesText(picture.before)} → ${bytesText(picture.after)}</b> <em>−${percent(saved(picture) / picture.before)}</em></span>
<small>${words(picture)}</small></figcaption>
</figure>`

const words = ({ kind, type, score, pending }: PictureRow): string =>
  [
    kind,
    type.replace('image/', '').toUpperCase(),
    ...(score === null ? [] : [`likeness ${score.toFixed(1)}`]),
    ...(pending ? ['AVIF to come'] : []),
  ].join(' · ')

const REACH: Record<PictureRow['reach'], string> = {
  graph: 'by import',
  named: 'by name',
  pattern: 'by pattern',
  word: 'by a word',
  unseen: 'not seen',
  art: 'by the server',
}

const cells = (picture: PictureRow, { source, best }: Links): { shown: Html | string; value: string | number }[] => {
  const { name, kind, reach, width, height, before, after, score } = picture
  return [
    { shown: html`<a href="${best}">${name}</a> <a class="source minor" href="${source}">source</a>`, value: name },
    { shown: kind, value: kind },
    { shown: REACH[reach], value: reach },
    { shown: `${width} × ${height}`, value: width * height },
    { shown: bytesText(before), value: before },
    { shown: bytesText(after), value: after },
    { shown: after < before ? bytesText(before - after) : '–', value: before - after },
    { shown: after < before ? percent(1 - after / before) : '–', value: before > 0 ? 1 - after / before : 0 },
    { shown: score === null ? '–' : score.toFixed(1), value: score ?? -1 },
  ]
}
