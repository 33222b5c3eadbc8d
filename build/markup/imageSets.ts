import { type AtRule, type Declaration, parse, type Root } from 'postcss'
import { MagicString } from 'magic-string'
import { urlsOf } from '../cssUrls.ts'
import { type Lookup, typeOf, wholeOf } from './lookup.ts'

/** Where CSS takes a picture and `image-set()` in its place. Not `cursor`, whose sizes browsers limit, nor custom properties, whose use is unknown. */
const PICTURES =
  /^(?:-webkit-)?(?:background|background-image|mask|mask-image|border-image|border-image-source)$|^(?:list-style|list-style-image|content)$/i
/** `var()` makes a declaration valid until it is used: a browser that lacks `image-set()` would then show nothing instead of the fallback. */
const LEFT = /(?:image-set|cross-fade|var|env|attr)\(/i

/**
 * After each declaration that shows a picture, the same with `image-set()` of its encodings. A browser that does not know it keeps the first.
 * Everything else stays byte for byte, and so does a stylesheet that cannot be parsed.
 */
export function imageSets(css: string, lookup: Lookup): string {
  if (!/url\(/i.test(css)) return css
  let root: Root
  // It counts positions from behind a byte order mark.
  const text = css.replace(/^\u{FEFF}/u, '')
  try {
    root = parse(text)
  } catch {
    return css
  }
  const edited = new MagicString(text)
  root.walkDecls(PICTURES, (declaration) => {
    const start = declaration.source?.start?.offset
    const end = declaration.source?.end?.offset
    // Between frames that show different pictures some browsers fade, which they do not with image-set().
    if (start === undefined || end === undefined || inKeyframes(declaration)) return
    const own = text.slice(start, end).replace(/;$/, '')
    const better = withSets(own, lookup)
    if (better !== undefined) edited.appendLeft(start + own.length, `;${better}`)
  })
  return (css.length > text.length ? '\u{FEFF}' : '') + edited.toString()
}

/** The declaration with each picture as a set of its encodings; undefined where there is nothing better. */
function withSets(declaration: string, lookup: Lookup): string | undefined {
  if (LEFT.test(declaration)) return undefined
  let better = ''
  let last = 0
  for (const { start, end, url } of urlsOf(declaration)) {
    const set = setOf(url, lookup)
    if (set === undefined) continue
    better += declaration.slice(last, start) + set
    last = end
  }
  return last === 0 ? undefined : better + declaration.slice(last)
}

function setOf(url: string, lookup: Lookup): string | undefined {
  const found = lookup(url)
  if (!found) return undefined
  const choices: string[] = []
  for (const { type, candidates } of found.formats) {
    const whole = wholeOf(candidates, found)
    if (whole) choices.push(`url(${quote(whole.url)}) type(${quote(type)})`)
  }
  if (choices.length === 0) return undefined
  const type = typeOf(url)
  choices.push(type === undefined ? `url(${quote(url)})` : `url(${quote(url)}) type(${quote(type)})`)
  return `image-set(${choices.join(',')})`
}

const inKeyframes = (declaration: Declaration): boolean => {
  const above = declaration.parent?.parent
  return above?.type === 'atrule' && /keyframes$/i.test((above as AtRule).name)
}
const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
