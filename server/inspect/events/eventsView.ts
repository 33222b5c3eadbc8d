import { RETURNS } from '../../events/queries.ts'
import { type EventReport, SPANS, type Told } from '../../events/report.ts'
import { type Content, html, type Html } from '../../middleware/html.ts'
import { errorList } from './eventsErrors.ts'
import { count, dateOf, percent } from './eventsWords.ts'

export interface Shown {
  report: EventReport
  /** Events lost since this process began. */
  lost: number
}

export function eventsView({ report, lost }: Shown): Html {
  const { days, from, to, at, took, growth, errors } = report
  const total = (name: Told['name']) => report.names.find((told) => told.name === name)?.total ?? 0
  const [dayOne] = returned(report)
  return html`<h1>Events</h1>
<p>${dateOf(from)} to ${dateOf(to)}, days of UTC; read ${new Date(at).toISOString().slice(11, 19)} in ${took.toFixed(0)} ms. <a href="/__events__?days=${days}">Refresh</a> · <a href="/__events__?days=${days}&amp;format=json">JSON</a></p>
<nav class="tabs" aria-label="Days">${SPANS.map((span) => html`<a ${span === days && html`aria-current="page"`} href="/__events__?days=${span}">${span} days</a>`)}</nav>
<ul class="figures">${figure(count(growth.players), 'players came')}${figure(count(total('session-start')), 'sessions')}${figure(percent(dayOne?.players ?? 0, dayOne?.of ?? 0), 'back the next day')}${figure(kOf(report), 'k, brought by each')}${figure(count(total('error')), html`<a href="#errors">errors of pages</a>`, errors.length > 0)}${figure(count(lost), 'events lost', lost > 0)}</ul>
<div class="cards">${funnelCard(report)}${growthCard(report)}${sessionCard(report)}${retentionCard(report)}</div>
${namesTable(report)}
${errorList(errors)}`
}

const figure = (value: string, name: Content, bad = false): Html =>
  html`<li class="${bad ? 'bad' : ''}"><b>${value}</b><span>${name}</span></li>`

const kOf = ({ growth: { accepted, players } }: EventReport): string =>
  players === 0 ? '–' : (accepted / players).toFixed(2)

/** Widths are attributes of SVG's: the policy forbids styles in attributes. */
const bar = (part: number, whole: number): Html =>
  html`<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="p50" height="10" width="${((part / (whole || 1)) * 100).toFixed(2)}"/></svg></td>`

function card(title: string, words: string, content: Content): Html {
  return html`<article><header><h2>${title}</h2><span>${words}</span></header>${content}</article>`
}

const nothing = (words: string): Html => html`<p class="empty">${words}</p>`

function funnelCard({ funnel }: EventReport): Html {
  const whole = funnel[0]?.players ?? 0
  const rows = funnel.map(({ says, players }, step) => {
    const before = funnel[step - 1]?.players
    return html`<tr><th scope="row">${says}</th>${bar(players, whole)}<td>${count(players)}</td><td>${percent(players, whole)}</td><td class="roomy">${before === undefined ? '' : percent(players, before)}</td></tr>`
  })
  return card(
    'Funnel',
    'those who came in these days, and did all up to the step, in any order',
    whole === 0
      ? nothing('Nobody came in these days.')
      : html`<table><thead><tr><th scope="col">step</th><td></td><th scope="col">players</th><th scope="col">of all</th><th scope="col" class="roomy" title="of those of the step before">of these</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

function growthCard(report: EventReport): Html {
  const { players, sent, accepted } = report.growth
  const row = (name: string, value: string, how: string) =>
    html`<tr><th scope="row">${name}</th><td>${value}</td><td><small>${how}</small></td></tr>`
  return card(
    'Growth',
    'k = invitations by each player × share of them that brings one',
    players === 0
      ? nothing('Nobody came in these days: there is no k to tell.')
      : html`<table><tbody>${row('invitations by each', (sent / players).toFixed(2), `${count(sent)} sent, ${count(players)} players came`)}${row('that bring a friend', percent(accepted, sent), `${count(accepted)} accepted`)}${row('k', kOf(report), `${count(accepted)} accepted ÷ ${count(players)} came`)}</tbody></table>
<p class="note">As marketing has it: <a rel="noreferrer" href="https://en.wikipedia.org/wiki/K-factor_(marketing)">K-factor</a>. Above 1 the game grows by itself.</p>`,
  )
}

function sessionCard({ sessions }: EventReport): Html {
  const most = Math.max(...sessions.map((session) => session.count))
  return card(
    'Sessions',
    'by their length, as far as pages told it',
    most === 0
      ? nothing('No page has told how long a session was.')
      : html`<table><thead><tr><th scope="col">lasted</th><td></td><th scope="col">sessions</th></tr></thead><tbody>${sessions.map((session) => html`<tr><th scope="row">${session.says}</th>${bar(session.count, most)}<td>${count(session.count)}</td></tr>`)}</tbody></table>`,
  )
}

/** Of the cohorts that have had the day: how many came back on it, of how many. */
function returned({ cohorts, to }: EventReport): { after: number; players: number; of: number }[] {
  return RETURNS.map((after) => {
    const past = cohorts.filter(({ day }) => day + after < to)
    const sum = (value: (cohort: (typeof past)[number]) => number) =>
      past.reduce((all, cohort) => all + value(cohort), 0)
    return { after, players: sum((cohort) => cohort[`day${after}`]), of: sum(({ players }) => players) }
  })
}

function retentionCard(report: EventReport): Html {
  const { cohorts, to } = report
  /** A day that is not over has not had its chance. */
  const cell = (players: number, of: number, isOver: boolean) =>
    isOver && of > 0
      ? html`<td class="heat h${Math.min(5, Math.ceil(players / of / 0.15))}" title="${players} of ${of}">${percent(players, of)}</td>`
      : html`<td class="heat">–</td>`
  const row = ({ day, players, ...days }: (typeof cohorts)[number]) =>
    html`<tr><th scope="row">${dateOf(day)}</th><td>${count(players)}</td>${RETURNS.map((after) => cell(days[`day${after}`], players, day + after < to))}</tr>`
  return card(
    'Retention',
    'who did something, or began a session, so many days after the day they came',
    cohorts.length === 0
      ? nothing('Nobody came yet who could come back.')
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Retention by day"><table><thead><tr><th scope="col">came</th><th scope="col">players</th>${RETURNS.map((after) => html`<th scope="col">day ${after}</th>`)}</tr></thead>
<tbody><tr><th scope="row">all</th><td></td>${returned(report).map(({ players, of }) => cell(players, of, true))}</tr>${cohorts.map(row)}</tbody></table></div>`,
  )
}

function namesTable({ names, from }: EventReport): Html {
  const row = ({ name, by, total, byDay, ignored }: Told) => {
    const most = Math.max(...byDay, 1)
    const columns = byDay.map(
      (day, place) =>
        html`<rect x="${place + 0.1}" width="0.8" y="${(10 - (day / most) * 10).toFixed(2)}" height="${((day / most) * 10).toFixed(2)}"><title>${dateOf(from + place)}: ${count(day)}</title></rect>`,
    )
    return html`<tr><th scope="row">${name}${by === 'page' && html`<small>told by pages</small>`}${ignored > 0 && html`<small class="bad" title="told by somebody who cannot know: counted nowhere">${count(ignored)} not believed</small>`}</th><td class="bar tall"><svg viewBox="0 0 ${byDay.length} 10" preserveAspectRatio="none" role="img" aria-label="${name} by day, ${most} at most"><g class="p50">${columns}</g></svg></td><td>${count(total)}</td><td>${count(byDay.at(-1) ?? 0)}</td></tr>`
  }
  return html`<article class="wide"><header><h2>By name</h2><span>a column a day, each row to its own height</span></header>
<table><thead><tr><th scope="col">event</th><td></td><th scope="col">total</th><th scope="col">today</th></tr></thead><tbody>${names.map(row)}</tbody></table></article>`
}
