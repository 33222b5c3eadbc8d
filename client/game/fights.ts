import { calm } from './feedback.ts'

/** Plays each fight that an answer brings, once; the code for it comes with the first. */
export function playFights(): void {
  let played = stage()?.dataset['play']
  document.addEventListener('firstframe:applied', () => {
    const fight = stage()
    if (!fight || fight.dataset['play'] === played) return
    played = fight.dataset['play']
    scrollTo({ top: 0, behavior: 'instant' })
    if (calm()) return
    fight.classList.add('playing')
    import('./playback.ts').then(
      ({ playBack }) => playBack(fight),
      // Without the film the list of blows still tells it.
      () => fight.classList.remove('playing'),
    )
  })
}

const stage = () => document.querySelector<HTMLElement>('[data-play]')
