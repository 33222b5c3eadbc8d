import type { Asking } from './attempts.ts'
import { loadElement, timingOf } from './element.ts'
import { fetchPicture, type OnBytes } from './fetch.ts'
import { turn } from './frame.ts'
import { usualSize } from './line.ts'
import { createTally, type OnProgress } from './tally.ts'
import { type Picture, variantOf } from './variant.ts'

/** What a list of pictures can be had as. */
export interface Forms {
  /** Decoded; needs no more than `img-src` of a page's policy, and no CORS. */
  element: HTMLImageElement
  /** Decoded off the main thread, for canvas and WebGL; `close()` frees it. Not for SVG. */
  bitmap: ImageBitmap
  /** As it came, not decoded. */
  blob: Blob
}

export interface LoadOptions<As extends keyof Forms = keyof Forms> {
  /** Default `element`. */
  as?: As
  /** 0 on screen, 1 next (default), 2 when nothing else is wanted; a function is asked while a picture waits: what comes into view passes. */
  lane?: number | ((url: string) => number)
  /** Ends the loading: what is being fetched is cancelled and the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Called as bytes arrive; as `element`, where a browser does not tell, after each picture. */
  progress?: OnProgress | undefined
  /** Called with each picture once it is ready, a few ms of them a frame: to be drawn before the others are there. */
  each?: (url: string, picture: Forms[As]) => void
  /** Attempts after the first before a picture counts as broken. Default 4. */
  retries?: number
  /** Ms before the first retry, doubled for each further one, jittered by half. Default 600. */
  retryAfter?: number
}

/** {@link loadImages} of a list, for those that need no more: pictures by address, broken ones (after retries) missing. */
export async function loadList<As extends keyof Forms = 'element'>(
  pictures: Iterable<string | Picture>,
  options: LoadOptions<As> = {},
): Promise<Map<string, Forms[As]>> {
  const { as = 'element' as As, lane = 1, signal = AbortSignal.any([]), progress, each } = options
  const add = createTally(progress)
  const asked = new Set<string>()
  const loaded = new Map<string, Forms[As]>()

  async function loadOne(one: string | Picture) {
    const picture = typeof one === 'string' ? { url: one } : one
    const { url, bytes } = picture
    if (asked.has(url)) return
    asked.add(url)
    const address = variantOf(picture)
    const tell = add(address === url ? bytes : undefined)
    const asking = { ...options, signal, lane: () => (typeof lane === 'number' ? lane : lane(url)) }
    // Asking costs little, but for hundreds at once it would be a long task.
    await turn()
    const got = await load[as](address, asking, tell)
    // What does not come is not waited for.
    if (!got) return tell(0, 0)
    await turn()
    signal.throwIfAborted()
    loaded.set(url, got)
    each?.(url, got)
  }

  await Promise.all(Array.from(pictures, loadOne))
  return loaded
}

type Load<T> = (url: string, asking: Asking, onBytes: OnBytes) => Promise<T | undefined>

const load: { [As in keyof Forms]: Load<Forms[As]> } = {
  async element(url, asking, onBytes) {
    const img = new Image()
    // Not fetched before it is its turn.
    img.loading = 'lazy'
    img.src = url
    if (!(await loadElement(img, asking))) return undefined
    const size = timingOf(img)?.encodedBodySize || usualSize()
    onBytes(size, size)
    return img
  },
  async bitmap(url, asking, onBytes) {
    const blob = await fetchPicture(url, asking, onBytes)
    return blob && createImageBitmap(blob).catch(() => undefined)
  },
  blob: fetchPicture,
}
