/** Milliseconds from blow to blow. */
const BEAT = 620

interface Side {
  box: HTMLElement
  bar: HTMLProgressElement
  health: number
  /** Health after the last blow, as the server drew it. */
  end: number
}

/** Tells a fight blow by blow, from the server's own list of blows; one button, or leaving, ends it early. */
export async function playBack(stage: HTMLElement): Promise<void> {
  const me = sideOf(stage, 'me')
  const foe = sideOf(stage, 'foe')
  if (!me || !foe) return
  const skip = document.createElement('button')
  skip.className = 'btn calm skip-fight'
  skip.type = 'button'
  skip.textContent = 'Skip'
  skip.dataset['keep'] = ''
  stage.append(skip)
  const over = new AbortController()
  skip.addEventListener('click', () => over.abort())
  skip.focus({ preventScroll: true })

  await pause(BEAT, over.signal)
  for (const blow of stage.querySelectorAll<HTMLElement>('.blows li')) {
    if (over.signal.aborted || !stage.isConnected) break
    const [striker, struck] = blow.dataset['by'] === 'me' ? [me, foe] : [foe, me]
    await strike(striker, struck, Number(blow.dataset['damage']), 'critical' in blow.dataset)
    await pause(BEAT - 170, over.signal)
  }
  for (const { box, bar, end } of [me, foe]) {
    bar.value = end
    box.classList.toggle('fell', end === 0)
  }
  skip.remove()
  stage.classList.replace('playing', 'revealed')
  stage.dispatchEvent(new Event('revealed'))
  const end = stage.querySelector<HTMLElement>('.end')
  end?.setAttribute('tabindex', '-1')
  end?.focus({ preventScroll: true })
}

function sideOf(stage: HTMLElement, who: 'me' | 'foe'): Side | null {
  const box = stage.querySelector<HTMLElement>(`.side.${who}`)
  const bar = box?.querySelector('progress')
  if (!box || !bar) return null
  // Setting the value sets the attribute as well.
  const end = bar.value
  bar.value = bar.max
  return { box, bar, health: bar.max, end }
}

async function strike(striker: Side, struck: Side, damage: number, critical: boolean): Promise<void> {
  const way = striker.box.classList.contains('me') ? 1 : -1
  striker.box
    .querySelector('img')
    ?.animate([{}, { transform: `translateX(${way * 38}%) scale(1.06)`, offset: 0.4 }, {}], {
      duration: 400,
      easing: 'ease-in-out',
    })
  await pause(170)
  struck.health = Math.max(0, struck.health - damage)
  struck.bar.value = struck.health
  const number = document.createElement('b')
  number.className = critical ? 'hurt critical' : 'hurt'
  number.ariaHidden = 'true'
  number.textContent = damage === 0 ? 'miss' : String(damage)
  struck.box.append(number)
  number.addEventListener('animationend', () => number.remove())
  if (damage === 0) return
  struck.box.classList.remove('hit')
  // Read, so that the class that comes back starts its animation anew.
  void struck.box.offsetWidth
  struck.box.classList.add('hit')
  if (critical)
    struck.box.parentElement?.animate(
      [{}, { transform: 'translate(8px,4px)' }, { transform: 'translate(-8px,-3px)' }, {}],
      260,
    )
}

const pause = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, signal?.aborted ? 0 : ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
