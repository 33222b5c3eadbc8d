import { type AnyNode, type Container, parse, type Root, type Rule } from 'postcss'
import { readSelectors, type Steps } from './selectors.ts'

/** A rule of a stylesheet with its selectors, wherever it stands. */
export interface StyleRule {
  node: Rule
  /** Nesting resolved. */
  selectors: Steps[]
  /** True where a selector could not be read: it may match anything. */
  unread: boolean
}

const KEYFRAMES = /keyframes$/i

/** Every rule of a stylesheet, in the order of the text. @throws CssSyntaxError where a text cannot be parsed. */
export function rulesOf(css: string | Root): StyleRule[] {
  const found: StyleRule[] = []
  visit(typeof css === 'string' ? parse(css) : css, [])
  return found

  function visit(container: Container, outer: readonly string[]): void {
    container.each((node: AnyNode) => {
      if (node.type === 'atrule' && node.nodes && !KEYFRAMES.test(node.name)) visit(node, outer)
      if (node.type !== 'rule') return
      const texts = node.selectors.map((selector) => nested(selector, outer))
      const selectors: Steps[] = []
      let unread = false
      for (const text of texts) {
        try {
          selectors.push(...readSelectors(text))
        } catch {
          unread = true
        }
      }
      found.push({ node, selectors, unread })
      visit(node, texts)
    })
  }
}

/** `&:hover` in `.a` as `:is(.a):hover`; without `&` it means what lies inside. https://drafts.csswg.org/css-nesting/ */
function nested(selector: string, outer: readonly string[]): string {
  if (outer.length === 0) return selector.replaceAll('&', ':root')
  const whole = `:is(${outer.join(',')})`
  return selector.includes('&') ? selector.replaceAll('&', whole) : `${whole} ${selector}`
}
