import type { Candidate } from './lookup.ts'

/** A URL without spaces, then what it is for. https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute */
const CANDIDATE = /[\s,]*(?<url>[^\s,](?:\S*[^\s,])?)(?:(?<descriptor>\s+[^,]*)?(?:,|$)|,(?=\s))/gy

/** Replaces every URL of a `srcset`; undefined where one of them has no replacement. */
export function mapSrcset(srcset: string, map: (url: string) => string | undefined): string | undefined {
  const mapped: string[] = []
  for (const { groups } of srcset.trim().matchAll(CANDIDATE)) {
    const url = map(groups?.['url'] ?? '')
    if (url === undefined) return undefined
    mapped.push(`${encode(url)} ${(groups?.['descriptor'] ?? '').trim()}`.trim())
  }
  return mapped.length === 0 ? undefined : mapped.join(', ')
}

/** A `srcset` of these candidates; one alone needs no width. Undefined where there is none. */
export function writeSrcset(candidates: readonly Candidate[]): string | undefined {
  const [first, ...more] = candidates
  if (!first) return undefined
  if (more.length === 0) return encode(first.url)
  return candidates.map(({ url, width }) => `${encode(url)} ${width}w`).join(', ')
}

/** Whether the browser chooses by width, and so asks `sizes`. */
export const isByWidth = (srcset: string): boolean => /\s\d+w\s*(?:,|$)/.test(srcset)

/** Commas and spaces part the candidates. */
const encode = (url: string): string => url.replaceAll(' ', '%20').replaceAll(',', '%2C')
