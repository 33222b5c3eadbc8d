import {
  type AnyNode,
  type AtRule,
  type ChildNode,
  type Container,
  type Declaration,
  parse,
  type Root,
  type Rule,
} from 'postcss'
import { rulesOf } from '../markup/rules.ts'
import { matches } from '../markup/selectors.ts'
import type { FirstScreen } from './firstScreen.ts'

/** Judged by whether their name is used. */
const NAMED = /^(?:(?:-webkit-|-moz-)?keyframes|font-face|property|counter-style|font-palette-values)$/i
const DROPPED = /^(?:page|charset|view-transition)$/i
const PRINT_ONLY = /^\s*(?:only\s+)?print\b[^,]*$/i

/**
 * The part of a stylesheet that a document's first screen needs: rules that match an element of it, with the keyframes, fonts and
 * custom properties that these use. The order of the rest is kept, and that of the layers: the whole sheet comes later and must find it.
 * @param others what else may use them: the document's other styles.
 * @throws CssSyntaxError where it cannot be parsed.
 */
export function pruneCss(css: string, { tags, inline }: FirstScreen, others = ''): string {
  const root = parse(css)
  const kept = new Set<Rule>()
  for (const { node, selectors, unread } of rulesOf(root))
    if (unread || selectors.some((steps) => tags.some((tag) => matches(steps, tag)))) kept.add(node)
  dropRules(root, kept)
  dropUnused(root, `${inline};${others}`)
  return root.toString()
}

/** Removes rules that are not kept, and what is then empty. True where something is left. */
function dropRules(container: Container, kept: ReadonlySet<Rule>): boolean {
  for (const node of container.nodes?.slice() ?? []) {
    if (node.type === 'comment') node.remove()
    else if (node.type === 'rule') {
      // What is nested may match where the rule around it does not, and still needs it.
      const isInnerLeft = dropRules(node, kept)
      if (!kept.has(node) && !isInnerLeft) node.remove()
    } else if (node.type === 'atrule') {
      const isGroup = node.nodes !== undefined && !NAMED.test(node.name)
      if (DROPPED.test(node.name) || (node.name === 'media' && PRINT_ONLY.test(node.params))) node.remove()
      // A layer counts by where it is first named.
      else if (isGroup && !dropRules(node, kept) && node.name !== 'layer') node.remove()
    }
  }
  return (container.nodes ?? []).some((node) => node.type !== 'decl' || container.type === 'atrule')
}

interface Nameable {
  node: AtRule | Declaration
  name: string
  /** What uses others in its turn. */
  text: string
}

/** Removes custom properties, keyframes and fonts that nothing kept speaks of. */
function dropUnused(root: Root, others: string): void {
  const unused = new Set<Nameable>()
  const named = new Set<AnyNode>()
  let used = others
  root.walkAtRules(NAMED, (node) => {
    named.add(node)
    unused.add({ node, name: nameOf(node), text: node.toString() })
  })
  root.walkDecls((node) => {
    if (isInside(node, named)) return
    if (node.prop.startsWith('--')) unused.add({ node, name: node.prop, text: node.value })
    else used += `;${node.value}`
  })
  // One that is used may use others: until no more are found.
  for (let before = -1; before !== unused.size;) {
    before = unused.size
    for (const entry of unused) {
      if (!mentions(used, entry.name)) continue
      unused.delete(entry)
      used += `;${entry.text}`
    }
  }
  for (const { node } of unused) removeWithEmpty(node)
}

/** Of what is around it nothing stays empty, save a layer. */
function removeWithEmpty(node: ChildNode): void {
  const above = node.parent
  node.remove()
  const isEmpty = above?.nodes?.length === 0 && above.type !== 'root' && above.type !== 'document'
  if (isEmpty && !(above.type === 'atrule' && (above as AtRule).name === 'layer')) removeWithEmpty(above as ChildNode)
}

const isInside = (node: AnyNode, containers: ReadonlySet<AnyNode>): boolean => {
  for (let above = node.parent; above; above = above.parent) if (containers.has(above as AnyNode)) return true
  return false
}

function nameOf(node: AtRule): string {
  if (node.name.toLowerCase() !== 'font-face') return node.params.trim()
  let family = ''
  node.walkDecls(/^font-family$/i, ({ value }) => void (family = value))
  return family.replaceAll(/^["']|["']$/g, '')
}

/** As a word of its own: `spin` is not in `spinner`. */
const mentions = (text: string, name: string): boolean =>
  name !== '' && new RegExp(`(?<![\\w-])${name.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-])`, 'i').test(text)
