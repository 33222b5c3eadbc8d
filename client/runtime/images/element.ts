import { type Asking, failure, inTurn, priorityOf } from './attempts.ts'

/** What else than a decoding picture there is to loading an `<img>`. */
interface Ways {
  /** Gives it its address, at each attempt. */
  start: (count: number) => void
  /** Takes it away, which alone cancels its request: it is left, or hangs. */
  stop: () => void
}

/**
 * Loads an `<img>` in its turn.
 *
 * @returns true when decoded, undefined when broken for good.
 * @throws the signal's reason when aborted.
 */
export const loadElement = (img: HTMLImageElement, { start, stop }: Ways, asking: Asking): Promise<true | undefined> =>
  inTurn(async (count, signal) => {
    // What the page itself says of a picture stands.
    if (img.fetchPriority === 'auto') img.fetchPriority = priorityOf(asking.lane())
    start(count)
    // decode() also rejects when the address changes under it, and in some browsers never ends when it is taken away; what counts is
    // whether there is a picture.
    await Promise.race([
      img.decode().catch(() => {}),
      new Promise((resolve) => signal.addEventListener('abort', resolve)),
    ])
    if (signal.aborted) {
      stop()
      return undefined
    }
    return img.naturalWidth > 0 || failure(timingOf(img)?.responseStatus)
  }, asking)

/** What the browser noted of a picture's last fetch; nothing where its list is full or the origin does not tell. */
export const timingOf = ({ currentSrc }: HTMLImageElement) =>
  performance.getEntriesByName(currentSrc, 'resource').at(-1) as PerformanceResourceTiming | undefined
