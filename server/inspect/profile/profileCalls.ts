import { type Content, html, type Html } from '../../middleware/html.ts'
import type { Profile } from '../../profile/profiler.ts'
import { type Call, type Place, totals } from '../../profile/tree.ts'
import { where } from './profileWords.ts'

/** Calls with a smaller share of what is shown are left out: nobody could see them. */
const LEAST_ROW = 0.005
const LEAST_BOX = 0.001
/** Height of a box of the flame graph, pixels. */
const BOX = 20

/** Who called whom, to be opened call by call; the way to most of the time stands open. */
export function callTree({ tree }: Profile, say: (amount: number) => string): Html {
  const whole = totals(tree.root)
  const most = whole.get(tree.root) ?? 0
  const below = (call: Call, isOpen: boolean): Content =>
    [...call.below.values()]
      .filter((one) => (whole.get(one) ?? 0) / most >= LEAST_ROW)
      .toSorted((one, other) => (whole.get(other) ?? 0) - (whole.get(one) ?? 0))
      .map((one, index) => row(one, isOpen && index === 0))
  const row = (call: Call, isOpen: boolean): Html => {
    const place = tree.places[call.place] as Place
    const all = whole.get(call) ?? 0
    const text = html`<b>${((all / most) * 100).toFixed(1)} %</b> ${place.name} <small>${where(place)}</small> <span>${say(all)}${call.own > 0 && html`, own ${say(call.own)}`}</span>`
    const inner = below(call, isOpen)
    return Array.isArray(inner) && inner.length > 0
      ? html`<li><details ${isOpen && html`open`}><summary>${text}</summary><ul>${inner}</ul></details></li>`
      : html`<li class="leaf">${text}</li>`
  }
  return html`<article class="wide"><ul class="calls">${below(tree.root, true)}</ul></article>`
}

/**
 * Boxes as wide as what they took, callers below those they called; each leads to itself as the whole width.
 * https://www.brendangregg.com/flamegraphs.html
 */
export function flameGraph(
  { tree }: Profile,
  at: readonly number[],
  { amount, href }: { amount: (value: number) => string; href: (at: number[]) => string },
): Html {
  const whole = totals(tree.root)
  let base = tree.root
  const path: number[] = []
  for (const place of at) {
    const next = base.below.get(place)
    if (!next) break
    base = next
    path.push(place)
  }
  const most = whole.get(base) ?? 1
  const boxes: Html[] = []
  let deepest = 0
  const draw = (call: Call, from: number, way: readonly number[], depth: number) => {
    const share = (whole.get(call) ?? 0) / most
    if (share < LEAST_BOX) return
    deepest = Math.max(deepest, depth)
    const place = tree.places[call.place] as Place
    const title = `${place.name}, ${where(place)}: ${amount(whole.get(call) ?? 0)}, ${(share * 100).toFixed(1)} %, own ${amount(call.own)}`
    boxes.push(
      html`<a href="${href([...way])}"><svg x="${(from * 100).toFixed(3)}%" y="${depth * BOX}" width="${(share * 100).toFixed(3)}%" height="${BOX - 1}"><title>${title}</title><rect class="f${shade(place)}" width="100%" height="100%" rx="2"/>${share > 0.02 && html`<text x="4" y="14">${place.name}</text>`}</svg></a>`,
    )
    let start = from
    const inner = [...call.below].toSorted(([one], [other]) => one - other)
    for (const [key, child] of inner) {
      draw(child, start, [...way, key], depth + 1)
      start += (whole.get(child) ?? 0) / most
    }
  }
  draw(base, 0, path, 0)
  return html`${path.length > 0 && html`<p><a href="${href(path.slice(0, -1))}">One call up</a> · <a href="${href([])}">The whole</a></p>`}
<article class="wide"><svg class="flame" role="img" aria-label="Flame graph" width="100%" height="${(deepest + 1) * BOX}">${boxes}</svg></article>`
}

/** One colour for what is ours, one for packages, one for Node and V8; shades tell neighbours apart. */
function shade({ name, file }: Place): string {
  const kind = file === '' || file.startsWith('node:') ? 'n' : file.includes('node_modules/') ? 'p' : 'o'
  return kind + (Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 3)
}
