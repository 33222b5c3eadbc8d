import { existsSync } from 'node:fs'
import path from 'node:path'
import { suggestion } from '../server/wire/closest.ts'

/** What `firstframe()` takes. All paths are relative to Vite's `root`. */
export interface Options {
  /**
   * Scripts and stylesheets that pages made by a server name, as paths or globs: `['game/main.ts', 'game/styles/*.css']`.
   * Default `[]`: what Vite would build by itself (`index.html`, or the configuration's own `input`).
   */
  entries?: string[]
  /** Stylesheets, as paths or globs, whose text goes into the page. They are entries too. Default `[]`. */
  critical?: string[]
  /** A stylesheet that an HTML file links is inlined into it when it has at most this many bytes. 0 inlines none. Default 8192. */
  inlineCss?: number
  /** Every raster of the graph and of the public folder, made smaller at equal visual quality. Default all of it; false leaves them alone. */
  pictures?: PictureOptions | false
  /** Pictures of an art folder that pages made by a server show: the manifest lists them with all their variants. Default false: none. */
  images?: ImageOptions | false
  /**
   * The service worker, built as `worker.js` at the root of what is served: true for the kit's own, which any page with an HTML file takes
   * in and registers, a path for an entry of one's own, which registers itself, `'off'` for the kill switch: published in place of the kit's
   * own, it drops what that has stored, and itself, at each player's next visit. Default true; a project without an HTML file, or with a
   * service worker already, gets none.
   */
  worker?: string | boolean
  /** Fonts of stylesheets, cut to the text that is used; the whole font stays within reach of what else is typed. Default true. */
  fonts?: boolean
  /** Sheets to be packed, by the name they are asked for: `{ 'atlas/forest': { frames: 'art/forest/*.png' } }` makes `atlas/forest.json`. */
  atlases?: Record<string, AtlasOptions>
  /** The web app manifest, written as `app.webmanifest`. Default false: none. */
  app?: WebApp | false
  /**
   * Folder for the source maps of scripts, relative to `build.outDir` and outside of it, as `../maps`: a folder for each of the last five
   * releases, so that stacks of errors that pages report can be read. Overrules Vite's `build.sourcemap`. Default false: as Vite is told.
   */
  maps?: string | false
  /** Writes `.zst .br .gz` beside the files that get smaller by it. Default true. */
  precompress?: boolean
  /** Folder of what has been encoded before, safe to keep and to delete. Default `.cache/firstframe` beside the nearest package.json. */
  cache?: string
  /** What was used longest ago leaves the cache when it is larger than this, in MiB. Default 1024. */
  cacheSize?: number
}

export interface PictureOptions {
  /** Globs, by path in the public folder or from Vite's root, of pictures that are left as they are. Default `[]`. */
  exclude?: string[]
  /** Globs of pictures that play asks for although nothing that was built names them. Default `[]`. */
  include?: string[]
  /** Globs of pictures whose every pixel counts, besides those that show it by name or content. Default `[]`. */
  exact?: string[]
  /** Globs of pictures that are taken for data and are none. Default `[]`. */
  lossy?: string[]
  /** Seconds that one build spends on AVIF; what is left then has WebP until the next build goes on. Default 60; `Infinity` for all. */
  avifSeconds?: number
  /** Widths of the variants of an `<img>`, in pixels. Default `[480, 960, 1600]`. */
  widths?: number[]
}

export interface AtlasOptions {
  /** Globs of the frames, relative to Vite's root. A frame's name is its path from the globs' fixed part on, without extension. */
  frames: string | string[]
  /** Side of a sheet at most, in pixels. Default 2048. */
  maxSize?: number
  /** Pixels between frames. Default 2. */
  padding?: number
  /** Cuts clear edges off. Default true. */
  trim?: boolean
}

export interface ImageOptions {
  /** Folder of the source pictures; a picture's name is its path in it, without extension. Default `art`. */
  root?: string
  /** Globs, by path in the folder, of what is not shipped. Default `[]`. */
  exclude?: string[]
  /** The first rule whose `match` fits the picture's name holds; pictures that none fits get {@link DEFAULT_RULE}. */
  rules?: ImageRule[]
}

export interface ImageRule {
  /** Glob over picture names: `scenes/*`. */
  match: string
  /** Widths of the variants in pixels. Those above the source's width are left out; the source's own width takes their place. */
  widths: number[]
  /** `fallback` is png where the picture has alpha and jpeg where not, at one width. Default `['avif', 'webp', 'fallback']`. */
  formats?: ImageFormat[]
  /** 1 to 100 on each encoder's own scale. Default for each picture what makes it as like its source as all others are (`pictures/search.ts`); png 80. */
  quality?: Partial<Quality>
  /**
   * Parts of the picture that are pictures of their own, for art direction: `{ tall: { aspect: 4 / 5, widths: [720, 1080] } }` makes
   * `scenes/harbour@tall`. A phone that would show a quarter of a wide scene fetches that quarter. Default none.
   */
  cuts?: Record<string, Cut>
}

/** A full-height part of a picture. */
export interface Cut {
  /** Width through height. A picture that is no wider stays whole. */
  aspect: number
  /** Where in the source the middle of the part lies, from 0 at its left edge to 1 at its right. Default 0.5. */
  x?: number
  /** As in {@link ImageRule}. */
  widths: number[]
}

export type ImageFormat = 'avif' | 'webp' | 'png' | 'jpeg' | 'fallback'

export interface Quality {
  avif: number
  webp: number
  /** The fallback's, png (as a palette) and jpeg alike. */
  fallback: number
}

export interface WebApp {
  name: string
  short_name: string
  description: string
  start_url: string
  background_color: string
  theme_color: string
  /** Name of the picture that becomes the icon; every png variant of it is listed. */
  icon: string
}

export const DEFAULT_RULE: ImageRule = { match: '**', widths: [480, 960, 1600] }

/** The fallback is made at the greatest width up to this: those who need it are few, and their screens small. */
export const FALLBACK_WIDTH = 1200

const PICTURES: Required<PictureOptions> = {
  exclude: [],
  include: [],
  exact: [],
  lossy: [],
  avifSeconds: 60,
  widths: [480, 960, 1600],
}

export interface Resolved {
  entries: string[]
  critical: string[]
  inlineCss: number
  pictures: Required<PictureOptions> | false
  images: Required<ImageOptions> | false
  worker: string | boolean
  fonts: boolean
  atlases: Record<string, AtlasOptions>
  app: WebApp | false
  maps: string | false
  precompress: boolean
  cache: string | undefined
  cacheSize: number
}

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string' && value !== ''
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isWidths: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((width) => Number.isInteger(width) && width > 0)
const isFalseOr =
  (check: Check): Check =>
  (value) =>
    value === false || check(value)
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isObjects: Check = (value) => isObject(value) && Object.values(value as object).every(isObject)
const isPercent: Check = (value) => typeof value === 'number' && value >= 1 && value <= 100
const FORMATS: readonly unknown[] = ['avif', 'webp', 'png', 'jpeg', 'fallback'] satisfies ImageFormat[]

/** Every key there is, with what it takes: for checking, and for naming the closest. */
const SHAPES: Record<
  'options' | 'pictures' | 'atlas' | 'images' | 'rule' | 'cut' | 'quality' | 'app',
  Record<string, [Check, string]>
> = {
  options: {
    entries: [isTexts, 'paths or globs, as in ["game/main.ts"]'],
    critical: [isTexts, 'paths or globs, as in ["game/styles/village.css"]'],
    inlineCss: [(value) => Number.isInteger(value) && Number(value) >= 0, 'a number of bytes, as in 8192'],
    pictures: [isFalseOr(isObject), 'false or an object, as in { exact: ["maps/**"] }'],
    images: [isFalseOr(isObject), 'false or an object, as in { root: "art" }'],
    worker: [(value) => typeof value === 'boolean' || isText(value), 'true, false or a path, as in "worker/main.ts"'],
    fonts: [(value) => typeof value === 'boolean', 'true or false'],
    atlases: [isObjects, 'an object of atlases by name, as in { "atlas/forest": { frames: "art/forest/*.png" } }'],
    app: [isFalseOr(isObject), 'false or an object with name, icon and colours'],
    maps: [isFalseOr(isText), 'false or a folder beside what is built, as in "../maps"'],
    precompress: [(value) => typeof value === 'boolean', 'true or false'],
    cache: [isText, 'a folder, as in ".cache/firstframe"'],
    cacheSize: [(value) => typeof value === 'number' && value > 0, 'a number of MiB, as in 1024'],
  } satisfies Record<keyof Options, [Check, string]>,
  pictures: {
    exclude: [isTexts, 'globs, as in ["drafts/**"]'],
    include: [isTexts, 'globs, as in ["levels/**"]'],
    exact: [isTexts, 'globs, as in ["maps/**"]'],
    lossy: [isTexts, 'globs, as in ["skins/normal/*"]'],
    avifSeconds: [(value) => typeof value === 'number' && value >= 0, 'a number of seconds, as in 60, or Infinity'],
    widths: [isWidths, 'whole numbers of pixels, as in [480, 960]'],
  } satisfies Record<keyof PictureOptions, [Check, string]>,
  atlas: {
    frames: [(value) => isText(value) || isTexts(value), 'a glob, as in "art/forest/*.png"'],
    maxSize: [(value) => Number.isInteger(value) && Number(value) > 0, 'a number of pixels, as in 2048'],
    padding: [(value) => Number.isInteger(value) && Number(value) >= 0, 'a number of pixels, as in 2'],
    trim: [(value) => typeof value === 'boolean', 'true or false'],
  } satisfies Record<keyof AtlasOptions, [Check, string]>,
  images: {
    root: [isText, 'a folder, as in "art"'],
    exclude: [isTexts, 'globs, as in ["drafts/**"]'],
    rules: [Array.isArray, 'a list of rules, as in [{ match: "scenes/*", widths: [480, 960] }]'],
  } satisfies Record<keyof ImageOptions, [Check, string]>,
  rule: {
    match: [isText, 'a glob, as in "scenes/*"'],
    widths: [isWidths, 'whole numbers of pixels, as in [480, 960]'],
    formats: [
      (value) => Array.isArray(value) && value.length > 0 && value.every((format) => FORMATS.includes(format)),
      `some of ${FORMATS.join(', ')}`,
    ],
    quality: [isObject, 'an object, as in { avif: 60 }'],
    cuts: [isObjects, 'an object of parts by name, as in { tall: { aspect: 0.8, widths: [720] } }'],
  } satisfies Record<keyof ImageRule, [Check, string]>,
  cut: {
    aspect: [(value) => typeof value === 'number' && value > 0 && value < 100, 'width through height, as in 0.8'],
    x: [(value) => typeof value === 'number' && value >= 0 && value <= 1, 'a number from 0 to 1'],
    widths: [isWidths, 'whole numbers of pixels, as in [480, 960]'],
  } satisfies Record<keyof Cut, [Check, string]>,
  quality: {
    avif: [isPercent, '1 to 100'],
    webp: [isPercent, '1 to 100'],
    fallback: [isPercent, '1 to 100'],
  } satisfies Record<keyof Quality, [Check, string]>,
  app: {
    name: [isText, 'a text'],
    short_name: [isText, 'a text'],
    description: [isText, 'a text'],
    start_url: [isText, 'a URL, as in "/"'],
    background_color: [isText, 'a colour, as in "#10132a"'],
    theme_color: [isText, 'a colour, as in "#10132a"'],
    icon: [isText, 'the name of a picture, as in "icons/app"'],
  } satisfies Record<keyof WebApp, [Check, string]>,
}

/**
 * Fills in the defaults.
 * @throws TypeError naming the option, what arrived, what was expected and, for an unknown key, the closest there is.
 */
export function resolveOptions(options: Options): Resolved {
  check('firstframe()', options, SHAPES.options)
  const { images = false, app = false, pictures = {}, atlases = {} } = options
  if (pictures !== false) check('firstframe({ pictures })', pictures, SHAPES.pictures)
  for (const [name, atlas] of Object.entries(atlases))
    check(`firstframe({ atlases: { ${JSON.stringify(name)} } })`, atlas, SHAPES.atlas, ['frames'])
  if (images !== false) {
    check('firstframe({ images })', images, SHAPES.images)
    for (const [index, rule] of (images.rules ?? []).entries()) {
      const where = `firstframe({ images: { rules: [${index}] } })`
      check(where, rule, SHAPES.rule, ['match', 'widths'])
      if (rule.quality) check(`${where}.quality`, rule.quality, SHAPES.quality)
      for (const [name, cut] of Object.entries(rule.cuts ?? {}))
        check(`${where}.cuts.${name}`, cut, SHAPES.cut, ['aspect', 'widths'])
    }
  }
  if (app !== false) check('firstframe({ app })', app, SHAPES.app, Object.keys(SHAPES.app))
  return {
    entries: options.entries ?? [],
    critical: options.critical ?? [],
    inlineCss: options.inlineCss ?? 8192,
    pictures: pictures && { ...PICTURES, ...pictures },
    images: images && { root: images.root ?? 'art', exclude: images.exclude ?? [], rules: images.rules ?? [] },
    worker: options.worker ?? true,
    fonts: options.fonts ?? true,
    atlases,
    app,
    maps: options.maps ?? false,
    precompress: options.precompress ?? true,
    cache: options.cache,
    cacheSize: options.cacheSize ?? 1024,
  }
}

/** The folder of the cache for a project whose Vite root is `root`. */
export function cacheFolder(options: Resolved, root: string): string {
  return options.cache === undefined
    ? path.join(projectFolder(root), '.cache/firstframe')
    : path.resolve(root, options.cache)
}

/** The folder of the nearest package.json; `root` where there is none. */
export function projectFolder(root: string): string {
  let folder = root
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder)
    folder = path.dirname(folder)
  return path.dirname(folder) === folder ? root : folder
}

function check(where: string, value: unknown, shape: Record<string, [Check, string]>, required: string[] = []): void {
  if (!isObject(value)) throw new TypeError(`${where}: expected an object, got ${show(value)}`)
  const given = value as Record<string, unknown>
  for (const [key, entry] of Object.entries(given)) {
    const known = shape[key]
    if (!known) {
      const names = Object.keys(shape)
      throw new TypeError(
        `${where}: there is no option "${key}"${suggestion(key, names) || `; there are ${names.join(', ')}`}`,
      )
    }
    if (entry !== undefined && !known[0](entry))
      throw new TypeError(`${where}: ${key} is ${show(entry)}, expected ${known[1]}`)
  }
  for (const key of required)
    if (given[key] === undefined)
      throw new TypeError(`${where}: ${key} is missing, expected ${shape[key]?.[1] ?? 'a value'}`)
}

const show = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80)
