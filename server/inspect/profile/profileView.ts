import { html, type Html } from '../../middleware/html.ts'
import { KINDS, type Kind, type Profile } from '../../profile/profiler.ts'
import { compare, type Row } from '../../profile/table.ts'
import { callTree, flameGraph } from './profileCalls.ts'
import { amount, where } from './profileWords.ts'

/** How the page is looked at: what stands in its address. */
export interface Look {
  view: 'table' | 'tree' | 'flame'
  sort: Sort
  /** Only functions whose name or file has this in it. */
  find: string
  /** Name of the kept profile to compare with; '' for none. */
  with: string
  /** The call that the flame graph stands on: indexes of places from the root on. */
  at: number[]
}

type Sort = keyof typeof COLUMNS

export interface Shown {
  profile: Profile
  look: Look
  kept: ReadonlyMap<string, Profile>
  other: Profile | undefined
  routes: readonly string[]
}

/** Rows shown; the rest is in the downloads. */
const ROWS = 200

const COLUMNS = {
  own: { head: 'own', means: 'in the function itself', value: ({ own }: Row) => own },
  whole: { head: 'cumulative', means: 'with all that it called', value: ({ whole }: Row) => whole },
  calls: { head: 'calls', means: 'counted exactly, with kind "counts" only', value: ({ calls }: Row) => calls ?? -1 },
  each: {
    head: 'per call',
    means: 'cumulative, divided by the calls',
    value: ({ whole, calls }: Row) => (calls ? whole / calls : -1),
  },
} as const

const MEANS: Readonly<Record<Kind, string>> = {
  cpu: 'Who runs, a thousand times a second. Costs under a tenth.',
  counts:
    'Counts every call exactly. Calls cost four to five times as much meanwhile: trust its counts, not its times.',
  heap: 'What is allocated and still there, by who allocated it.',
}

/** Reads the address; what makes no sense there is as if it were not. */
export function readLook(query: Readonly<Record<string, unknown>>): Look {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const view = text('view')
  const sort = text('sort')
  return {
    view: view === 'tree' || view === 'flame' ? view : 'table',
    sort: Object.hasOwn(COLUMNS, sort) ? (sort as Sort) : 'own',
    find: text('find').slice(0, 100),
    with: text('with'),
    at: /^\d+(?:\.\d+)*$/.test(text('at')) ? text('at').split('.').map(Number) : [],
  }
}

export function profileView(shown: Shown): Html {
  const { profile, look, kept, other } = shown
  return html`<h1>Profile</h1>
<p>${state(profile)} <a href="/__profile__">Refresh</a></p>
${controls(shown)}
${
  profile.tree.whole > 0
    ? html`<nav class="tabs">${(['table', 'tree', 'flame'] as const).map((view) => html`<a ${look.view === view && html`aria-current="page"`} href="${address({ ...look, view, at: [] })}">${view}</a>`)}
<span>Download ${['cachegrind', 'cpuprofile', 'speedscope'].map((format) => html` <a download href="/__profile__?format=${format}">${format}</a>`)}</span>
${kept.size > 0 && html`<span>Compare with ${[...kept.keys()].map((name) => html` <a ${look.with === name && html`aria-current="page"`} href="${address({ ...look, with: name })}">${name}</a>`)}</span>`}</nav>
${other ? comparison(other, profile) : look.view === 'table' ? table(profile, look) : look.view === 'tree' ? callTree(profile, amountOf(profile)) : flameGraph(profile, look.at, { amount: amountOf(profile), href: (at) => address({ ...look, at }) })}`
    : html`<p class="empty">Nothing was gathered yet. ${profile.running ? 'Play the game, then refresh.' : 'Press start, play the game, then come back.'}</p>`
}`
}

function state({ running, kind, routes, lasted, requests, tree, unit }: Profile): Html {
  const seconds = (lasted / 1000).toFixed(1)
  if (!running && lasted === 0) return html`Stopped.`
  const what =
    unit === 'bytes' ? `${amount(tree.whole, 'bytes')} alive` : `${amount(tree.whole, 'microseconds')} of work`
  return html`${running ? html`<b class="on">Running</b>` : 'Stopped'}: ${kind}${routes && html` of ${routes.join(', ')}`}, ${seconds} s, ${requests} requests after the first, ${what} in ${tree.samples} samples.`
}

function controls({ profile, routes }: Shown): Html {
  return html`<form method="post" class="controls">
<details ${profile.tree.whole === 0 && html`open`}><summary>What to measure</summary><fieldset><legend class="sr">Kind</legend>${KINDS.map((kind) => html`<label><input type="radio" name="kind" value="${kind}" ${kind === profile.kind && html`checked`}> <b>${kind}</b> <span>${MEANS[kind]}</span></label>`)}</fieldset>
<label>Only routes <input name="routes" list="routes" placeholder="all" value="${profile.routes?.join(', ') ?? ''}"> <span>as battle/attack, or battle/ for all of them; follows every promise, which costs about a fifth</span></label>
<datalist id="routes">${routes.map((route) => html`<option value="${route}"></option>`)}</datalist></details>
<div><button name="action" value="start">${profile.running ? 'Start anew' : 'Start'}</button>
<button class="calm" name="action" value="stop" ${!profile.running && html`disabled`}>Stop</button>
<button class="calm" name="action" value="reset">Reset</button>
<button class="calm" name="action" value="keep">Keep, to compare</button></div>
</form>`
}

function table(profile: Profile, look: Look): Html {
  const wanted = look.find.toLowerCase()
  const found = profile.rows.filter(({ name, file }) => `${name} ${file}`.toLowerCase().includes(wanted))
  const rows = found.toSorted((one, other) => COLUMNS[look.sort].value(other) - COLUMNS[look.sort].value(one))
  const most = Math.max(...rows.map((row) => row.whole))
  const say = amountOf(profile)
  const cell = (value: number) => html`<td>${value < 0 ? '–' : say(value)}</td>`
  return html`<form class="find"><input type="search" name="find" aria-label="Function or file" placeholder="function or file" value="${look.find}"><input type="hidden" name="sort" value="${look.sort}"> <button class="calm">Find</button></form>
<article class="wide"><table class="functions"><thead><tr><th scope="col">function</th><th scope="col" class="bar"></th>${Object.entries(COLUMNS).map(([sort, { head, means }]) => html`<th scope="col" title="${means}" ${look.sort === sort && html`aria-sort="descending"`}><a href="${address({ ...look, sort: sort as Sort })}">${head}</a></th>`)}</tr></thead>
<tbody>${rows.slice(0, ROWS).map((row) => html`<tr><th scope="row">${row.name}<small>${where(row)}</small></th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="p95" height="10" width="${share(row.whole, most)}"/><rect class="p50" height="10" width="${share(row.own, most)}"/></svg></td>${cell(row.own)}${cell(row.whole)}<td>${row.calls ?? '–'}</td>${cell(COLUMNS.each.value(row))}</tr>`)}</tbody></table>
${rows.length > ROWS && html`<p>${rows.length - ROWS} more: find them, or download the profile.</p>`}</article>`
}

function comparison(before: Profile, after: Profile): Html {
  const changes = compare(before.tree, after.tree).slice(0, ROWS)
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`
  return html`<p>Own shares of all work, then and now; the largest change first.</p>
<article class="wide"><table class="functions"><thead><tr><th scope="col">function</th><th scope="col">then</th><th scope="col">now</th><th scope="col">change</th></tr></thead>
<tbody>${changes.map(({ before, after, ...place }) => html`<tr><th scope="row">${place.name}<small>${where(place)}</small></th><td>${percent(before)}</td><td>${percent(after)}</td><td class="${after > before ? 'bad' : 'good'}">${after > before ? '+' : '−'}${percent(Math.abs(after - before))}</td></tr>`)}</tbody></table></article>`
}

/** The address of the page as it is looked at; what is as usual is left out. */
function address({ view, sort, find, with: other, at }: Look): string {
  const query = new URLSearchParams({
    ...(view !== 'table' && { view }),
    ...(sort !== 'own' && { sort }),
    ...(find && { find }),
    ...(other && { with: other }),
    ...(at.length > 0 && { at: at.join('.') }),
  })
  return query.size > 0 ? `/__profile__?${query.toString()}` : '/__profile__'
}

const share = (part: number, whole: number): string => ((part / (whole || 1)) * 100).toFixed(2)

const amountOf =
  ({ unit }: Profile) =>
  (value: number): string =>
    amount(value, unit)
