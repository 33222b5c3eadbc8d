import { type Forms, loadList, type LoadOptions } from './images/list.ts'
import type { Picture } from './images/variant.ts'
import { type Images, type ImagesOptions, watchImages } from './images/watch.ts'

export type { OnProgress } from './images/tally.ts'
export { type Forms, type Images, type ImagesOptions, loadList, type LoadOptions, type Picture, watchImages }

/**
 * Fetches and decodes a list of pictures, as elements, bitmaps or blobs: by lane, no more at once than keep the line full, tried again
 * where they fail. Broken ones (after retries) are missing from the result.
 *
 * @example
 * const bitmaps = await loadImages(urls, { as: 'bitmap', lane: (url) => (isSeen(url) ? 0 : 1), each: draw, signal })
 * @throws the signal's reason when aborted.
 */
export function loadImages<As extends keyof Forms = 'element'>(
  pictures: Iterable<string | Picture>,
  options?: LoadOptions<As>,
): Promise<Map<string, Forms[As]>>
/**
 * Looks after the `<img>`s under `root`, also those that come later: fetches lazy ones by lane (on screen, next, idle), shows each
 * when it is decoded, retries broken ones, cancels those that leave. On a slow line lazy ones with variants are fetched at one pixel
 * for each CSS pixel. Without script the same markup works by itself.
 *
 * On each picture one attribute says where it stands: `data-pending` (held back, placeholder shown), `data-shown` or `data-broken`.
 * First-screen pictures that are not lazy are never held back. The placeholder is the colour of a class `p-rrggbb`, if there is one.
 */
export function loadImages(root?: Document | Element, options?: ImagesOptions): Images
export function loadImages(
  what: Iterable<string | Picture> | Document | Element = document,
  options?: object,
): unknown {
  return what instanceof Node ? watchImages(what, options) : loadList(what, options)
}
