import { MagicString } from 'magic-string'
import { parseHtml, setAttributes, tagsOf } from '../markup/tags.ts'

/**
 * A document's own preloads of fonts, for the files that the stylesheets name now: one of a font that was cut would fetch what no text
 * asks for.
 * @param map the address of what took the font's place first, its subset or its woff2; undefined where nothing did.
 */
export function mapFontPreloads(html: string, map: (href: string) => string | undefined): string {
  const edited = new MagicString(html)
  for (const link of tagsOf(parseHtml(html), 'link')) {
    const { rel = '', as = '', href = '' } = link.attribs
    if (!/\bpreload\b/i.test(rel) || as.toLowerCase() !== 'font') continue
    const moved = map(href)
    if (moved !== undefined) setAttributes(html, link, { href: moved, type: 'font/woff2' }, edited)
  }
  return edited.toString()
}
