import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import { type Beacon, type FragmentTiming, MAX_BEACON } from '../../server/wire/beacon.ts'
import type { Visit } from './fragments.ts'

export interface VitalsOptions {
  /** Where the beacon goes. Default `/track/beacon`. */
  url?: string
  /** Build that made this page. Default `<html data-release>`. */
  release?: string
}

/**
 * Measures the visit and sends one beacon each time the page is hidden, if there is something new: hidden is the last state a
 * browser promises to tell. https://www.igvita.com/2015/11/20/dont-lose-user-and-app-state-use-page-visibility/
 *
 * Import it lazily, after load: nothing is lost, the browser keeps its entries.
 */
export function startVitals(options: VitalsOptions = {}): { stop(): void } {
  const { url = '/track/beacon', release = document.documentElement.dataset['release'] ?? '' } = options
  const vitals: Beacon['vitals'] = {}
  const fragments: FragmentTiming[] = []
  const pictures = { count: 0, bytes: 0, slowest: 0 }
  const path = location.pathname
  const stopping = new AbortController()
  let isNew = false

  function onMetric({ name, value }: Metric) {
    vitals[name] = name === 'CLS' ? Math.round(value * 10_000) / 10_000 : Math.round(value)
    isNew = true
  }
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(onMetric, { reportAllChanges: true })

  const observers = [
    observe('resource', (entry) => {
      const { initiatorType, transferSize } = entry as PerformanceResourceTiming
      if (initiatorType !== 'img') return
      pictures.count++
      pictures.bytes += transferSize
    }),
    observe('measure', ({ name, duration }) => {
      if (name === 'firstframe:picture') pictures.slowest = Math.max(pictures.slowest, Math.round(duration))
    }),
  ]

  function onApplied(event: Event) {
    const { url, timing } = (event as CustomEvent<Visit>).detail
    if (!timing) return
    // After the frame that shows it: requestAnimationFrame alone comes before.
    requestAnimationFrame(() =>
      setTimeout(() => {
        isNew = true
        fragments.push({
          path: new URL(url).pathname,
          ...(timing.request && { request: timing.request }),
          wait: Math.round(timing.wait),
          transfer: Math.round(timing.transfer),
          morph: Math.round(timing.morph),
          paint: Math.round(performance.now() - timing.at),
        })
      }),
    )
  }

  function onHide() {
    if (document.visibilityState !== 'hidden' || !isNew) return
    isNew = false
    const [navigation] = performance.getEntriesByType('navigation')
    const request = navigation?.serverTiming.find(({ name }) => name === 'request')?.description
    const body = fitBeacon({
      release,
      path,
      ...(request && { request }),
      vitals,
      ...(fragments.length > 0 && { fragments: fragments.splice(0) }),
      ...(pictures.count > 0 && { pictures }),
    })
    navigator.sendBeacon(url, new Blob([body], { type: 'application/json' }))
  }

  document.addEventListener('firstframe:applied', onApplied, stopping)
  document.addEventListener('visibilitychange', onHide, stopping)
  return {
    stop() {
      stopping.abort()
      for (const observer of observers) observer.disconnect()
    },
  }
}

function observe(type: string, onEntry: (entry: PerformanceEntry) => void): PerformanceObserver {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) onEntry(entry)
  })
  observer.observe({ type, buffered: true })
  return observer
}

/** The beacon as JSON of at most {@link MAX_BEACON} bytes: where it is too long, the quickest fragments are left out. */
export function fitBeacon(beacon: Beacon): string {
  const fragments = (beacon.fragments ?? []).toSorted((one, other) => total(other) - total(one))
  for (;;) {
    const text = JSON.stringify({ ...beacon, ...(beacon.fragments && { fragments }) })
    if (new TextEncoder().encode(text).length <= MAX_BEACON || fragments.length === 0) return text
    fragments.pop()
  }
}

const total = ({ wait, transfer, morph, paint }: FragmentTiming) => wait + transfer + morph + paint
