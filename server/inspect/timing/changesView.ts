import { html, type Html } from '../../middleware/html.ts'
import { type Change, ENOUGH, type RouteChange } from './changes.ts'

/** What changed since the release before: nothing at all where there was none. */
export function changesView(changes: readonly RouteChange[]): Html | string {
  if (changes.length === 0) return ''
  const compared = changes.filter(({ against }) => against !== undefined)
  const tooFew = changes.filter(({ against }) => against === undefined)
  const against = [...new Set(compared.map((one) => one.against))].join(', ')
  return html`<article class="wide since"><header><h2>Since the last release${against && ` (${against})`}</h2><span>${told(compared)}</span></header>${
    compared.length > 0 &&
    html`<table><thead><tr><th scope="col">route</th><th scope="col">p50 ms</th><th scope="col">p95 ms</th><th scope="col">failed</th></tr></thead><tbody>${compared.map(row)}</tbody></table>`
  }${tooFew.length > 0 && html`<p>Too few to compare, ${ENOUGH} under each release are needed: ${tooFew.map(few).join(', ')}.</p>`}</article>`
}

function told(compared: readonly RouteChange[]): string {
  const routes = (verdict: Change['verdict']) =>
    compared.filter(({ changes }) => changes.some((change) => change.verdict === verdict)).length
  const [worse, better] = [routes('worse'), routes('better')]
  if (compared.length === 0) return 'nothing to compare yet'
  return worse + better === 0 ? 'nothing that chance does not explain' : `${worse} worse, ${better} better`
}

/** `route (12 now, 4,000 before)` */
const few = ({ route, have }: RouteChange): string => `${route} (${have.now} now, ${have.before} before)`

function row({ route, changes, layer }: RouteChange): Html {
  const mostly = layer && html`<small>mostly ${layer.name}, p95 ${shown(layer.before)} → ${shown(layer.now)}</small>`
  return html`<tr><th scope="row">${route}${mostly}</th>${changes.map(cell)}</tr>`
}

function cell({ figure, before, now, verdict }: Change): Html {
  const text = figure === 'errors' ? (value: number) => `${(value * 100).toFixed(1)} %` : shown
  const mark = { worse: '▲', better: '▼', same: '' }[verdict]
  return html`<td class="${{ worse: 'bad', better: 'good', same: 'same' }[verdict]}"><span>${text(before)} →</span> ${text(now)}${mark && html` <b title="${verdict}">${mark}</b><span class="sr">${verdict}</span>`}</td>`
}

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

export const CHANGES_STYLE = `.since{margin-bottom:1.2rem}
.since th[scope=row]{white-space:normal;overflow-wrap:anywhere}
.since small{display:block;color:#b9b6c9;font-weight:400;font-size:.8rem}
.since td span:not(.sr){color:#b9b6c9}.since td.same{color:#b9b6c9}
.since table+p,.since header+p{margin:.8rem 0 0;font-size:.87rem;overflow-wrap:anywhere}
@media(max-width:30rem){.since td span:not(.sr){display:block}}`
