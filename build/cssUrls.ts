import path from 'node:path'

/** `url(…)` with or without quotes, as a minifier leaves it. */
const URLS = /url\((?:"([^"]*)"|'([^']*)'|([^)"']*))\)/g
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:|\/|#)/i

/** Rewrites the relative URLs of a stylesheet; absolute ones, `data:` and `#fragments` stay. */
export function mapUrls(css: string, map: (url: string) => string): string {
  return css.replaceAll(URLS, (whole, double?: string, single?: string, bare?: string) => {
    const url = (double ?? single ?? bare ?? '').trim()
    return url === '' || ABSOLUTE.test(url) ? whole : `url(${map(url)})`
  })
}

/** Built files, relative to the output folder, that the stylesheet `file` refers to. */
export function filesOf(css: string, file: string): string[] {
  const files = new Set<string>()
  mapUrls(css, (url) => {
    files.add(resolveUrl(url, file))
    return url
  })
  return [...files]
}

/** `./font.woff2` in `assets/frame.css` is `assets/font.woff2`. */
export const resolveUrl = (url: string, file: string): string =>
  path.posix.join(path.posix.dirname(file), url.replace(/[?#].*$/, ''))
