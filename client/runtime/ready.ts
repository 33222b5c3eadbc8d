import { delay } from './idle.ts'

export interface ReadyOptions {
  /** Ms after which the parts are shown with what pictures there are. Default 1,000. */
  deadline?: number
  /** Ends the waiting, and the pictures under way. */
  signal?: AbortSignal
}

/** One picture over a line of 150 ms and 1.6 Mbit/s takes 300 to 700 ms; longer than this, a person would rather read. */
const DEADLINE = 1000

/**
 * Fetches and decodes the pictures that will be seen first, before the parts are put in place, so that nothing blinks: those that are not lazy,
 * or of high priority, and lazy ones where the page as it stands has a picture on screen in the same place. Pictures of
 * the page itself are not waited for. What is ready says so by `data-shown`, which keeps `loadImages()` from holding it back.
 *
 * @param parts from a document of their own, where nothing is fetched. `id` tells which element of the page each will become.
 * @returns undefined, and not a promise, when there is nothing to wait for. Never rejects: a broken picture is shown broken.
 */
export function whenReady(parts: Iterable<Element>, options: ReadyOptions = {}): Promise<void> | undefined {
  const { deadline = DEADLINE, signal } = options
  let shown: Set<string> | undefined
  const decoded: Promise<void>[] = []
  for (const part of parts) {
    const olds = document.getElementById(part.id)?.getElementsByTagName('img')
    for (const [at, img] of part.querySelectorAll('img').entries()) {
      if (img.loading === 'lazy' && img.fetchPriority !== 'high' && !isSeen(olds?.[at])) continue
      shown ??= new Set(Array.from(document.images, addressOf))
      if (!shown.has(addressOf(img))) decoded.push(decode(img, signal).catch(nothing))
    }
  }
  if (decoded.length === 0) return undefined
  // An abort ends it like the deadline.
  return Promise.race([Promise.all(decoded), delay(deadline, signal)]).then(nothing, nothing)
}

/** A copy that belongs to the page chooses the variant that the picture itself will choose, and shares what it fetched. */
async function decode(img: HTMLImageElement, signal: AbortSignal | undefined): Promise<void> {
  img.loading = 'eager'
  const copy = document.importNode(img.closest('picture') ?? img, true)
  const picture = copy.querySelector('img') ?? (copy as HTMLImageElement)
  signal?.addEventListener('abort', () => {
    // Only a picture without any address is not fetched any more.
    picture.remove()
    picture.src = picture.srcset = ''
  })
  await picture.decode()
  img.setAttribute('data-shown', '')
}

/** On screen, or in the first one, where a change of place will scroll to. */
function isSeen(img: Element | undefined): boolean {
  if (!img) return false
  const { top, bottom } = img.getBoundingClientRect()
  return (bottom > 0 && top < innerHeight) || top + scrollY < innerHeight
}

/** What decides which variant is fetched. */
const addressOf = (img: HTMLImageElement): string =>
  Array.from(img.closest('picture')?.children ?? [img], (one) =>
    ['src', 'srcset', 'sizes', 'media', 'type'].map((name) => one.getAttribute(name)),
  ).join()

const nothing = () => {}
