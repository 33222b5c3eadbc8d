/** What a person does with a page, or that they come back to it. */
const USES = ['pointerdown', 'keydown', 'visibilitychange']

/**
 * Calls `look` when the page is used or seen again, at most once in `every` ms, the first time no sooner than that. A page that lies unused
 * asks for nothing.
 */
export function whenUsed(look: () => void, every: number, options: { signal?: AbortSignal } = {}): void {
  let next = performance.now() + every
  const use = () => {
    const now = performance.now()
    if (document.hidden || now < next) return
    next = now + every
    look()
  }
  for (const name of USES) addEventListener(name, use, { capture: true, ...options })
}
