import { inParallel } from '../parallel.ts'
import { check, type Copies, type Copy, keep, stored } from './copies.ts'
import { nameOf } from './names.ts'
import { copiesOf, current } from './release.ts'

/**
 * What `fetch()` and pictures are asked for with by Chromium (of late, and before), Firefox and Safari: an answer that varies by `Accept` is
 * found under the very words only. A browser that has changed them loses no more than this first look.
 * https://developer.mozilla.org/docs/Web/HTTP/Guides/Content_negotiation/List_of_default_Accept_values
 */
const CHROMIUM = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
const ACCEPTS = [
  '*/*',
  `image/jxl,${CHROMIUM}`,
  CHROMIUM,
  'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
]
const AT_ONCE = 4

/** Stores what a page has loaded before there was a worker, as far as the browser still has it: nothing is fetched a second time. */
export async function adopt(urls: string[], event: ExtendableEvent): Promise<void> {
  const release = await current()
  if (!release) return
  await inParallel(urls, AT_ONCE, async (url) => {
    const name = nameOf(new URL(url))
    const copies = name === undefined ? undefined : copiesOf(release, name)
    if (!copies || (await stored(copies, event))) return
    const copy = await fromBrowser(url, ACCEPTS, copies)
    if (copy) await keep(copy).catch(() => {})
  })
}

/** From the browser's own cache and from nowhere else, however old: its hash says whether it is what is wanted. */
export async function fromBrowser(url: string, accepts: string[], copies: Copies): Promise<Copy | undefined> {
  for (const Accept of accepts)
    try {
      const had = await fetch(url, { cache: 'only-if-cached', mode: 'same-origin', headers: { Accept } })
      const copy = await check(copies, had)
      if (copy) return copy
    } catch {
      // It is not there.
    }
  return undefined
}
