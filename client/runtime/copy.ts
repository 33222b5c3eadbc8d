import { type Fragments, isShown } from './fragments.ts'

/**
 * Where the worker answered with a copy, which may be old or, without a line, another page's, the page is asked for again; and so it is when it comes back
 * from the back/forward cache.
 */
export async function refreshCopy(fragments: Fragments): Promise<void> {
  addEventListener('pageshow', ({ persisted }) => persisted && void fragments.refresh(), { signal: fragments.signal })
  const [navigation] = performance.getEntriesByType('navigation')
  if (isShown() && !navigation?.serverTiming.some(({ name }) => name === 'copy')) return
  // The line is free for the first paint.
  await new Promise<unknown>((resolve) => new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true }))
  await fragments.refresh({ whole: true })
}
