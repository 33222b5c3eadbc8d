import type { Visit } from '../runtime/fragments.ts'

/** The numbers of the hero's bar. */
export const COUNTED = ['energy', 'health', 'coins', 'xp', 'level'] as const
type Counted = (typeof COUNTED)[number]

const shown = (what: Counted) => document.querySelector(`[data-hud=${what}]`)
export const read = (what: Counted): number => Number(shown(what)?.textContent.replaceAll(',', '') ?? 0)

/** Shows a number, and fills the bar behind it. */
export function write(what: Counted, value: number): void {
  const number = shown(what)
  const bar = number?.closest('.stat')?.querySelector('progress')
  if (number) number.textContent = value.toLocaleString('en')
  if (bar) bar.value = value
}

const on = (name: string, act: (visit: Visit) => void) =>
  document.addEventListener(`firstframe:${name}`, (event) => act((event as CustomEvent<Visit>).detail))

/** In the frame of the tap, takes what the action costs off the bar; the answer confirms it, or a failure puts it back. */
export function spend(): void {
  on('optimistic', (visit) => {
    const { element } = visit
    for (const what of COUNTED) {
      const cost = Number(element?.dataset[what] ?? 0)
      const before = read(what)
      if (cost === 0 || before < cost) continue
      write(what, before - cost)
      visit.undo(() => write(what, before))
    }
    const link = element?.matches('.copies') && document.querySelector<HTMLInputElement>('[data-copy]')
    if (link) void navigator.clipboard?.writeText(link.value)
  })
}

/** When the answer is there, says beside each number by how much it changed, and lets the coins fly. */
export function celebrate(): void {
  const before = new Map<Visit, Record<Counted, number>>()
  const from = new Map<Visit, DOMRect>()
  on('before', (visit) => {
    if (visit.method === 'GET' || !visit.control) return
    before.set(visit, Object.fromEntries(COUNTED.map((what) => [what, read(what)])) as Record<Counted, number>)
    from.set(visit, visit.control.getBoundingClientRect())
  })
  on('applied', (visit) => {
    const old = before.get(visit)
    const start = from.get(visit)
    before.delete(visit)
    from.delete(visit)
    if (!old || !start) return
    const show = () => {
      for (const what of COUNTED) float(what, read(what) - old[what])
      if (read('coins') > old.coins) flyCoins(start)
      if (read('level') > old.level) shown('level')?.parentElement?.animate(RISE, 1400)
    }
    if ((visit.status ?? 0) >= 400) shake(visit)
    // What a fight brought is not told before its end.
    const fight = document.querySelector('.playing')
    if (fight) fight.addEventListener('revealed', show, { once: true })
    else show()
  })
}

/** A failure shakes what was pressed; the words are the runtime's. */
export const refuse = (): void => on('failed', shake)

const shake = ({ control }: Visit) => control?.animate(calm() ? [] : SHAKE, 400)

/** A person who wants no motion gets the numbers alone. */
export const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

const SHAKE = ['0', '-7px', '7px', '-5px', '5px', '0'].map((x) => ({ transform: `translateX(${x})` }))
const RISE = [{}, { transform: 'scale(1.35) rotate(-6deg)', filter: 'brightness(1.8)' }, {}]

function float(what: Counted, change: number): void {
  const stat = shown(what)?.closest('.stat')
  if (!stat || change === 0) return
  const words = document.createElement('b')
  words.className = change > 0 ? 'float' : 'float less'
  words.dataset['keep'] = ''
  words.ariaHidden = 'true'
  words.textContent = `${change > 0 ? '+' : '−'}${Math.abs(change).toLocaleString('en')}`
  const { left, bottom, width } = stat.getBoundingClientRect()
  put(words, left + width / 2, bottom)
  words.addEventListener('animationend', () => words.remove())
}

function flyCoins(start: DOMRect): void {
  const goal = shown('coins')?.closest('.stat')?.querySelector('img')
  if (!goal || calm()) return
  const to = goal.getBoundingClientRect()
  for (let i = 0; i < 8; i++) {
    const coin = goal.cloneNode() as HTMLImageElement
    coin.className = 'flying'
    coin.dataset['keep'] = ''
    const x = start.left + start.width / 2
    const y = start.top
    put(coin, x, y)
    const spread = { x: (Math.random() - 0.5) * 120, y: -30 - Math.random() * 60 }
    const flight = coin.animate(
      [
        { transform: 'scale(0.4)' },
        { transform: `translate(${spread.x}px,${spread.y}px)`, easing: 'ease-in' },
        { transform: `translate(${to.left - x}px,${to.top - y}px) scale(0.7)` },
      ],
      { duration: 620 + i * 45, delay: i * 25, fill: 'backwards' },
    )
    flight.addEventListener('finish', () => coin.remove())
  }
}

function put(element: HTMLElement, x: number, y: number): void {
  element.style.left = `${x}px`
  element.style.top = `${y}px`
  document.body.append(element)
}
