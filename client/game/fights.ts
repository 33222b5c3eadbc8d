import { calm } from './feedback.ts'

/** What of the hero's bar tells how a fight ended. Energy is not among it, and its clock goes on. */
const TELLING = '#hud .crest > :is(svg, b), #hud .stat:not(.energy) > :is(progress, span, b)'

/**
 * Plays each fight that an answer brings, once; the code for it comes with the first. Until its end, until it is skipped, or until the player
 * goes on to something else, the bar shows what stood there before.
 */
export function playFights(): void {
  let played = stage()?.dataset['play']
  let before: Element[] = []
  let reveal = () => {}
  document.addEventListener('firstframe:before', () => {
    reveal()
    before = telling().map((part) => part.cloneNode(true) as Element)
  })
  document.addEventListener('firstframe:applied', () => {
    const fight = stage()
    if (!fight || fight.dataset['play'] === played) return
    played = fight.dataset['play']
    scrollTo({ top: 0, behavior: 'instant' })
    if (calm()) return
    fight.classList.add('playing')
    reveal = holdBack(before)
    fight.addEventListener('revealed', () => reveal(), { once: true })
    import('./playback.ts').then(
      ({ playBack }) => playBack(fight),
      // Without the film the list of blows still tells it.
      () => {
        fight.classList.remove('playing')
        reveal()
      },
    )
  })
}

/** Puts the parts of the bar as they were in the place of those that are; gives the way back. */
function holdBack(before: readonly Element[]): () => void {
  const held = telling().map((part, index) => [part, before[index] ?? part] as const)
  for (const [now, then] of held) now.replaceWith(then)
  return () => {
    for (const [now, then] of held.splice(0)) then.replaceWith(now)
  }
}

const telling = () => [...document.querySelectorAll(TELLING)]

const stage = () => document.querySelector<HTMLElement>('[data-play]')
