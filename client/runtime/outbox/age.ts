import type { Fragments, Visit } from '../fragments.ts'

/** `detail` of the event `firstframe:age` on `document`. */
export interface Age {
  /** When the place that is shown was as it is shown, ms since the epoch; undefined where it is fresh. */
  asOf: number | undefined
}

const EVERY = 30_000

/**
 * Tells how old the place is that is shown, where it could not be had from the server: `firstframe:age` when it turns old, every 30 s while it
 * is, and when it is fresh again. The worker marks copies with their age (`Server-Timing: copy;dur=…`); what stands from before the line was lost
 * is as old as its last answer. When the line is back, the place is asked for again.
 */
export function startAge(fragments: Pick<Fragments, 'refresh'>): { stop(): void } {
  const stopping = new AbortController()
  const { signal } = stopping
  /** By URL: when it was as it was last answered, and whether it could be had since. */
  const known = new Map<string, { asOf: number; isOld: boolean }>()
  let shown = bare(location.href)
  let isOld = false
  let timer: ReturnType<typeof setInterval> | undefined

  /** What the browser says of a request, which may be a little after its answer was applied. */
  function take({ name, entryType, responseEnd, serverTiming }: PerformanceResourceTiming) {
    const copy = serverTiming.find((metric) => metric.name === 'copy')
    const asOf = performance.timeOrigin + responseEnd - (copy?.duration ?? 0)
    // A page that opens with a copy asks for itself again at once: only then is it known whether there is a line.
    note(bare(name), asOf, copy !== undefined && entryType === 'resource')
  }

  function note(url: string, asOf: number, isOld: boolean) {
    known.set(url, { asOf, isOld })
    if (url === shown) tell()
  }

  function onApplied({ detail: { method } }: CustomEvent<Visit>) {
    shown = bare(location.href)
    // No copy answers an action.
    if (method === 'GET') tell()
    else note(shown, Date.now(), false)
  }

  function onFailed({ detail: { method, url } }: CustomEvent<Visit>) {
    if (method === 'GET' && bare(url) === shown) turnOld()
  }

  function turnOld() {
    note(shown, known.get(shown)?.asOf ?? performance.timeOrigin, true)
  }

  function tell() {
    const place = known.get(shown)
    if (!place?.isOld && !isOld) return
    isOld = place?.isOld ?? false
    clearInterval(timer)
    if (isOld) timer = setInterval(dispatch, EVERY)
    dispatch()
  }

  function dispatch() {
    const detail: Age = { asOf: isOld ? known.get(shown)?.asOf : undefined }
    document.dispatchEvent(new CustomEvent('firstframe:age', { detail }))
  }

  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[])
      if (entry.entryType === 'navigation' || entry.initiatorType === 'fetch') take(entry)
  })
  observer.observe({ type: 'navigation', buffered: true })
  observer.observe({ type: 'resource', buffered: true })
  const on = (name: string, act: (event: CustomEvent<Visit>) => void) =>
    document.addEventListener(`firstframe:${name}`, (event) => act(event as CustomEvent<Visit>), { signal })
  on('applied', onApplied)
  on('failed', onFailed)
  addEventListener('offline', turnOld, { signal })
  addEventListener('online', () => isOld && void fragments.refresh(), { signal })

  return {
    stop() {
      stopping.abort()
      observer.disconnect()
      clearInterval(timer)
    },
  }
}

const bare = (url: string) => new URL(url, location.href).href.replace(/#.*/, '')

/** "5 minutes ago" in the page's language. */
export function ago(asOf: number): string {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined, { numeric: 'auto' })
  const minutes = Math.round((Date.now() - asOf) / 60_000)
  if (minutes < 1) return words.format(0, 'second')
  if (minutes < 60) return words.format(-minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? words.format(-hours, 'hour') : words.format(-Math.round(hours / 24), 'day')
}
