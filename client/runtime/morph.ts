/** What the runtime itself puts on elements, and what a person opens: the server knows nothing of either. */
const OURS = new Set(['data-busy', 'aria-busy', 'data-pending', 'data-shown', 'data-broken', 'open'])

const ENDS = [
  [0, 'shift'],
  [-1, 'pop'],
] as const

/** What elements of one tree are known by. */
type Keys = Map<Element, string>

/**
 * Makes `current` equal to `wanted` with as few changes as it can, so that focus, scroll, playing animations and decoded pictures
 * stay. Kept as they are: what a person typed or ticked where the server's own value did not change, open `<details>` and
 * `<dialog>`, and every element with the attribute `data-keep`, together with all it holds.
 *
 * An element is known by its `id`; one without, by an `id` in it that both trees have, else by what it says, else by its place. Elements that keep
 * their order stay where they are, as many as can; the others are moved.
 *
 * @param wanted from a document of its own. It is used up: what is new in it moves into the page.
 */
export function morph(current: Element, wanted: Element): void {
  const { activeElement: active } = document
  /** Old elements by id, while no new one has taken them. */
  const free = idsIn(current)
  const asked = idsIn(wanted)
  const shared = new Set([...asked.keys()].filter((id) => free.get(id)?.localName === asked.get(id)?.localName))
  const currentKeys = keysIn(current, free, shared)
  const wantedKeys = keysIn(wanted, asked, shared)
  /** Old nodes without a place. They go at the end: what they hold may be asked for elsewhere. */
  const gone = new Set<ChildNode>()
  // What a template holds is none of its children, and nothing to isEqualNode().
  const templates = [...wanted.querySelectorAll('template')]

  function node(old: Node, wish: Node): void {
    if (isKept(old) || old.isEqualNode(wish)) return
    if (!isElement(old) || !isElement(wish)) old.nodeValue = wish.nodeValue
    else {
      const show = changesOf(old, wish)
      attributes(old, wish)
      children(old, wish)
      show()
    }
  }

  function children(parent: Element, wanted: Element): void {
    const olds = [...parent.childNodes]
    const wishes = [...wanted.childNodes]
    const pairs: [old: ChildNode, wish: ChildNode][] = []
    let next: ChildNode | null = null
    const stays = (old: ChildNode, wish: ChildNode) => {
      const key = currentKeys.get(old as Element)
      if (key !== wantedKeys.get(wish as Element)) return false
      if (key !== undefined) return isLike(old, wish)
      return old.isEqualNode(wish) || (isLike(old, wish) && isAlone(old, olds) && isAlone(wish, wishes))
    }
    // Most lists are as they were at their ends, where nothing moves.
    for (const [at, take] of ENDS)
      for (;;) {
        const [old, wish] = [olds.at(at), wishes.at(at)]
        if (!old || !wish || !stays(old, wish)) break
        if (isElement(wish)) free.delete(wish.id)
        if (at) next = old
        pairs.push([old, wish])
        olds[take]()
        wishes[take]()
      }
    if (olds.length + wishes.length > 0) arrange(parent, olds, wishes, next)
    for (const [old, wish] of pairs) node(old, wish)
  }

  /** Puts what is wanted before `next`, made of `olds` as far as it goes. */
  function arrange(parent: Element, olds: ChildNode[], wishes: ChildNode[], next: ChildNode | null): void {
    const found = match(olds.filter(isElement), wishes.filter(isElement))
    const taken = new Set<Node>(found.values())
    for (const old of olds) if (!taken.has(old) && !isKept(old)) gone.add(old)
    const staying = increasing(
      wishes.flatMap((wish) => found.get(wish as Element) ?? []),
      olds,
    )
    for (const wish of wishes.toReversed()) {
      const beside: ChildNode | null = next ? next.previousSibling : parent.lastChild
      let old: ChildNode | null | undefined
      if (isElement(wish)) old = found.get(wish) ?? claim(wish, parent)
      // A text is whichever stands there.
      else if (beside?.nodeType === wish.nodeType && gone.has(beside)) old = beside
      if (old) {
        gone.delete(old)
        if (old !== beside && !staying.has(old)) move(parent, old, next)
        node(old, wish)
        next = old
      } else {
        insert(parent, wish, next)
        next = wish
      }
    }
  }

  /** For new elements the old ones that become them, of these. */
  function match(left: Element[], open: Element[]): Map<Element, Element> {
    const found = new Map<Element, Element>()
    const pair = (wish: Element, old: Element) => {
      found.set(wish, old)
      free.delete(wish.id)
    }
    const round = (nameOf: (one: Element, key: string | undefined) => string | undefined) => {
      if (left.length === 0 || open.length === 0) return
      const named = new Map<string, Element[]>()
      for (const old of left) {
        const name = nameOf(old, currentKeys.get(old))
        if (name === undefined) continue
        const list = named.get(name + kindOf(old))
        if (list) list.push(old)
        else named.set(name + kindOf(old), [old])
      }
      open = open.filter((wish) => {
        const name = nameOf(wish, wantedKeys.get(wish))
        const old = name === undefined ? undefined : named.get(name + kindOf(wish))?.shift()
        if (old) pair(wish, old)
        return !old
      })
      const taken = new Set(found.values())
      left = left.filter((old) => !taken.has(old))
    }
    round((_, key) => key)
    if (left.length + open.length > 2) round((one, key) => (one.id === key ? undefined : saying(one)))
    round((one, key) => (one.id === key ? undefined : ''))
    return found
  }

  /** The old element of this id, wherever it stands. */
  function claim(wish: Element, parent: Node): Element | undefined {
    const old = free.get(wish.id)
    if (old?.localName !== wish.localName || old.contains(parent)) return undefined
    free.delete(wish.id)
    gone.delete(old)
    return old
  }

  /** Puts in what is new, but for those parts of it that stand elsewhere already. */
  function insert(parent: Element, wish: ChildNode, next: ChildNode | null): void {
    parent.insertBefore(wish, next)
    if (!isElement(wish) || free.size === 0) return
    for (const element of wish.querySelectorAll('[id]')) {
      const old = element.isConnected && claim(element, parent)
      if (!element.parentElement || !old) continue
      move(element.parentElement, old, element)
      element.remove()
      node(old, element)
    }
  }

  node(current, wanted)
  for (const old of gone) old.remove()
  for (const [at, template] of current.querySelectorAll('template').entries()) {
    const wish = templates[at]
    if (wish && wish !== template) template.content.replaceChildren(wish.content)
  }
  // What was moved has lost it where there is no moveBefore().
  if (active !== document.activeElement && active instanceof HTMLElement && active.isConnected)
    active.focus({ preventScroll: true })
}

const isElement = (node: Node): node is Element => node.nodeType === 1
const isKept = (node: Node): boolean => isElement(node) && node.hasAttribute('data-keep')

/** Elements by id; without those ids that stand twice, by which nothing is known. */
function idsIn(root: Element): Map<string, Element> {
  const found = new Map<string, Element>()
  const twice = new Set([''])
  for (const element of root.querySelectorAll('[id]')) {
    if (found.has(element.id)) twice.add(element.id)
    found.set(element.id, element)
  }
  for (const id of twice) found.delete(id)
  return found
}

/** What each element is known by: its own id; else of the ids within it that both trees have the first by the alphabet, whatever their order. */
function keysIn(root: Element, ids: ReadonlyMap<string, Element>, shared: ReadonlySet<string>): Keys {
  const keys: Keys = new Map()
  for (const [id, element] of ids) {
    keys.set(element, id)
    if (!shared.has(id)) continue
    for (let around = element.parentElement; around && around !== root; around = around.parentElement) {
      if (ids.get(around.id) === around) continue
      if ((keys.get(around) ?? '\uFFFF') <= id) break
      keys.set(around, id)
    }
  }
  return keys
}

/** Elements of different kinds never become each other; nor do fields of different names, or one would get what was typed into the other. */
const kindOf = (one: Element): string => `${one.localName} ${one.getAttribute('name')}`

const isLike = (one: Node, other: Node): boolean =>
  one.nodeName === other.nodeName && (!isElement(one) || kindOf(one) === kindOf(other as Element))

/** The only one of its name among its neighbours: what has its place can but be the same. */
const isAlone = (one: Node, all: readonly Node[]): boolean =>
  !all.some((other) => other !== one && other.nodeName === one.nodeName)

/** What tells an element from its neighbours: its words, or its picture. */
const saying = (one: Element): string =>
  one.textContent || (one.getAttribute('src') ?? one.querySelector('[src]')?.getAttribute('src') ?? '')

/** Of elements in a new order as many as can stay: a longest increasing subsequence of their old places. */
function increasing(order: readonly Node[], olds: readonly Node[]): Set<Node> {
  const places = new Map(olds.map((old, place) => [old, place]))
  /** The last element of the best row of each length, and the one before each. */
  const ends: Node[] = []
  const before = new Map<Node, Node | undefined>()
  const placeOf = (one: Node) => places.get(one) ?? 0
  for (const one of order) {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (placeOf(ends[middle] as Node) < placeOf(one)) low = middle + 1
      else high = middle
    }
    before.set(one, ends[low - 1])
    ends[low] = one
  }
  const staying = new Set<Node>()
  for (let one = ends.at(-1); one; one = before.get(one)) staying.add(one)
  return staying
}

/** Keeps focus, frames and animations where the browser can: https://developer.mozilla.org/docs/Web/API/Element/moveBefore */
function move(parent: Element, old: ChildNode, next: ChildNode | null): void {
  // Firefox before 144 and Safari have none.
  if ((parent as Partial<Element>).moveBefore && old.isConnected) parent.moveBefore(old, next)
  else parent.insertBefore(old, next)
}

function attributes(old: Element, wish: Element): void {
  // The picture was promoted to eager, or takes a smaller variant on a slow line: going back would only fetch it again.
  const isOurs = (name: string) => OURS.has(name) || (old.localName === 'img' && /^(?:loading|sizes)$/.test(name))
  for (const name of wish.getAttributeNames()) {
    const value = wish.getAttribute(name)
    if (old.getAttribute(name) === value || isOurs(name)) continue
    const { namespaceURI = null } = wish.getAttributeNode(name) ?? {}
    old.setAttributeNS(namespaceURI, name, value ?? '')
  }
  for (const name of old.getAttributeNames()) if (!wish.hasAttribute(name) && !isOurs(name)) old.removeAttribute(name)
}

/** The server's own value of a field, and what the field shows. */
const FIELDS = [
  ['defaultValue', 'value'],
  ['defaultChecked', 'checked'],
  ['defaultSelected', 'selected'],
] as const

/** Makes a field show what the server changed of it: called once the field has it, as an option has its text. */
function changesOf(old: Element, wish: Element): () => void {
  const [field, wanted] = [old, wish] as unknown as [Record<string, unknown>, Record<string, unknown>]
  const changed = FIELDS.filter(([own]) => field[own] !== wanted[own] && field['type'] !== 'file')
  return () => {
    for (const [own, shown] of changed) field[shown] = wanted[own]
  }
}
