import { AttributeAction, parse, type Selector, SelectorType } from 'css-what'
import { parentOf, type Tag } from './tags.ts'

/** What a selector asks of one element, and how that stands to the element of the step before. */
interface Step {
  /** Null at the start. */
  combinator: Combinator | null
  compound: Selector[]
  /** Whether it holds only in a state, as `:hover`, or for a part, as `::before`. */
  hasState: boolean
}

type Combinator = SelectorType.Child | SelectorType.Descendant | SelectorType.Adjacent | SelectorType.Sibling

/** One selector. */
export type Steps = Step[]

/** Sources are what an `<img>` gets for neighbours. */
const SOURCE = { name: 'source', attribs: {} } as Tag
/** What an `<img>` gets besides. */
const ADDED = /^(?:width|height|srcset|sizes|decoding|data-ff)$/
const STRUCTURAL = /^(?:(?:first|last|only)-(?:child|of-type)|nth-(?:last-)?(?:child|of-type)|empty)$/

/** Selectors of a list. @throws Error where one of them cannot be read. */
export const readSelectors = (list: string): Steps[] => parse(list).map(stepsOf)

/** Whether the element, as it stands in the document, is meant. States (`:hover`), `:not()` and what is unknown are taken to hold. */
export function matches(steps: Steps, tag: Tag, last = steps.length - 1): boolean {
  const step = steps[last]
  if (!step || !mayMatch(step.compound, tag)) return false
  if (last === 0) return true
  const isMatch = (other: Tag): boolean => matches(steps, other, last - 1)
  if (step.combinator === SelectorType.Child) return some(parentOf(tag), nothing, isMatch)
  if (step.combinator === SelectorType.Descendant) return some(parentOf(tag), parentOf, isMatch)
  return some(before(tag), step.combinator === SelectorType.Adjacent ? nothing : before, isMatch)
}

/** Whether the last step alone fits: what the rule could mean once scripts have changed what stands around the element. */
export const matchesAlone = (steps: Steps, tag: Tag): boolean => mayMatch(steps.at(-1)?.compound ?? [], tag)

/** Whether the rule would mean something else if sources stood before the element: `img:first-child`, `* + *`. */
export function dependsOnNeighbours(steps: Steps, tag: Tag): boolean {
  return steps.some(({ combinator, compound }, index) => {
    if (isInside(compound, (inner) => dependsOnNeighbours(inner, tag))) return true
    const fits = mayMatch(compound, tag)
    if (fits && compound.some(isStructural)) return true
    if (combinator !== SelectorType.Adjacent && combinator !== SelectorType.Sibling) return false
    const left = steps[index - 1]?.compound
    if (!left) return fits
    const isLeft = (other: Tag): boolean => mayMatch(left, other)
    if (fits && (isLeft(SOURCE) || some(before(tag), before, isLeft))) return true
    return isLeft(tag) && some(after(tag), after, (other) => mayMatch(compound, other))
  })
}

/** Whether the rule would mean something else if the element got a `<picture>` for a parent: `div > img`, and as {@link dependsOnNeighbours}. */
export function dependsOnParent(steps: Steps, tag: Tag): boolean {
  if (dependsOnNeighbours(steps, tag)) return true
  const parent = parentOf(tag)
  return steps.some(({ combinator, compound }, index) => {
    if (isInside(compound, (inner) => dependsOnParent(inner, tag))) return true
    if (compound.some((token) => token.type === SelectorType.Tag && token.name === 'picture')) return true
    if (combinator !== SelectorType.Child || !mayMatch(compound, tag)) return false
    const left = steps[index - 1]?.compound
    return !left || (parent !== undefined && mayMatch(left, parent))
  })
}

/** Whether it counts the element from the end of what holds it: `:last-child`. */
export const countsFromEnd = (steps: Steps, tag: Tag): boolean =>
  steps.some(({ compound }) => mayMatch(compound, tag) && compound.some(isFromEnd))

/** Whether it would mean something else once the element has a size and a `srcset`: `img:not([width])`. */
export const dependsOnAttributes = (steps: Steps, tag: Tag): boolean =>
  steps.some(({ compound }) => mayMatch(compound, tag) && compound.some(namesAdded))

function stepsOf(tokens: readonly Selector[]): Steps {
  const steps: Steps = [{ combinator: null, compound: [], hasState: false }]
  for (const token of tokens) {
    const { type } = token
    const step = steps.at(-1)
    if (isCombinator(type)) steps.push({ combinator: type, compound: [], hasState: false })
    else if (step) {
      step.compound.push(token)
      step.hasState ||= isState(token)
    }
  }
  // `> img` inside `:has()`: nothing is asked of the element before.
  if (steps.length > 1 && steps[0]?.compound.length === 0) steps.shift()
  return steps
}

function mayMatch(compound: readonly Selector[], tag: Tag): boolean {
  return compound.every((token) => {
    if (token.type === SelectorType.Tag) return token.name.toLowerCase() === tag.name
    if (token.type === SelectorType.Attribute) return hasAttribute(token, tag.attribs)
    if (token.type !== SelectorType.Pseudo) return true
    if (token.name === 'root') return tag.name === 'html'
    if (!GATHERS.test(token.name)) return true
    return innerOf(token).some((inner) => matches(inner, tag))
  })
}

function hasAttribute(
  token: Extract<Selector, { type: SelectorType.Attribute }>,
  attributes: Record<string, string>,
): boolean {
  const value = attributes[token.name.toLowerCase()]
  if (value === undefined) return token.action === AttributeAction.Not || ADDED.test(token.name)
  if (token.name === 'class' && token.action === AttributeAction.Element)
    return value.split(/\s+/).includes(token.value)
  if (token.name === 'id' && token.action === AttributeAction.Equals) return value === token.value
  // Anything else a script may change.
  return true
}

const GATHERS = /^(?:is|where|matches)$/

const isState = (token: Selector): boolean =>
  token.type === SelectorType.PseudoElement ||
  (token.type === SelectorType.Pseudo && token.name !== 'root' && !GATHERS.test(token.name))

/** `:nth-child()`, `:not(:first-child)`, `:has(+ p)`. */
const isStructural = (token: Selector): boolean =>
  (token.type === SelectorType.Pseudo && STRUCTURAL.test(token.name)) ||
  isInside([token], (inner) =>
    inner.some(
      ({ combinator, compound }, index) =>
        (index === 0 && (combinator === SelectorType.Adjacent || combinator === SelectorType.Sibling)) ||
        compound.some(isStructural),
    ),
  )

const isFromEnd = (token: Selector): boolean =>
  (token.type === SelectorType.Pseudo && /^(?:last|only|nth-last)-child$/.test(token.name)) ||
  isInside([token], (inner) => inner.some(({ compound }) => compound.some(isFromEnd)))

const namesAdded = (token: Selector): boolean =>
  (token.type === SelectorType.Attribute && ADDED.test(token.name)) ||
  isInside([token], (inner) => inner.some(({ compound }) => compound.some(namesAdded)))

/** Selectors in the brackets of a pseudo-class. */
const innerOf = (token: Selector): Steps[] =>
  token.type === SelectorType.Pseudo && Array.isArray(token.data) ? token.data.map(stepsOf) : []

const isInside = (compound: readonly Selector[], test: (inner: Steps) => boolean): boolean =>
  compound.some((token) => innerOf(token).some(test))

const isCombinator = (type: SelectorType): type is Combinator =>
  type === SelectorType.Child ||
  type === SelectorType.Descendant ||
  type === SelectorType.Adjacent ||
  type === SelectorType.Sibling

const some = (first: Tag | undefined, next: (tag: Tag) => Tag | undefined, test: (tag: Tag) => boolean): boolean => {
  for (let tag = first; tag; tag = next(tag)) if (test(tag)) return true
  return false
}
const nothing = (): undefined => undefined
const isTag = (node: object): node is Tag => 'attribs' in node
function before(tag: Tag): Tag | undefined {
  let node = tag.prev
  while (node && !isTag(node)) node = node.prev
  return node ?? undefined
}
function after(tag: Tag): Tag | undefined {
  let node = tag.next
  while (node && !isTag(node)) node = node.next
  return node ?? undefined
}
