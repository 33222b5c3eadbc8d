import { addsStyles, criticalCss, type Sheet } from '../critical/critical.ts'
import { fontsAboveFold } from '../fonts/aboveFold.ts'
import { mapFontPreloads } from '../fonts/preloads.ts'
import { imageSetsInHtml } from '../markup/htmlStyles.ts'
import type { Lookup } from '../markup/lookup.ts'
import { responsiveImages } from '../markup/responsive.ts'
import { parseHtml, tagsOf } from '../markup/tags.ts'
import type { Site } from '../site.ts'
import type { State } from '../state.ts'
import { readAddress, writeAddress } from './addresses.ts'
import { builtTexts, PAGE } from './texts.ts'

/** Files of pictures that an `<img>` of a page shows: those get several widths. */
export function picturesInPages(state: State, site: Site): Set<string> {
  const shown = new Set<string>()
  for (const page of builtTexts(state, site, PAGE))
    for (const img of tagsOf(parseHtml(site.text(page)), 'img')) {
      const address = readAddress(img.attribs['src'] ?? '', page, state.config.base)
      if (address) shown.add(address.file)
    }
  return shown
}

/** Pictures at several widths, small styles in the page, what is needed first asked for first. */
export function improveDocuments(
  state: State,
  site: Site,
  lookupFrom: (from: string) => Lookup,
  {
    registers,
    fonts,
  }: { registers: boolean; /** What became of a font, by its file. */ fonts: ReadonlyMap<string, string> },
): void {
  const { base } = state.config
  const scripts = builtTexts(state, site, /\.m?js$/).map((file) => site.text(file))
  const allStyles = builtTexts(state, site, /\.css$/)
  // Those of parts that come later apply to the page as well.
  const css = allStyles.map((file) => site.text(file)).join('\n')
  for (const page of builtTexts(state, site, PAGE)) {
    const sheets = stylesOf(state, site, page)
    const lookup = lookupFrom(page)
    const styled = imageSetsInHtml(site.text(page), lookup)
    const pictured = responsiveImages(styled, lookup, { css, scripts })
    let { html } = criticalCss(pictured, sheets, {
      page,
      inlineCss: state.options.inlineCss,
      stylesLater: allStyles.length > sheets.length || [...scripts, ...inlineScripts(pictured)].some(addsStyles),
    })
    html = mapFontPreloads(html, (href) => {
      const font = readAddress(href, page, base)?.file
      const made = font === undefined ? undefined : fonts.get(font)
      return made === undefined ? undefined : writeAddress(made, page, base)
    })
    html = withPreloads(html, fontsOf(state, site, page, html, sheets))
    if (registers && state.register !== undefined) html = withScript(html, writeAddress(state.register, page, base))
    site.setText(page, html)
  }
}

const inlineScripts = (html: string): string[] =>
  tagsOf(parseHtml(html), 'script').flatMap(({ children }) =>
    children.flatMap((child) => ('data' in child ? [child.data] : [])),
  )

/** Tags for the fonts that the first screen needs: a browser learns of them only when it has laid out the text. */
function fontsOf(state: State, site: Site, page: string, html: string, sheets: Sheet[]): string[] {
  return fontsAboveFold(html, sheets).flatMap(({ url, file }) => {
    const font = readAddress(url, file, state.config.base)?.file
    if (font === undefined || !site.has(font)) return []
    const href = writeAddress(font, page, state.config.base)
    return html.includes(href) && html.includes('as="font"')
      ? []
      : [`<link rel="preload" as="font" type="font/woff2" href="${href}" crossorigin>`]
  })
}

/** Before everything in the head that asks for a file. */
function withPreloads(html: string, tags: string[]): string {
  const at = html.search(/<(?:link|script|style)\b/i)
  return tags.length === 0 || at < 0 ? html : `${html.slice(0, at)}${tags.join('')}${html.slice(at)}`
}

/** At the end of the body, asked for after everything else. */
function withScript(html: string, src: string): string {
  const tag = `<script type="module" async fetchpriority="low" src="${src}"></script>`
  const end = html.toLowerCase().lastIndexOf('</body')
  return end < 0 ? `${html}${tag}` : `${html.slice(0, end)}${tag}${html.slice(end)}`
}

/** The stylesheets that a page links, in order. */
function stylesOf(state: State, site: Site, page: string): Sheet[] {
  return tagsOf(parseHtml(site.text(page)), 'link').flatMap(({ attribs }) => {
    const { href = '', rel } = attribs
    const file = rel === 'stylesheet' ? readAddress(href, page, state.config.base)?.file : undefined
    return file !== undefined && site.has(file) ? [{ href, file, text: site.text(file) }] : []
  })
}
