/** What a stylesheet makes a browser fetch. */
export interface Sheet {
  /** Addresses of `@import`, as written. */
  imports: string[]
  fontFaces: FontFace[]
}

export interface FontFace {
  family: string
  /** Addresses in order; a browser fetches the first whose format it takes. */
  urls: string[]
  /** `font-display`, or `''`. */
  display: string
  /** True where `unicode-range` says which letters it has: a browser fetches it for those alone. */
  ranged: boolean
}

const COMMENT = /\/\*[\s\S]*?\*\//g
const IMPORT = /@import\s*(?:url\(\s*)?["']?([^"')\s;]+)/gi
const FONT_FACE = /@font-face\s*\{([^}]*)\}/gi
const URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/gi

export function readSheet(css: string): Sheet {
  const text = css.replaceAll(COMMENT, '')
  return {
    imports: [...text.matchAll(IMPORT)].map(([, url = '']) => url),
    fontFaces: [...text.matchAll(FONT_FACE)].map(([, block = '']) => ({
      family: valueOf(block, 'font-family').replaceAll(/["']/g, ''),
      urls: [...block.matchAll(URL)]
        .map(([, double, single, bare]) => (double ?? single ?? bare ?? '').trim())
        .filter((url) => !url.startsWith('data:')),
      display: valueOf(block, 'font-display').toLowerCase(),
      ranged: valueOf(block, 'unicode-range') !== '',
    })),
  }
}

const valueOf = (block: string, property: string): string =>
  new RegExp(String.raw`(?:^|[;\s])${property}\s*:\s*([^;]*)`, 'i').exec(block)?.[1]?.trim() ?? ''
