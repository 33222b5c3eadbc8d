import type { ClientError } from '../../events/clientErrors.ts'
import { ERRORS_EACH } from '../../events/queries.ts'
import { type Content, html, type Html } from '../../middleware/html.ts'
import { of, timeOf } from './eventsWords.ts'

/** What failed in players' browsers: each error once, its stack to unfold. */
export function errorList(errors: readonly ClientError[]): Html {
  return html`<article class="wide" id="errors"><header><h2>Errors of pages</h2><span>what most players meet comes first; the latest ${ERRORS_EACH} of each player</span></header>
${errors.length === 0 ? html`<p class="empty">No page has told of an error in these days.</p>` : errors.map(fault)}</article>`
}

function fault({
  message,
  at,
  stack,
  count,
  players,
  strangers,
  first,
  last,
  releases,
  places,
  unmapped,
}: ClientError): Html {
  const who = players === 0 ? 'strangers' : `${of(players, 'player')}${strangers ? ' and strangers' : ''}`
  const said = (name: string, value: Content) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  const list = (values: readonly string[]) => (values.length === 0 ? 'not told' : values.join(', '))
  return html`<details class="fault"><summary><b>${message}</b> <code>${at === '' ? 'no stack' : at}</code><span>${of(count, 'time')} · ${who} · last ${timeOf(last)}</span></summary>
<dl>${said('first', timeOf(first))}${said('last', timeOf(last))}${said(releases.length > 1 ? 'releases' : 'release', list(releases))}${said(places.length > 1 ? 'places' : 'place', list(places))}</dl>
${unmapped !== undefined && html`<p class="bad">${unmapped}</p>`}
<ol class="stack">${stack.map(({ text, place }) => (place === undefined ? html`<li><code>${text}</code></li>` : html`<li><code class="own">${place}</code><small>${text}</small></li>`))}</ol></details>`
}
