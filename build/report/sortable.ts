import { html, type Html } from './html.ts'

export interface Table {
  columns: { name: string; numeric?: true; /** Left out on a phone. */ minor?: true }[]
  /** `value` is what a column is sorted by. */
  rows: { shown: Html | string; value: string | number }[][]
}

/** A table whose headings sort it, once the page's script runs; as it is without. */
export function sortable({ columns, rows }: Table): Html {
  const classOf = (at: number): string =>
    [columns[at]?.numeric && 'number', columns[at]?.minor && 'minor'].filter(Boolean).join(' ')
  return html`<div class="scroll"><table class="sortable">
<thead><tr>${columns.map(({ name }, at) => html`<th scope="col" class="${classOf(at)}"><button type="button">${name}</button></th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map(({ shown, value }, at) => html`<td class="${classOf(at)}" data-value="${value}">${shown}</td>`)}</tr>`,
  )}</tbody>
</table></div>`
}
