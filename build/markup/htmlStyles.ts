import { MagicString } from 'magic-string'
import { imageSets } from './imageSets.ts'
import type { Lookup } from './lookup.ts'
import { attribute, attributesOf, parseHtml, tagsOf } from './tags.ts'

/** {@link imageSets} for the styles that stand in a document: its `<style>` elements and `style` attributes. */
export function imageSetsInHtml(html: string, lookup: Lookup): string {
  if (!/url\(/i.test(html)) return html
  const edited = new MagicString(html)
  for (const tag of tagsOf(parseHtml(html))) {
    if (tag.name === 'style')
      for (const node of tag.children) {
        if (!('data' in node) || node.startIndex === null || node.endIndex === null) continue
        const better = imageSets(node.data, lookup)
        if (better !== node.data) edited.overwrite(node.startIndex, node.endIndex + 1, better)
      }
    const own = tag.attribs['style']
    if (own === undefined || !/url\(/i.test(own)) continue
    const better = imageSets(`a{${own}}`, lookup).slice(2, -1)
    const place = attributesOf(html, tag).written.get('style')
    if (better !== own && place) edited.overwrite(place.start, place.end, attribute('style', better))
  }
  return edited.toString()
}
