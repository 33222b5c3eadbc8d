import type { PlaceVitals } from '../../../server/wire/beacon.ts'
import { isObservable, observe, type Observed } from './observe.ts'

/**
 * Places gone to without a new document, for browsers that do not tell them apart themselves, as Chromium does from 151 on: LCP is from the
 * tap to the painted parts, INP the slowest interaction since. CLS stays out: those browsers tell no shifts.
 */
export function observePlaces(onFigures: (place: PlaceVitals) => void): {
  /** Parts stand painted, `time` ms after the tap. */
  onPaint(time: number): void
  observed: Observed[]
} {
  let path = location.pathname
  let slowest = Number.POSITIVE_INFINITY
  return {
    onPaint(time) {
      if (location.pathname === path) return
      path = location.pathname
      slowest = 0
      onFigures({ path, LCP: Math.round(time) })
    },
    observed: isObservable('event')
      ? [
          observe<PerformanceEventTiming & { interactionId: number }>(
            'event',
            ({ interactionId, duration }) => {
              if (interactionId === 0 || duration <= slowest) return
              slowest = duration
              onFigures({ path, INP: Math.round(duration) })
            },
            // The shortest that a browser tells of.
            { durationThreshold: 16 },
          ),
        ]
      : [],
  }
}

/** Whether the browser itself tells places apart, so that web-vitals can. https://wicg.github.io/soft-navigations/ */
export const areTold = (): boolean => isObservable('soft-navigation')
