import { MagicString } from 'magic-string'
import { ANY, completePicture } from './completePicture.ts'
import { type Encoding, encodingsOf, ownSrcset, sizesOf } from './encodings.ts'
import type { Lookup } from './lookup.ts'
import { addStyle, HIDDEN_SOURCE, markSize, NO_BOX, type Style } from './marks.ts'
import { placeOf, readScripts, UNKNOWN } from './place.ts'
import { rulesOf, type StyleRule } from './rules.ts'
import { isByWidth } from './srcset.ts'
import {
  allowsStyles,
  attribute,
  endOf,
  parentOf,
  parseHtml,
  setAttributes,
  startOf,
  type Tag,
  tagsOf,
  textOf,
  type Tree,
} from './tags.ts'

/** What else belongs to the document. */
export interface Surroundings {
  /** The stylesheets that may come to apply in it, one after another; those that stand in the document itself are read there. */
  css?: string
  /** The text of every script that it loads. */
  scripts?: readonly string[]
}

/**
 * Gives each `<img>` of a document its encodings at several widths, and its size, so that nothing moves when it arrives. Where a
 * `<picture>` around it would change what a stylesheet's selectors mean, its `srcset` is WebP. Where a script may give it another
 * picture it gets its size only. What is already a `<picture>` or a `srcset` is completed. All else stays byte for byte.
 */
export function responsiveImages(html: string, lookup: Lookup, { css = '', scripts = [] }: Surroundings = {}): string {
  const tree = parseHtml(html)
  const images = tagsOf(tree, 'img')
  if (images.length === 0) return html
  const rules = readRules(css, tree)
  const read = readScripts([...scripts, ...scriptsIn(tree)])
  const edited = new MagicString(html)
  const style: Style = new Set()
  const shown = new Map<string, Encoding>()
  for (const img of images) {
    const src = img.attribs['src'] ?? ''
    const found = lookup(src)
    const above = parentOf(img)
    const picture = above?.name === 'picture' ? above : undefined
    const place = rules ? placeOf(img, rules, read) : { ...UNKNOWN }
    if (picture || img.attribs['srcset'] !== undefined) {
      // What it shows may be of another size than what its `src` names.
      place.sizedBy = 'something else'
      place.covered &&= !picture
    }
    if (!place.mayChange) continue
    const mayHaveSources = picture ? place.mayHaveSources : place.mayWrap
    const offered =
      picture && mayHaveSources && !place.scripted
        ? completePicture(html, edited, picture, img, lookup, style)
        : new Set<string>()
    if (!found) continue

    const values: Record<string, string> = {}
    if (img.attribs['loading'] === 'lazy' && img.attribs['decoding'] === undefined) values['decoding'] = 'async'
    if (!place.scripted) {
      const encodings = offered.has(ANY)
        ? []
        : encodingsOf(img, found, place, lookup).filter(({ type }) => !offered.has(type))
      const best = mayHaveSources ? addSources(img, encodings, picture, values) : takeWebp(encodings, values)
      if (best) shown.set(src, best)
      const own = values['srcset'] ?? ownSrcset(found, place)
      if (img.attribs['srcset'] === undefined && own !== undefined) {
        values['srcset'] = own
        if (isByWidth(own) && img.attribs['sizes'] === undefined) values['sizes'] = sizesOf(img, found, place)
      }
    }
    // Without its rules, a size would distort what the styles give only one side.
    if (rules) markSize(img, found, place, values, style)
    setAttributes(html, img, values, edited)
  }
  for (const link of tagsOf(tree, 'link')) completePreload(html, edited, link, shown)
  addStyle(html, edited, tree, style)
  return edited.toString()

  /** Before the `<img>`, in the `<picture>` that is there or in a new one. Answers the best. */
  function addSources(
    img: Tag,
    encodings: Encoding[],
    picture: Tag | undefined,
    values: Record<string, string>,
  ): Encoding | undefined {
    if (encodings.length === 0) return undefined
    style.add(HIDDEN_SOURCE)
    const sources = encodings.map(({ type, srcset, sizes }) => {
      const attributes = [attribute('type', type), attribute('srcset', srcset)]
      if (sizes !== undefined) attributes.push(attribute('sizes', sizes))
      return `<source data-ff ${attributes.join(' ')}>`
    })
    if (!picture) {
      style.add(NO_BOX)
      edited.appendLeft(endOf(img), '</picture>')
    }
    // `auto` holds where the `<img>` itself says so.
    const auto = encodings.find(({ sizes }) => sizes?.startsWith('auto'))?.sizes
    if (auto !== undefined) values['sizes'] = auto
    edited.appendRight(startOf(img), (picture ? '' : '<picture data-ff>') + sources.join(''))
    return encodings[0]
  }
}

/** WebP alone, which all browsers decode that Vite builds for. */
function takeWebp(encodings: Encoding[], values: Record<string, string>): Encoding | undefined {
  const webp = encodings.find(({ type }) => type === 'image/webp')
  if (!webp) return undefined
  values['srcset'] = webp.srcset
  if (webp.sizes !== undefined) values['sizes'] = webp.sizes
  return webp
}

/** A preload of the picture that an `<img>` shows must be of the encoding that it will choose, or the picture comes twice. */
function completePreload(html: string, edited: MagicString, link: Tag, shown: ReadonlyMap<string, Encoding>): void {
  const { rel = '', as, href = '', imagesrcset } = link.attribs
  const best = shown.get(href)
  if (!best || imagesrcset !== undefined || as !== 'image' || !/\bpreload\b/i.test(rel)) return
  const values: Record<string, string> = { href: best.url, type: best.type }
  if (best.sizes !== undefined) {
    values['imagesrcset'] = best.srcset
    values['imagesizes'] = best.sizes.replace(/^auto,\s*/, '')
  }
  setAttributes(html, link, values, edited)
}

/** In `<script>` elements and in attributes: `onclick="hero.src='b.png'"`. */
const scriptsIn = (tree: Tree): string[] =>
  tagsOf(tree).flatMap((tag) => {
    if (tag.name === 'script') return [textOf(tag)]
    return Object.entries(tag.attribs).flatMap(([name, value]) => (name.startsWith('on') ? [` ${value}`] : []))
  })

/** Undefined where they cannot be read, or where rules of ours may not join them. */
function readRules(css: string, tree: Tree): StyleRule[] | undefined {
  if (!allowsStyles(tree)) return undefined
  try {
    return [css, ...tagsOf(tree, 'style').map(textOf)].flatMap((text) => rulesOf(text))
  } catch {
    return undefined
  }
}
