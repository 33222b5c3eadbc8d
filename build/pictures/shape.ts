import type { Settings } from './codec.ts'
import type { Kind } from './kind.ts'

/** What became of a picture. */
export interface Shrunk {
  /** Size in pixels, upright; of one frame. */
  width: number
  height: number
  /** True where any pixel is not opaque. */
  alpha: boolean
  /** 1 for a still. */
  frames: number
  kind: Kind
  /** Why this kind, a few words for the report: `a normal map by its name`. */
  why: string
  /** Of the source, by its bytes: png, jpeg, webp, avif, gif … */
  format: string
  /** Mean colour, `#rrggbb`; null for pictures with alpha. */
  placeholder: string | null
  /** Of the source. */
  bytes: number
  /** What lies under the old name, where something smaller of the same format was made; null: the source itself. */
  original: Shape | null
  /** Of other formats or widths, smallest first; only those smaller than what lies under the old name. */
  variants: Shape[]
  /** True where AVIF was put off because the time for it had run out. */
  pending: boolean
  /** What whoever exported the picture should know: `named .png, but a JPEG by its bytes`. */
  warning?: string
}

export interface Shape {
  type: `image/${'avif' | 'webp' | 'png' | 'jpeg' | 'gif'}`
  width: number
  height: number
  bytes: number
  /** First eight hex digits of the SHA-256 of the bytes. */
  hash: string
  /** Where the bytes lie in `caches.variants`. */
  key: string
  /** Likeness to the source as measured on parts of it, 100 being the same; null where it is exact or was not measured. */
  score: number | null
  /** What the encoder was told, by sharp's names. */
  settings: Settings
}

/** An encoding that was made, before it is known whether it is kept. */
export interface Made {
  type: Shape['type']
  width: number
  height: number
  data: Buffer
  score: number | null
  settings: Settings
}
