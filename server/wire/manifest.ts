/**
 * The delivery manifest: what a build made, by the name the source has. Written by `build/plugins/manifest.ts` to
 * `dist/client/manifest.json`; read by the server (asset URLs, critical CSS), by `cdn/` (headers) and by the service worker's
 * precache list. Paths are relative to the root of the built client, without a leading slash: `assets/main-4f1c2a9b.js`.
 */
export interface Manifest {
  /** The format's number. A reader refuses any other. */
  format: 2
  /** Names this build: the hash of everything in it that a browser can fetch. Sent with each answer as `Release`. */
  release: string
  /** Scripts and stylesheets, by source path relative to Vite's root: `game/main.ts`, `game/styles/village.css`. */
  entries: Record<string, Entry>
  /** Pictures, by path relative to the art folder, without extension: `scenes/village-sky`. */
  images: Record<string, Image>
  /** Every other hashed file (fonts, sounds, data), by source path relative to Vite's root. */
  files: Record<string, File>
  /** Files of the public folder, which keep the name the game asks for, by that name as it is on disk: `art/hero 1.png`. */
  answers: Record<string, Answer>
  /** HTML files that the build made: `index.html`. */
  documents: Record<string, Document>
  /** Specifier to file, where an import map keeps a changed script from renaming those that import it. A page made by a server carries it. */
  importMap?: Record<string, string>
  /** Path of the service worker (`worker.js`): its name carries no hash, it is always revalidated. */
  worker?: string
}

/** A built file whose name carries the hash of its bytes. */
export interface File {
  /** `assets/grenze-8d1f03aa.woff2` */
  file: string
  /** Bytes as stored, not encoded. */
  bytes: number
}

export interface Entry extends File {
  kind: 'script' | 'style'
  /** Scripts this one imports statically, deepest first: what `modulepreload` should name. */
  imports?: string[]
  /** Stylesheets that the script's graph brings along. */
  css?: string[]
  /**
   * A stylesheet's text, minified, for `<style>`: set on styles that were declared critical. Asset URLs in it begin with
   * `%ASSET_BASE%/`, which the server replaces once, at start.
   */
  inline?: string
  /** Fonts that this stylesheet declares, as `files` paths, for `<link rel="preload" as="font">`. */
  fonts?: string[]
}

export interface Image {
  /** Size of the source in CSS pixels; the ratio of all variants. */
  width: number
  height: number
  /** True where any pixel is not opaque. */
  alpha: boolean
  /** Mean colour, `#rrggbb`, to hold the place; null for pictures with alpha. */
  placeholder: string | null
  /** Best format first (avif, webp, then png or jpeg); within a format by width, smallest first. */
  variants: Variant[]
}

export interface Variant extends File {
  type: 'image/avif' | 'image/webp' | 'image/png' | 'image/jpeg'
  width: number
  height: number
}

/** A file that keeps its name, and what may be sent in its place. */
export interface Answer {
  /** First eight hex digits of the SHA-256 of the bytes under the name itself: tells whether a copy is current. */
  hash: string
  bytes: number
  /** Hashed files that may be sent to who takes their type (`chooseInstead`), smallest first. Empty where the name's own bytes are best. */
  instead: Instead[]
}

export interface Instead extends File {
  /** `image/avif`, `image/webp`, `audio/mpeg`, `audio/mp4` or `audio/ogg`. */
  type: string
}

export interface Document {
  /** What the page needs soon, in the order it needs it: for `<link>` and Early Hints. */
  preloads: Preload[]
  /** Files that hold up the first paint. */
  blocking: string[]
}

export interface Preload {
  file: string
  /** `script` stands for a module: `<link rel="modulepreload">`. */
  as: 'script' | 'style' | 'font' | 'image'
  type?: string
  crossorigin?: true
}

/** What the service worker is built with, as `virtual:firstframe/precache`. */
export interface Precache {
  release: string
  /** Scripts, stylesheets, fonts without which nothing shows: fetched at install. */
  shell: File[]
  /** The file that holds the {@link Answer}s in the form of `table.ts`: for a worker that answers for names without a hash. */
  table?: string
}
