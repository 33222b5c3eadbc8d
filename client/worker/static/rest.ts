declare const registration: ServiceWorkerRegistration

/** A game that has asked for nothing for so long has its scene. Ms. */
const PAUSE = 3000
/** One that never stops asking is waited for no longer than this; nor is a worker that knows nothing of this. Ms. */
const PATIENCE = 60_000

let lastRequest = 0

export const noteRequest = (): void => void (lastRequest = Date.now())

/** In the worker that runs: resolves when its pages have stopped asking. */
export async function atRest(): Promise<void> {
  const until = Date.now() + PATIENCE
  for (let left = PAUSE; left > 0 && Date.now() < until; left = lastRequest + PAUSE - Date.now()) await delay(left)
}

/** In the worker that installs: asks the one that runs. A first install has nobody to wait for: the page has waited. */
export async function othersAtRest(): Promise<void> {
  const { active } = registration
  if (!active) return
  const { port1, port2 } = new MessageChannel()
  const told = new Promise((resolve) => port1.addEventListener('message', resolve))
  port1.start()
  active.postMessage({ type: 'at-rest' }, [port2])
  await Promise.race([told, delay(PATIENCE)])
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
