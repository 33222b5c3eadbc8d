import { pixels } from './encodings.ts'
import type { Found } from './lookup.ts'
import type { Place } from './place.ts'
import { endOf, parentOf, startOf, type Tag, tagsOf, type Tree } from './tags.ts'
import type { MagicString } from 'magic-string'

/** Rules that what was added to a document needs, each once. */
export type Style = Set<string>

/** In a flex or grid container a source would take a place, and the gap beside it. */
export const HIDDEN_SOURCE = 'source[data-ff]{display:none!important}'
export const NO_BOX = 'picture[data-ff]{display:contents!important}'

/**
 * Gives an `<img>` its size, and marks that the rules in `style` are for. The attributes tell the shape, so that the page knows its room
 * before the picture is there; what they would say of its size, the rules take back.
 * @param values attributes that it gets; the marks join them.
 */
export function markSize(img: Tag, found: Found, place: Place, values: Record<string, string>, style: Style): void {
  const marks: string[] = []
  const { width, height } = img.attribs
  const mark = (name: string, rule: string): void => {
    marks.push(name)
    style.add(`[data-ff~=${name}]{${rule}}`)
  }
  if (width === undefined) {
    const tall = pixels(height)
    if (height === undefined || tall !== undefined) {
      values['width'] = String(tall === undefined ? found.width : Math.round((tall * found.width) / found.height))
      if (place.sizedBy === 'something else' || height !== undefined) mark('w', 'width:auto')
    }
  }
  if (height === undefined) {
    const wide = pixels(width)
    if (width === undefined || wide !== undefined) {
      values['height'] = String(wide === undefined ? found.height : Math.round((wide * found.height) / found.width))
      mark('h', 'height:auto')
    }
  }
  // Chrome takes a picture whose `sizes` is `auto` for one of 300 by 150 until it knows better, and in what holds it even then.
  if (values['sizes']?.startsWith('auto'))
    mark(`s${found.width}x${found.height}`, `contain-intrinsic-size:${found.width}px ${found.height}px`)
  if (found.placeholder !== null && !found.alpha && place.covered)
    mark(`c${found.placeholder.slice(1)}`, `background-color:${found.placeholder}`)
  if (marks.length > 0) values['data-ff'] = marks.join(' ')
}

/**
 * In the lowest layer, before the author's own styles: whatever those say of a picture holds, layered or not.
 * https://drafts.csswg.org/css-cascade-5/#layer-ordering
 */
export function addStyle(html: string, edited: MagicString, tree: Tree, style: Style): void {
  if (style.size === 0) return
  edited.prependLeft(placeOfStyle(html, tree), `<style>@layer ff{${[...style].join('')}}</style>`)
}

/** Before the first style of the head, else at its end: in the body it would be a neighbour that selectors count. */
function placeOfStyle(html: string, tree: Tree): number {
  const first = tagsOf(tree).find((tag) => {
    if (['noscript', 'template'].includes(parentOf(tag)?.name ?? '')) return false
    if (tag.name === 'link') return /\bstylesheet\b/i.test(tag.attribs['rel'] ?? '')
    return tag.name === 'style' || !IN_HEAD.has(tag.name)
  })
  const at = first ? startOf(first) : html.length
  const [head] = tagsOf(tree, 'head')
  const end = head ? html.slice(0, endOf(head)).toLowerCase().lastIndexOf('</head') : -1
  return end < 0 ? at : Math.min(at, end)
}

const IN_HEAD = new Set(['html', 'head', 'meta', 'title', 'base', 'link', 'script', 'noscript', 'template'])
