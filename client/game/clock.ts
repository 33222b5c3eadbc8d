import { read, write } from './feedback.ts'

/** Counts the seconds to the next point of energy, and adds it when they are over: the server counts the same way. */
export function tick(): void {
  let shown: HTMLElement | null = null
  let due = 0
  setInterval(() => {
    const time = document.querySelector<HTMLElement>('#hud [data-left]')
    const left = Number(time?.dataset['left'])
    // A new answer brings a new time: the old element, morphed, with another number.
    if (time && (time !== shown || time.dataset['seen'] !== time.dataset['left'])) {
      shown = time
      time.dataset['seen'] = time.dataset['left']
      due = performance.now() + left
    }
    if (!time) return
    const every = Number(time.dataset['every'])
    const bar = time.closest('.stat')?.querySelector('progress')
    while (due <= performance.now()) {
      due += every
      if (bar && read('energy') < bar.max) write('energy', read('energy') + 1)
    }
    if (bar && read('energy') >= bar.max) time.textContent = 'full'
    else {
      const seconds = Math.ceil((due - performance.now()) / 1000)
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    }
  }, 1000)
}
