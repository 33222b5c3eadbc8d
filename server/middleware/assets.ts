import { suggestion } from '../wire/closest.ts'
import type { Image, Manifest, Variant } from '../wire/manifest.ts'
import { escape, type Html, html, raw } from './html.ts'

/** Looks up what the build made of a source file. All lookups throw on an unknown name, with the closest there is. */
export interface Assets {
  /** Names the build: the `Release` header. */
  readonly release: string
  /** URL before `/assets/…`, without a slash at its end; `''` for the page's own origin. */
  readonly base: string
  /** A script and what it imports, deepest first, as URLs. */
  script(name: string): { src: string; preloads: readonly string[] }
  /**
   * JSON for `<script type="importmap">`, before every other script: what the names by which scripts import each other stand for. `''` where
   * the build made none. Not escaped: it holds names of files alone.
   */
  readonly importMap: string
  /** A stylesheet: its URL, its text if it was declared critical, and URLs of the fonts it declares. */
  style(name: string): { href: string; inline?: string; fonts: readonly string[] }
  /** URL of any other hashed file, by source path. */
  file(name: string): string
  /** A `<picture>` with all variants and its size, so that nothing moves when it arrives. */
  image(name: string, options: ImageOptions): Html
  /** `<link rel="preload">` for a picture's best format. `sizes` as in {@link ImageOptions}. */
  preloadImage(name: string, sizes?: string): Html
  /** URL of one variant in the format every browser reads: the smallest at least `width` wide; default the widest. */
  imageUrl(name: string, width?: number): string
  /** CSS rules that hold the place of each picture in `markup` with its mean colour. A CSP allows them by hash, not as attributes. */
  placeholderRules(markup: string): string
}

export interface ImageOptions {
  /** What a person who does not see it should know; `''` for decoration. */
  alt: string
  /** How wide it is shown, as the `sizes` attribute. Default: `width` in px if given, else `100vw`. */
  sizes?: string
  /** Class of the `<img>`. */
  class?: string
  /** `fetchpriority`. Default none. */
  priority?: 'high' | 'low'
  /** Fetched when it is about to scroll into view. Default false. */
  lazy?: boolean
  /** CSS pixels for the `width` attribute, the height follows. Default the source's size. */
  width?: number
  /** Another picture where `media` holds, as a cut of this one made for phones (`images.rules[].cuts` of the build). */
  instead?: { media: string; image: string; sizes: string }
}

/**
 * Reads a manifest once, so that a lookup while rendering is a lookup.
 *
 * @param assetBase URL before `/assets/…`, as in `https://cdn.example`; `''` for the page's own origin.
 * @throws TypeError on a manifest of another format.
 */
export function createAssets(manifest: Manifest, assetBase: string): Assets {
  if (manifest.format !== 2)
    throw new TypeError(
      `manifest.json: format ${String(manifest.format)} arrived, 2 was expected: build again with this version`,
    )
  const base = assetBase.replace(/\/+$/, '')
  const url = (file: string) => `${base}/${file}`

  const scripts = new Map<string, ReturnType<Assets['script']>>()
  const styles = new Map<string, ReturnType<Assets['style']>>()
  for (const [name, entry] of Object.entries(manifest.entries)) {
    if (entry.kind === 'script') scripts.set(name, { src: url(entry.file), preloads: (entry.imports ?? []).map(url) })
    else
      styles.set(name, {
        href: url(entry.file),
        ...(entry.inline !== undefined && { inline: entry.inline.replaceAll('%ASSET_BASE%', base) }),
        fonts: (entry.fonts ?? []).map((font) => url(manifest.files[font]?.file ?? font)),
      })
  }
  const files = new Map(Object.entries(manifest.files).map(([name, { file }]) => [name, url(file)]))
  const images = new Map(Object.entries(manifest.images).map(([name, image]) => [name, prepare(image, url)]))

  return {
    release: manifest.release,
    base,
    importMap: manifest.importMap ? importMapOf(manifest.importMap, url) : '',
    script: (name) => find(scripts, name, 'script'),
    style: (name) => find(styles, name, 'stylesheet'),
    file: (name) => find(files, name, 'file'),
    image: (name, options) =>
      picture(
        find(images, name, 'picture'),
        options,
        options.instead && find(images, options.instead.image, 'picture'),
      ),
    preloadImage(name, sizes = '100vw') {
      const [best] = find(images, name, 'picture').formats
      return html`<link rel="preload" as="image" type="${best?.type}" imagesrcset="${best?.srcset}" imagesizes="${sizes}" fetchpriority="high">`
    },
    imageUrl(name, width = Infinity) {
      const { fallbacks } = find(images, name, 'picture')
      const variant = fallbacks.find((candidate) => candidate.width >= width) ?? fallbacks.at(-1)
      return variant ? url(variant.file) : ''
    },
    placeholderRules(markup) {
      const colours = new Set(Array.from(markup.matchAll(/\bp-([\da-f]{6})\b/g), ([, colour]) => colour))
      return Array.from(colours, (colour) => `.p-${colour}{background:#${colour}}`).join('')
    },
  }
}

/** A script's own imports are resolved against its address, which is on the CDN where there is one: so are the names. */
function importMapOf(map: Record<string, string>, url: (file: string) => string): string {
  const imports = Object.fromEntries(Object.entries(map).map(([name, file]) => [url(name), url(file)]))
  return JSON.stringify({ imports }).replaceAll('<', String.raw`\u003c`)
}

interface Prepared {
  width: number
  height: number
  /** Class that {@link Assets.placeholderRules} gives a colour; null for pictures one can see through. */
  placeholder: string | null
  /** Best format first. */
  formats: { type: string; srcset: string }[]
  /** Variants of the last format, smallest first, and the URL of the widest: what a browser without `srcset` shows. */
  fallbacks: Variant[]
  src: string
}

function prepare({ width, height, placeholder, variants }: Image, url: (file: string) => string): Prepared {
  const byType = Map.groupBy(variants, (variant) => variant.type)
  const fallbacks = [...byType.values()].at(-1) ?? []
  return {
    width,
    height,
    placeholder: placeholder && `p-${placeholder.slice(1).toLowerCase()}`,
    formats: Array.from(byType, ([type, list]) => ({
      type,
      srcset: list.map((variant) => `${url(variant.file)} ${variant.width}w`).join(', '),
    })),
    fallbacks,
    src: url(fallbacks.at(-1)?.file ?? ''),
  }
}

function picture(image: Prepared, options: ImageOptions, other?: Prepared): Html {
  const {
    alt,
    instead,
    priority,
    lazy,
    width = image.width,
    sizes = options.width ? `${options.width}px` : '100vw',
  } = options
  const height = Math.round((width * image.height) / image.width)
  const classes = [image.placeholder, options.class].filter(Boolean).join(' ')
  const better = image.formats.slice(0, -1)
  const last = image.formats.at(-1)
  const of = raw(`sizes="${escape(sizes)}"`)
  // `sizes` stands before `srcset`, `loading` before both: set the other way round, some browsers fetch before they have read it.
  const others = instead && html`media="${instead.media}" sizes="${instead.sizes}"`
  return html`<picture>${other?.formats
    .slice(0, -1)
    .map(({ type, srcset }) => html`<source type="${type}" ${others} srcset="${srcset}">`)}${better.map(
    ({ type, srcset }) => html`<source type="${type}" ${of} srcset="${srcset}">`,
  )}<img${classes !== '' && html` class="${classes}"`}${lazy && raw(' loading="lazy"')} decoding="async"${
    priority && html` fetchpriority="${priority}"`
  } width="${width}" height="${height}" alt="${alt}" ${of} srcset="${last?.srcset}" src="${image.src}"></picture>`
}

function find<T>(entries: ReadonlyMap<string, T>, name: string, kind: string): T {
  const entry = entries.get(name)
  if (entry !== undefined) return entry
  throw new RangeError(
    `manifest.json has no ${kind} "${name}"${entries.size > 0 ? suggestion(name, entries.keys()) : ' and no other: was the client built?'}`,
  )
}
