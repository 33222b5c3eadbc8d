import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import { type Beacon, type FragmentTiming, MAX_TEXT, type PlaceVitals } from '../../server/wire/beacon.ts'
import type { Visit, VisitTiming } from './fragments.ts'
import { whenIdle } from './idle.ts'
import { observeFrames } from './vitals/frames.ts'
import { fitBeacon, keep, noNews } from './vitals/news.ts'
import { createLanes, observePictures } from './vitals/pictures.ts'
import { areTold, observePlaces } from './vitals/places.ts'
import { createSender } from './vitals/sender.ts'

export interface VitalsOptions {
  /** Where the beacon goes. Default `/track/beacon`. */
  url?: string
  /** Build that made this page. Default `<html data-release>`. */
  release?: string
}

/**
 * Measures the visit and sends one beacon each time the page is hidden, if there is something new: hidden is the last state a
 * browser promises to tell. https://www.igvita.com/2015/11/20/dont-lose-user-and-app-state-use-page-visibility/ A tab that is killed while it
 * is seen is told of by the browser, where it has `fetchLater`.
 *
 * Import it lazily, after load: nothing is lost, the browser keeps its entries.
 */
export function startVitals(options: VitalsOptions = {}): { stop(): void } {
  const { url = '/track/beacon' } = options
  const release = (options.release ?? document.documentElement.dataset['release'] ?? '').slice(0, MAX_TEXT.release)
  const sender = createSender(url)
  const stopping = new AbortController()
  const lanes = createLanes()
  let visit = beginVisit(release, documentTold())
  let vitals: Beacon['vitals'] = {}
  let news = noNews()
  /** Places by the browser's number for them, as far as they are news. */
  let places = new Map<number, PlaceVitals>()
  let isPreparing = false

  function onMetric({ name, value, navigationType, navigationId, navigationURL }: Metric) {
    const figure = name === 'CLS' ? Math.round(value * 10_000) / 10_000 : Math.round(value)
    if (navigationType !== 'soft-navigation') vitals[name] = figure
    else if (name === 'LCP' || name === 'INP' || name === 'CLS') {
      const place = places.get(navigationId) ?? { path: pathOf(navigationURL) }
      place[name] = figure
      if (!places.has(navigationId)) keep(news, 'places', place)
      places.set(navigationId, place)
    }
    prepare()
  }
  const metrics = { reportAllChanges: true, reportSoftNavs: true }
  for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(onMetric, metrics)

  const own = areTold()
    ? undefined
    : observePlaces((figures) => {
        const last = news.places.at(-1)
        if (last?.path === figures.path) Object.assign(last, figures)
        else keep(news, 'places', figures)
        prepare()
      })
  const observed = [
    ...observePictures(lanes),
    observeFrames((frame) => {
      keep(news, 'frames', { path: pathOf(location.href), ...frame })
      prepare()
    }),
    ...(own?.observed ?? []),
  ]

  function onApplied(event: Event) {
    const { url, timing } = (event as CustomEvent<Visit>).detail
    if (!timing) return
    const fragment = describe(url, timing)
    keep(news, 'fragments', fragment)
    // After the frame that shows it: requestAnimationFrame alone comes before.
    requestAnimationFrame(() =>
      setTimeout(() => {
        fragment.paint = Math.round(performance.now() - timing.at)
        const { wait, transfer, decode = 0, morph, paint } = fragment
        own?.onPaint(wait + transfer + decode + morph + paint)
        prepare()
      }),
    )
  }

  /** All that is new; undefined where nothing is. */
  function compose(): Beacon | undefined {
    for (const one of observed) one.flush()
    const { dropped, ...lists } = news
    const told = Object.entries({ ...lists, pictures: lanes.rows() }).filter(([, list]) => list.length > 0)
    if (told.length === 0 && Object.keys(vitals).length === 0) return undefined
    return { ...visit.head(), vitals, ...Object.fromEntries(told), ...(dropped > 0 && { dropped }) }
  }

  function onHide() {
    if (document.visibilityState !== 'hidden') return
    const beacon = compose()
    if (!beacon) return
    sender.send(fitBeacon(beacon))
    visit.number++
    vitals = {}
    news = noNews()
    places = new Map()
    lanes.clear()
  }

  /** Has the browser hold what is new, once there is time for it. */
  async function prepareSoon() {
    if (isPreparing) return
    isPreparing = true
    await whenIdle()
    const beacon = stopping.signal.aborted ? undefined : compose()
    if (beacon) sender.prepare(fitBeacon(beacon))
    isPreparing = false
  }
  const prepare = () => void prepareSoon()

  document.addEventListener('firstframe:applied', onApplied, stopping)
  // At the window: web-vitals listens at the document and has its last word before.
  addEventListener('visibilitychange', onHide, stopping)
  // A page that is seen is hidden right after this; for one that is hidden already nothing else comes.
  addEventListener('pagehide', onHide, stopping)
  addEventListener('pageshow', ({ persisted }) => persisted && (visit = beginVisit(release)), stopping)
  return {
    stop() {
      stopping.abort()
      sender.withdraw()
      for (const one of observed) one.stop()
    },
  }
}

/** @param told of the document, unless it came back from the browser's cache. */
function beginVisit(release: string, told?: ReturnType<typeof documentTold>) {
  const id = crypto
    .getRandomValues(new Uint32Array(2))
    .reduce((text, part) => text + part.toString(36), 'v')
    .slice(0, 36)
  const path = pathOf(location.href)
  return {
    /** Of the next beacon. */
    number: 0,
    head() {
      const { request, document } = told ?? {}
      return {
        id: `${id}.${this.number}`,
        release,
        path,
        ...(request && { request }),
        ...(this.number === 0 && document && { document }),
      }
    },
  }
}

/** `X-Request-Id` of the document, and how it came. */
function documentTold() {
  const [entry] = performance.getEntriesByType('navigation')
  if (!entry) return undefined
  const { requestStart, responseStart, responseEnd, domContentLoadedEventEnd, serverTiming } = entry
  return {
    request: serverTiming.find(({ name }) => name === 'request')?.description,
    document: {
      connect: between(0, requestStart),
      wait: between(requestStart, responseStart),
      transfer: between(responseStart, responseEnd),
      parsed: between(0, domContentLoadedEventEnd),
    },
  }
}

/** A step that was skipped has no time of its own, or one before the step that it follows. */
const between = (from: number, to: number) => Math.max(0, Math.round(to - from))

function describe(url: string, timing: VisitTiming & { decode?: number }): FragmentTiming {
  const { request, wait, transfer, decode, morph } = timing
  return {
    path: pathOf(url),
    ...(request && { request }),
    wait: Math.round(wait),
    transfer: Math.round(transfer),
    ...(decode !== undefined && { decode: Math.round(decode) }),
    morph: Math.round(morph),
  }
}

const pathOf = (url = location.href) => new URL(url).pathname.slice(0, MAX_TEXT.path)
