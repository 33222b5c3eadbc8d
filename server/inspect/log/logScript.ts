/** Most lines on the page; the oldest go. */
const ROWS = 500

/**
 * Follows the log on its page: a file of its own, since the policy lets no script stand in the page, and Trusted Types no markup be made in it. Each line is a clone of the
 * page's own `<template>`.
 */
export const SCRIPT = `const list = document.querySelector('.log')
const blank = document.querySelector('template').content.firstElementChild
const bar = document.querySelector('.live')
const [button, state] = bar.children
let next = Number(bar.dataset.next)
let source

function show(row) {
  const item = blank.cloneNode(true)
  item.className = row.level + ' ' + row.kind
  for (const field of item.querySelectorAll('[data-f]')) {
    const { f } = field.dataset
    field.textContent = row[f]
    if (field.localName === 'a') field.href = '/__log__?' + new URLSearchParams({ [f]: row[f] })
  }
  list.prepend(item)
  while (list.children.length > ${ROWS}) list.lastElementChild.remove()
  document.querySelector('.empty')?.remove()
}

function follow() {
  const query = new URLSearchParams(location.search)
  query.set('from', next)
  source = new EventSource('/__log__/live?' + query)
  source.addEventListener('open', () => (state.textContent = 'following'))
  source.addEventListener('line', ({ data, lastEventId }) => {
    next = Number(lastEventId) + 1
    show(JSON.parse(data))
  })
  source.addEventListener('lost', ({ data }) => (state.textContent = data + ' lines came too fast for this line, and were left out'))
  source.addEventListener('error', () => {
    state.textContent = source.readyState === EventSource.CLOSED ? 'refused: too many follow already, or the session has ended' : 'the line is gone, trying again'
  })
}

button.hidden = false
button.addEventListener('click', () => {
  const isLive = button.ariaPressed !== 'true'
  button.ariaPressed = String(isLive)
  button.textContent = isLive ? 'Live' : 'Paused'
  state.textContent = ''
  if (isLive) follow()
  else source.close()
})
follow()
`
