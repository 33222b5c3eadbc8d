import { bytesText, count } from '../../doctor/words.ts'
import { sentBytes, type BuildReport, type FileRow } from '../data.ts'
import { html, percent, type Html } from '../html.ts'
import { sortable } from '../sortable.ts'

/** Beyond this the page itself would be slow. */
const ROWS = 5000

/** Everything that ships, as a table. */
export function allFiles({ files }: BuildReport): Html | undefined {
  const sorted = files.toSorted((a, b) => sentBytes(b) - sentBytes(a))
  if (sorted.length === 0) return undefined
  return html`<section id="files">
<h2>All files</h2>
<details><summary>${count(sorted.length, 'file')} as a table</summary>
${sortable({
  columns: [
    { name: 'File' },
    { name: 'Group', minor: true },
    { name: 'Bytes', numeric: true },
    { name: 'On the wire', numeric: true },
    { name: 'Encoding', minor: true },
  ],
  rows: sorted.slice(0, ROWS).map(cells),
})}
${sorted.length > ROWS && html`<p class="note">${sorted.length - ROWS} more stand in build.json.</p>`}
</details>
</section>`
}

const NAMES = { br: 'Brotli', zst: 'Zstandard', gz: 'gzip' } as const

function cells(file: FileRow): { shown: Html | string; value: string | number }[] {
  const sent = sentBytes(file)
  const coding = (['br', 'zst', 'gz'] as const).find((name) => file[name] === sent && sent < file.bytes)
  return [
    { shown: file.path, value: file.path },
    { shown: file.group, value: file.group },
    { shown: bytesText(file.bytes), value: file.bytes },
    { shown: bytesText(sent), value: sent },
    { shown: coding ? `${NAMES[coding]}, ${percent(sent / file.bytes)}` : '–', value: coding ?? '' },
  ]
}
