/** Resolves once the page has loaded and then has nothing to do, at most two seconds after the load. */
export async function whenIdle(): Promise<void> {
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve))
  await new Promise<unknown>((resolve) => {
    // Safari has no requestIdleCallback.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 2000 })
    else setTimeout(resolve, 200)
  })
}

/** Waits `ms`; rejects with the signal's reason when aborted. */
export const delay = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => reject(signal.reason as Error))
  })

/** `base` ms doubled with every attempt (from 0), up to a minute, times 0.5 to 1.5 by chance, so that many clients do not return at once. */
export const backoff = (attempt: number, base: number): number =>
  Math.min(base * 2 ** attempt, 60_000) * (0.5 + Math.random())
