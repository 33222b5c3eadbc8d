declare global {
  interface Navigator {
    /** https://wicg.github.io/netinfo/, Chromium only. */
    readonly connection?: { readonly saveData?: boolean }
  }
}

/** Resolves once the page has loaded and then has nothing to do, after at most `timeout` ms (default 2,000) from the load on. */
export async function whenIdle(timeout = 2000): Promise<void> {
  if (document.readyState !== 'complete')
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }))
  await new Promise<unknown>((resolve) => {
    // Safari has no requestIdleCallback.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout })
    else setTimeout(resolve, 200)
  })
}

/** Waits `ms`; rejects with the signal's reason when aborted. */
export const delay = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })

/** `base` ms doubled with every attempt (from 0), up to `most`, times 0.5 to 1.5 by chance, so that many clients do not return at once. */
export const backoff = (attempt: number, base: number, most = 60_000): number =>
  Math.min(base * 2 ** attempt, most) * (0.5 + Math.random())
