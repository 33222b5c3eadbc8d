import { html, type Html } from '../../middleware/html.ts'
import type { Echo } from '../../log/echo.ts'
import { LEVELS } from '../../log/entry.ts'
import type { Filter } from '../../log/filter.ts'
import type { Row } from './logRow.ts'

export interface Shown {
  /** The latest first. */
  rows: readonly Row[]
  /** Lines that match and are not shown. */
  more: number
  /** Number of the line that comes next. */
  next: number
  filter: Filter
  echo: Echo
  /** Who looks, as the game knows them; null for a stranger. */
  self: string | null
}

export function logView({ rows, more, next, filter, echo, self }: Shown): Html {
  const query = new URLSearchParams({ ...filter }).toString()
  return html`<h1>Log</h1>
<p>This process, the latest first. <a href="/__log__?${query}">Refresh</a> · <a href="/__log__?${query && `${query}&`}format=json">JSON</a></p>
${filters(filter)}
${echoes(filter, echo, self)}
<p class="live" data-next="${next}"><button class="calm small" hidden aria-pressed="true">Live</button> <span role="status"></span></p>
<ol class="log">${rows.map(line)}</ol>
${rows.length === 0 && html`<p class="empty">Nothing matches yet.</p>`}
${more > 0 && html`<p>${more} older lines match: narrow the filter to see them.</p>`}
<template>${line(BLANK)}</template>`
}

function filters({ level, route, user, id, text }: Filter): Html {
  const field = (name: string, value: string | undefined, hint: string) =>
    html`<label><span>${name}</span><input name="${name}" value="${value ?? ''}" placeholder="${hint}"></label>`
  return html`<form class="filters"><label><span>level</span><select name="level">${LEVELS.map((name, index) => html`<option value="${index === 0 ? '' : name}" ${name === (level ?? 'debug') && html`selected`}>${index === 0 ? 'all' : name === 'error' ? 'error' : `${name} and above`}</option>`)}</select></label>${field('route', route, 'battle/')}${field('user', user, 'player')}${field('text', text, 'anywhere in the line')}${id !== undefined && field('id', id, 'request')}<button class="calm">Filter</button>${(level ?? route ?? user ?? id ?? text) !== undefined && html` <a href="/__log__">All</a>`}</form>`
}

/** Statements and cache traffic of one player. */
function echoes({ user }: Filter, echo: Echo, self: string | null): Html {
  const heard = echo.players()
  return html`<details class="controls" ${heard.length > 0 && html`open`}><summary>Statements and cache traffic of one player</summary>
<form method="post"><label><span>Each statement with its rows and time, each key asked of a cache; never a value. For ${Math.round(echo.lasts / 60_000)} minutes, from the player’s next request on.</span></label>
<div><input name="user" aria-label="Player" required pattern="[A-Za-z0-9_\\-]{1,64}" value="${user ?? self ?? ''}" placeholder="player"><button name="action" value="echo">Echo</button>${self !== null && html`<span>This browser plays as ${self}.</span>`}</div></form>
${heard.map(({ user, left }) => html`<form method="post"><input type="hidden" name="user" value="${user}"><div><span><b class="on">Listening</b> to <a href="/__log__?user=${user}">${user}</a>, ${minutes(left)} more</span><button class="calm small" name="action" value="hush">Stop</button></div></form>`)}</details>`
}

const minutes = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)

const BLANK: Row = {
  n: 0,
  clock: '',
  level: 'info',
  kind: 'note',
  text: '',
  said: '',
  took: '',
  route: '',
  user: '',
  id: '',
  more: '',
}

/** The script clones it blank and fills it in by the names in `data-f`. */
function line({ clock, level, kind, text, said, took, route, user, id, more }: Row): Html {
  return html`<li class="${level} ${kind}"><time data-f="clock">${clock}</time><i data-f="kind">${kind}</i><div><b data-f="text">${text}</b> <span data-f="said">${said}</span> <em data-f="took">${took}</em><small><a data-f="route" href="/__log__?route=${encodeURIComponent(route)}">${route}</a> <a data-f="user" href="/__log__?user=${encodeURIComponent(user)}">${user}</a> <a data-f="id" href="/__log__?id=${encodeURIComponent(id)}">${id}</a></small><pre data-f="more">${more}</pre></div></li>`
}
