import { Idiomorph } from 'idiomorph'

/** What the runtime itself puts on elements, and what a person opens: the server knows nothing of either. */
const OURS = new Set(['data-busy', 'aria-busy', 'data-pending', 'data-shown', 'data-broken', 'open'])
const TYPED = new Set(['value', 'checked', 'selected'])

/** The field being morphed, if the server still proposes the value it had proposed before. */
let unchanged: Node | undefined

/**
 * Makes `current` equal to `wanted` with as few changes as it can, so that focus, scroll, playing animations and decoded pictures
 * stay. Kept as they are: what a person typed or ticked where the server's own value did not change, open `<details>` and
 * `<dialog>`, and every element with the attribute `data-keep`, together with all it holds.
 *
 * @param wanted from a document of its own; it is read, not moved.
 */
export function morph(current: Element, wanted: Element): void {
  void Idiomorph.morph(current, wanted, {
    head: { style: 'none' },
    callbacks: { beforeNodeMorphed, beforeNodeRemoved, beforeAttributeUpdated },
  })
}

function beforeNodeMorphed(current: Node, wanted: Node): boolean {
  if (isKept(current)) return false
  unchanged = isUnchanged(current, wanted) ? current : undefined
  return true
}

const beforeNodeRemoved = (node: Node) => !isKept(node)

function beforeAttributeUpdated(name: string, element: Element): boolean {
  // `loading`: the picture was promoted to eager, and going back would only delay its next address.
  if (OURS.has(name) || (name === 'loading' && element.localName === 'img')) return false
  return !(element === unchanged && TYPED.has(name))
}

const isKept = (node: Node) => node instanceof Element && node.hasAttribute('data-keep')

function isUnchanged(current: Node, wanted: Node): boolean {
  if (current instanceof HTMLInputElement && wanted instanceof HTMLInputElement)
    return current.defaultValue === wanted.defaultValue && current.defaultChecked === wanted.defaultChecked
  if (current instanceof HTMLTextAreaElement && wanted instanceof HTMLTextAreaElement)
    return current.defaultValue === wanted.defaultValue
  if (current instanceof HTMLOptionElement && wanted instanceof HTMLOptionElement)
    return current.defaultSelected === wanted.defaultSelected
  return false
}
