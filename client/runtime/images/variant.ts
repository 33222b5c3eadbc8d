import { isSlow } from './line.ts'

/** A picture of a list, where more is known of it than its address. */
export interface Picture {
  /** Its address, and its key in what comes back. */
  url: string
  /** Addresses by how many pixels wide they are, of which the one that fits is fetched: `{ 200: '/fox-200.webp', 400: '/fox-400.webp' }`. */
  variants?: Readonly<Record<number, string>>
  /** CSS pixels it is drawn wide: what its variants have to fill. Default the page's width. */
  width?: number
  /** Bytes of `url`, from a manifest: progress is then exact from the start. */
  bytes?: number
}

/** Which variant to fetch: the smallest that fills the screen's pixels, on a slow line every other one each way. */
export function variantOf({ url, variants = {}, width = innerWidth }: Picture): string {
  const wanted = (width * devicePixelRatio) / (isSlow() ? 2 : 1)
  let fits = url
  // Whole numbers stand in order, whatever order they were written in.
  for (const [pixels, address] of Object.entries(variants)) {
    fits = address
    if (Number(pixels) >= wanted) break
  }
  return fits
}
