import path from 'node:path'
import type { Plugin, Rolldown } from 'vite'
import { mapUrls, resolveUrl } from '../cssUrls.ts'
import type { State } from '../state.ts'

/** Stands for the CDN's URL in inlined styles; the server replaces it once, at start. */
const ASSET_BASE = '%ASSET_BASE%'
const LINK = /<link\b[^>]*\brel=["']?stylesheet\b[^>]*>/gi
const HREF = /\bhref=(?:"([^"]*)"|'([^']*)')/i

/** In an HTML file that Vite builds, puts small stylesheets into the page: no request stands between it and the first paint. */
export function criticalCss(state: State): Plugin {
  return {
    name: 'firstframe:critical-css',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, path: page }) {
        if (!bundle) return html
        const folder = path.posix.dirname(page.replace(/^\//, ''))
        return html.replaceAll(LINK, (link) => {
          const found = HREF.exec(link)
          const href = found?.[1] ?? found?.[2]
          const asset = href === undefined ? undefined : linked(bundle, href, folder, state.config.base)
          if (!asset || !fits(link) || Buffer.byteLength(asset.text) > state.options.inlineCss) return link
          const rebased = mapUrls(asset.text, (url) => {
            const moved = path.posix.relative(folder, resolveUrl(url, asset.file))
            return moved.startsWith('.') ? moved : `./${moved}`
          })
          return `<style>${rebased.trim()}</style>`
        })
      },
    },
  }
}

/** The text that goes into a page made by a server: asset URLs by their place on the CDN. */
export const inlineText = (css: string, file: string): string =>
  mapUrls(css, (url) => `${ASSET_BASE}/${resolveUrl(url, file)}`).trim()

/** A stylesheet for print, or an alternative one, does not hold up the first paint. */
const fits = (link: string): boolean => !/\b(?:media|disabled|title)\b/i.test(link.replace(HREF, ''))

function linked(
  bundle: Rolldown.OutputBundle,
  href: string,
  folder: string,
  base: string,
): { file: string; text: string } | undefined {
  const relative = base === './' || base === ''
  if (!relative && !href.startsWith(base)) return undefined
  const file = relative ? path.posix.join(folder, href) : href.slice(base.length)
  const asset = bundle[file]
  if (asset?.type !== 'asset' || !file.endsWith('.css')) return undefined
  const text = typeof asset.source === 'string' ? asset.source : Buffer.from(asset.source).toString()
  // A style element ends at the first `</style`, wherever that stands.
  return /<\/style/i.test(text) ? undefined : { file, text }
}
