/** A picture that a document or a stylesheet shows, and what may be shown in its place. */
export interface Found {
  /** Size in pixels, upright. */
  width: number
  height: number
  /** True where something behind it can be seen. */
  alpha: boolean
  /** A colour, as in `#10132a`; null where the picture is not opaque. */
  placeholder: string | null
  /** In the source's own format. */
  fallback: Candidate[]
  /** Smallest first; those which pay only. */
  formats: Format[]
}

export interface Candidate {
  /** As it is written into the text: relative to whatever holds it, and encoded. */
  url: string
  /** In pixels. */
  width: number
}

export interface Format {
  /** `image/avif`, `image/webp`. */
  type: string
  candidates: Candidate[]
}

/** What is known of the picture at this URL, written as the text has it; undefined for what is no picture of ours. */
export type Lookup = (url: string) => Found | undefined

const TYPES: Record<string, string> = {
  avif: 'image/avif',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
}

/** By the end of its name; undefined where that says nothing. */
export const typeOf = (url: string): string | undefined =>
  TYPES[/\.(?<end>\w+)(?:[?#].*)?$/.exec(url)?.groups?.['end']?.toLowerCase() ?? '']

/** The candidate that is as wide as the picture: the only one that leaves its natural size as it is. */
export const wholeOf = (candidates: readonly Candidate[], { width }: Pick<Found, 'width'>): Candidate | undefined =>
  candidates.find((candidate) => candidate.width === width)
