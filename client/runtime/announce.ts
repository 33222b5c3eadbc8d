import type { Visit } from './fragments.ts'
import { pathOf } from './history.ts'

/**
 * For those who do not see the page change: the title of a new place is said in a live region, as a browser does after a full load; an
 * answer that names wrong fields moves focus to the first. A control whose action was taken back carries `data-refused` until the
 * next visit begins, to be shown by the page's styles; its reason is said in `#notice`.
 */
export function startAnnouncing(signal: AbortSignal): void {
  let place = pathOf(location)
  const region = document.createElement('div')
  region.role = 'status'
  region.id = 'firstframe-said'
  // Off the screen, not hidden: what is hidden is not read out. Set through the CSSOM, which a CSP lets through.
  region.style.cssText =
    'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap'
  document.body.append(region)

  function onBefore() {
    document.querySelector('[data-refused]')?.removeAttribute('data-refused')
  }
  function onApplied({ status = 0, method, control }: Visit) {
    const now = pathOf(location)
    if (now !== place) region.textContent = document.title
    place = now
    if (status < 400 || method === 'GET') return
    control?.setAttribute('data-refused', '')
    document.querySelector<HTMLElement>('#main [aria-invalid=true]')?.focus()
  }
  function onFailed({ method, control }: Visit) {
    if (method !== 'GET') control?.setAttribute('data-refused', '')
  }
  const on = (name: string, act: (visit: Visit) => void) =>
    document.addEventListener(`firstframe:${name}`, (event) => act((event as CustomEvent<Visit>).detail), { signal })
  on('before', onBefore)
  on('applied', onApplied)
  on('failed', onFailed)
  signal.addEventListener('abort', () => region.remove())
}
