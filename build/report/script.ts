/** What the page can do beyond standing there: compare, sort, and read the map. Without it everything is there to be read all the same. */
export const SCRIPT = `
document.addEventListener('input', ({ target }) => {
  if (target.type === 'range') target.parentElement.style.setProperty('--at', target.value)
})

const map = document.querySelector('.map')
const told = document.querySelector('#shipped output')
for (const kind of ['pointerover', 'click'])
  map?.addEventListener(kind, ({ target }) => {
    const cell = target.closest('.cell')
    if (cell) told.textContent = cell.dataset.note
  })

for (const table of document.querySelectorAll('.sortable'))
  table.tHead.addEventListener('click', ({ target }) => {
    const heading = target.closest('th')
    if (!heading) return
    const isUp = heading.ariaSort === 'descending'
    for (const other of heading.parentElement.cells) other.ariaSort = null
    heading.ariaSort = isUp ? 'ascending' : 'descending'
    const at = heading.cellIndex
    const isNumeric = heading.classList.contains('number')
    const valueOf = (row) => row.cells[at].dataset.value
    const rows = [...table.tBodies[0].rows].sort((a, b) =>
      isNumeric ? valueOf(a) - valueOf(b) : valueOf(a).localeCompare(valueOf(b)))
    table.tBodies[0].append(...(isUp ? rows : rows.reverse()))
  })
`
