import type { MagicString } from 'magic-string'
import { sameIn } from './encodings.ts'
import type { Lookup } from './lookup.ts'
import { HIDDEN_SOURCE, type Style } from './marks.ts'
import { mapSrcset } from './srcset.ts'
import { attribute, attributesOf, startOf, type Tag } from './tags.ts'

/** Stands for every type: a source that every browser takes on every screen, so that it asks for nothing after it. */
export const ANY = '*'
const TAKEN = new Set([undefined, 'image/webp', 'image/png', 'image/jpeg', 'image/gif'])

/**
 * Puts better encodings before each `<source>` of a `<picture>`, for the same media and sizes.
 * @returns types that the sources offer to every screen, or {@link ANY}: what comes after them would never be asked for in these.
 */
export function completePicture(
  html: string,
  edited: MagicString,
  picture: Tag,
  img: Tag,
  lookup: Lookup,
  style: Style,
): Set<string> {
  const offered = new Set<string>()
  for (const source of picture.children) {
    if (!('attribs' in source) || source.name !== 'source' || startOf(source) > startOf(img)) continue
    if (offered.has(ANY)) break
    const { srcset = '', type, media } = source.attribs
    const own: string[] = type === undefined ? [] : [type]
    const { written } = attributesOf(html, source)
    const rest = [...written.values()].filter(({ name }) => name !== 'srcset' && name !== 'type')
    for (const better of typesOf(srcset, lookup)) {
      if (better === type || offered.has(better)) continue
      const mapped = mapSrcset(srcset, (url) => sameIn(better, lookup(url)))
      if (mapped === undefined) continue
      const attributes = [
        attribute('type', better),
        attribute('srcset', mapped),
        ...rest.map(({ start, end }) => html.slice(start, end)),
      ]
      edited.appendLeft(startOf(source), `<source data-ff ${attributes.join(' ')}>`)
      own.push(better)
      style.add(HIDDEN_SOURCE)
    }
    if (media !== undefined) continue
    for (const each of own) offered.add(each)
    if (TAKEN.has(type)) offered.add(ANY)
  }
  return offered
}

/** Types in which at least one picture of the set exists, best first. */
function typesOf(srcset: string, lookup: Lookup): Set<string> {
  const types = new Set<string>()
  mapSrcset(srcset, (url) => {
    for (const { type } of lookup(url)?.formats ?? []) types.add(type)
    return url
  })
  return types
}
