import path from 'node:path'

/** One URL of a stylesheet. */
export interface CssUrl {
  /** Where it stands: from the `u` of `url(…)` to behind the bracket, or the string in an `image-set()`, quotes included. */
  start: number
  end: number
  /** Without quotes and escapes. */
  url: string
}

/**
 * Comments; `url(…)` quoted, bare, or broken, which a browser skips up to the bracket; strings; and what tells inside of which function a
 * string stands. https://drafts.csswg.org/css-syntax/#consume-url-token
 */
const TOKENS =
  /\/\*[^]*?(?:\*\/|$)|(?<![\w-])url\(\s*(?:"(?<double>(?:\\[^]|[^"\\\n])*)"|'(?<single>(?:\\[^]|[^'\\\n])*)'|(?<bare>(?:\\(?:[\da-f]{1,6}\s?|[^\n])|[^\\"'()\s])*))\s*\)|(?<![\w-])url\([^)]*\)?|"(?<text>(?:\\[^]|[^"\\\n])*)"?|'(?<word>(?:\\[^]|[^'\\\n])*)'?|(?<![\w-])(?<name>[\w-]*)\(|(?<end>[){};])/gi
const ESCAPE = /\\(?:([\da-f]{1,6})\s?|(\n)|([^]))/gi
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:|\/|#)/i
/** What a URL without quotes may not hold. */
const NEEDS_QUOTES = /["'()\\\s]/

/** Every URL of a stylesheet, or of a declaration's value, in the order of the text. */
export function urlsOf(css: string): CssUrl[] {
  const found: CssUrl[] = []
  const open: string[] = []
  for (const { 0: whole, index: start, groups = {} } of css.matchAll(TOKENS)) {
    const { name, end } = groups
    if (name !== undefined) open.push(name.toLowerCase())
    else if (end === ')') open.pop()
    else if (end !== undefined) open.length = 0
    const isInSet = open.at(-1)?.endsWith('image-set') ?? false
    const text = isInSet ? (groups['text'] ?? groups['word']) : undefined
    const url = groups['double'] ?? groups['single'] ?? groups['bare'] ?? text
    if (url !== undefined) found.push({ start, end: start + whole.length, url: unescape(url).trim() })
  }
  return found
}

/** `url(…)` with this URL, in quotes where it needs them. */
export const writeUrl = (url: string): string =>
  NEEDS_QUOTES.test(url) ? `url("${url.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\a ')}")` : `url(${url})`

/** Rewrites the relative URLs of a stylesheet; absolute ones, `data:` and `#fragments` stay. */
export function mapUrls(css: string, map: (url: string) => string): string {
  let mapped = ''
  let last = 0
  for (const { start, end, url } of urlsOf(css)) {
    if (url === '' || ABSOLUTE.test(url)) continue
    mapped += css.slice(last, start) + writeUrl(map(url))
    last = end
  }
  return mapped + css.slice(last)
}

/** Built files, relative to the output folder, that the stylesheet `file` refers to. */
export function filesOf(css: string, file: string): string[] {
  const files = new Set<string>()
  for (const { url } of urlsOf(css)) if (url !== '' && !ABSOLUTE.test(url)) files.add(resolveUrl(url, file))
  return [...files]
}

/** `./font.woff2` in `assets/frame.css` is `assets/font.woff2`. */
export const resolveUrl = (url: string, file: string): string =>
  path.posix.join(path.posix.dirname(file), url.replace(/[?#].*$/, ''))

const unescape = (text: string): string =>
  text.replaceAll(ESCAPE, (_, hex: string | undefined, line: string | undefined, other: string) => {
    if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10_ff_ff) || 0xff_fd)
    return line === undefined ? other : ''
  })
