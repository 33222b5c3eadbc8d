import { type Candidate, type Found, type Lookup, wholeOf } from './lookup.ts'
import type { Place } from './place.ts'
import { isByWidth, mapSrcset, writeSrcset } from './srcset.ts'
import type { Tag } from './tags.ts'

/** One encoding of a picture, as a `<source>` or an `<img>` asks for it. */
export interface Encoding {
  type: string
  srcset: string
  /** Where the browser chooses by width. */
  sizes: string | undefined
  /** What a browser takes that knows no `srcset`. */
  url: string
}

/** Every encoding that an `<img>` may have, best first; for one that has a `srcset`, the same set in other types. */
export function encodingsOf(img: Tag, found: Found, place: Place, lookup: Lookup): Encoding[] {
  const given = img.attribs['srcset']
  return found.formats.flatMap(({ type, candidates }) => {
    const whole = wholeOf(candidates, found)
    const srcset =
      given === undefined
        ? writeSrcset(chosen(candidates, found, place))
        : mapSrcset(given, (url) => sameIn(type, lookup(url)))
    if (srcset === undefined || !whole) return []
    return [
      {
        type,
        srcset,
        sizes: isByWidth(srcset)
          ? given === undefined
            ? sizesOf(img, found, place)
            : img.attribs['sizes']
          : undefined,
        url: whole.url,
      },
    ]
  })
}

/** The `srcset` of the picture's own format; undefined where its `src` says it all. */
export function ownSrcset(found: Found, place: Place): string | undefined {
  const candidates = chosen(found.fallback, found, place)
  return candidates.length > 1 ? writeSrcset(candidates) : undefined
}

/**
 * Several widths make the natural size what `sizes` says, and not all of it on a narrow screen: where more than a width decides how large
 * the picture is shown, one that is as wide as the source keeps everything as it was.
 */
const chosen = (candidates: readonly Candidate[], found: Found, place: Place): readonly Candidate[] =>
  place.sizedBy === 'something else' ? candidates.filter(({ width }) => width === found.width) : candidates

/** The encoding that stands for a picture in a set: as wide as it, since the set says how wide that is. */
export const sameIn = (type: string, found: Found | undefined): string | undefined =>
  found && wholeOf(found.formats.find((format) => format.type === type)?.candidates ?? [], found)?.url

/** https://html.spec.whatwg.org/multipage/images.html#sizes-attributes */
export function sizesOf({ attribs }: Tag, found: Found, place: Place): string {
  if (attribs['sizes'] !== undefined) return attribs['sizes']
  const width = place.width ?? (place.sizedBy === 'nothing' ? (pixels(attribs['width']) ?? found.width) : found.width)
  const isCertain = place.width !== undefined || (place.sizedBy === 'nothing' && !place.fluid)
  const sizes = isCertain ? `${width}px` : `(max-width: ${width}px) 100vw, ${width}px`
  return attribs['loading'] === 'lazy' ? `auto, ${sizes}` : sizes
}

/** A number of pixels as HTML's `width` and `height` have it. */
export const pixels = (text: string | undefined): number | undefined =>
  /^\s*\d+\s*$/.test(text ?? '') ? Number(text) : undefined
