import { aborted, type Asking, inTurn } from './attempts.ts'
import { isSlow } from './line.ts'

/**
 * Loads an `<img>` in its turn, whatever its `loading` says. A lazy one with variants is fetched at one pixel for each CSS pixel where the
 * line is slow. What hangs or is aborted is cancelled, unless the picture has got another address.
 *
 * @returns the picture when decoded, undefined when broken for good.
 * @throws the signal's reason when aborted.
 */
export const loadElement = (img: HTMLImageElement, asking: Asking): Promise<HTMLImageElement | undefined> =>
  inTurn(async ({ signal, priority, cache }) => {
    const address = addressOf(img)
    // What the page itself says of a picture stands.
    if (img.fetchPriority === 'auto') img.fetchPriority = priority
    // Taken away and given back, an address is fetched anew, `<source>`s included.
    if (cache === 'reload') park(img)
    unpark(img)
    if (isSlow() && img.loading === 'lazy' && img.width > 0)
      for (const part of partsOf(img)) part.sizes = `${img.width / 2}px`
    img.loading = 'eager'
    // decode() also rejects when the address changes under it, and in some browsers never ends when it is taken away; what counts is
    // whether there is a picture.
    await Promise.race([img.decode().catch(() => undefined), aborted(signal)])
    if (addressOf(img) === address) cancel(img)
    return img.naturalWidth > 0 ? img : timingOf(img)?.responseStatus
  }, asking)

/** What the browser noted of a picture's last fetch; nothing where its list is full or the origin does not tell. */
export const timingOf = ({ currentSrc }: HTMLImageElement) =>
  performance.getEntriesByName(currentSrc, 'resource').at(-1) as PerformanceResourceTiming | undefined

/** The picture's `<source>`s and itself. */
const partsOf = (img: HTMLImageElement) => [
  ...(img.closest('picture')?.querySelectorAll<HTMLImageElement | HTMLSourceElement>('source,img') ?? [img]),
]

export const ADDRESSES = ['src', 'srcset']
/** What an address is called while it waits beside the picture. */
const LEFT = 'data-left-'

/** All addresses of a picture, parked or not. */
export const addressOf = (img: HTMLImageElement): string =>
  partsOf(img)
    .map((part) => ADDRESSES.map((name) => part.getAttribute(name) ?? part.getAttribute(LEFT + name)))
    .join()

/** Taking its addresses away is the only way to cancel a picture; they wait beside until it is asked for again. */
export const cancel = (img: HTMLImageElement): void => {
  if (!img.complete) park(img)
}

const park = (img: HTMLImageElement) => rename(img, '', LEFT)
export const unpark = (img: HTMLImageElement): void => rename(img, LEFT, '')
function rename(img: HTMLImageElement, from: string, to: string) {
  for (const part of partsOf(img))
    for (const name of ADDRESSES) {
      const value = part.getAttribute(from + name)
      if (!value) continue
      part.removeAttribute(from + name)
      // One that came meanwhile counts.
      if (!part.hasAttribute(to + name)) part.setAttribute(to + name, value)
    }
}
