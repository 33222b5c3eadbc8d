/** What a person has done to a page that the server knows nothing of. */
interface Draft {
  /** Path and query. */
  url: string
  x: number
  y: number
  fields: { at: string; base: string; now: string }[]
  /** Elements scrolled by themselves. */
  scrolled: { at: string; x: number; y: number }[]
  details: { at: string; open: boolean }[]
  focus?: { at: string; range?: [number, number] | undefined }
}

/** Keeps what a person did to the pages they left, by history entry. */
export interface Keeper {
  take(entry: number, url: string): void
  put(entry: number, url: string): void
}

const STORE = 'firstframe-drafts'
/** Characters of sessionStorage, which the page shares. The oldest entries go first. */
const LIMIT = 64 * 1024

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/**
 * Keeps what was typed, ticked, opened, scrolled and focused, exactly: for back and forward, for reloads, and, as far as fields go, for the
 * same fields on the next page where that is a full load, as after a new release. A field is put back only where the server still
 * proposes what it had proposed and nobody has typed since. Passwords, card numbers and one-time codes are not kept.
 *
 * In memory while the page lives, in sessionStorage when it is hidden: no `unload`, so the page stays fit for the back/forward cache.
 */
export function startDrafts(page: { readonly entry: number; readonly url: string }, signal: AbortSignal): Keeper {
  const scrolled = new Set<Element>()
  const { last, drafts } = load()

  const keeper: Keeper = {
    take(entry, url) {
      drafts.delete(entry)
      drafts.set(entry, read(url, scrolled))
    },
    put(entry, url) {
      const draft = drafts.get(entry)
      if (draft?.url !== url) return
      write(draft)
      scrollTo({ left: draft.x, top: draft.y, behavior: 'instant' })
    },
  }
  function save() {
    const { entry, url } = page
    keeper.take(entry, url)
    store(drafts, entry)
  }

  document.addEventListener('scroll', ({ target }) => target instanceof Element && scrolled.add(target), {
    signal,
    capture: true,
    passive: true,
  })
  addEventListener('pagehide', save, { signal })
  document.addEventListener('visibilitychange', () => document.hidden && save(), { signal })

  const { entry, url } = page
  const own = drafts.get(entry)
  // The browser scrolls the window by itself here.
  if (own?.url === url) write(own)
  else if (last) writeFields(last)
  return keeper
}

function load(): { last: Draft | undefined; drafts: Map<number, Draft> } {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? '{}') as { last?: number; drafts?: [number, Draft][] }
    const drafts = new Map(kept.drafts)
    return { last: drafts.get(kept.last ?? NaN), drafts }
  } catch {
    // No storage here, or not ours.
    return { last: undefined, drafts: new Map() }
  }
}

function store(drafts: Map<number, Draft>, last: number) {
  let text = JSON.stringify({ last, drafts: [...drafts] })
  for (const oldest of drafts.keys()) {
    if (text.length <= LIMIT) break
    drafts.delete(oldest)
    text = JSON.stringify({ last, drafts: [...drafts] })
  }
  try {
    sessionStorage.setItem(STORE, text)
  } catch {
    // Denied or full: then a full load forgets, as it would without us.
  }
}

function read(url: string, scrolled: Iterable<Element>): Draft {
  const draft: Draft = { url, x: scrollX, y: scrollY, fields: [], scrolled: [], details: [] }
  for (const [at, field] of fields())
    if (valueOf(field) !== baseOf(field)) draft.fields.push({ at, base: baseOf(field), now: valueOf(field) })
  for (const element of scrolled)
    if (element.isConnected && (element.scrollTop || element.scrollLeft))
      draft.scrolled.push({ at: pathTo(element), x: element.scrollLeft, y: element.scrollTop })
  for (const details of document.querySelectorAll('details'))
    draft.details.push({ at: pathTo(details), open: details.open })
  const active = document.activeElement
  if (active && active !== document.body) draft.focus = { at: pathTo(active), range: rangeOf(active) }
  return draft
}

function write(draft: Draft) {
  writeFields(draft)
  for (const { at, open } of draft.details) {
    const details = atPath(at)
    if (details instanceof HTMLDetailsElement) details.open = open
  }
  for (const { at, x, y } of draft.scrolled) atPath(at)?.scrollTo({ left: x, top: y, behavior: 'instant' })
  const active = draft.focus && atPath(draft.focus.at)
  if (!(active instanceof HTMLElement)) return
  active.focus({ preventScroll: true })
  if (draft.focus?.range && rangeOf(active)) (active as HTMLInputElement).setSelectionRange(...draft.focus.range)
}

function writeFields(draft: Draft) {
  const here = fields()
  for (const { at, base, now } of draft.fields) {
    const field = here.get(at)
    if (!field || baseOf(field) !== base || valueOf(field) !== base) continue
    if (field instanceof HTMLSelectElement)
      for (const [index, option] of Array.from(field.options).entries()) option.selected = now[index] === '1'
    else if (isTick(field)) field.checked = now === '1'
    else field.value = now
  }
}

/** Fields by what they are called: another release may have moved them. */
function fields(): Map<string, Field> {
  const found = new Map<string, Field>()
  for (const field of document.querySelectorAll<Field>('input,textarea,select')) {
    if (/^(?:password|hidden|file|submit|button|image|reset)$/.test(field.type)) continue
    if (/^(?:cc-|one-time-code)/.test(field.autocomplete)) continue
    const action = field.form?.getAttribute('action') ?? ''
    const name = [action, field.name || field.id, isTick(field) ? field.value : ''].join(' ')
    let at = name
    for (let count = 1; found.has(at); count++) at = `${name} ${count}`
    found.set(at, field)
  }
  return found
}

const isTick = (field: Field): field is HTMLInputElement => /^(?:checkbox|radio)$/.test(field.type)

const valueOf = (field: Field) =>
  field instanceof HTMLSelectElement
    ? bits(field.options, ({ selected }) => selected)
    : isTick(field)
      ? bits([field], ({ checked }) => checked)
      : field.value

function baseOf(field: Field): string {
  if (!(field instanceof HTMLSelectElement))
    return isTick(field) ? bits([field], (it) => it.defaultChecked) : field.defaultValue
  const base = bits(field.options, ({ defaultSelected }) => defaultSelected)
  // A list of one choice shows its first where the server chose none.
  return field.multiple || base.includes('1') ? base : base.replace('0', '1')
}

const bits = <T>(list: ArrayLike<T>, test: (item: T) => boolean) =>
  Array.from(list, (item) => (test(item) ? '1' : '0')).join('')

function rangeOf(element: Element): [number, number] | undefined {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return undefined
  const { selectionStart, selectionEnd } = element
  return selectionStart === null || selectionEnd === null ? undefined : [selectionStart, selectionEnd]
}

/** From the nearest element with an `id` down, `main 2 0 details`: child numbers, then the tag, which must fit. */
function pathTo(element: Element): string {
  const steps = [element.localName]
  let from = element
  while (!from.id && from.parentElement) {
    steps.unshift(String(Array.from(from.parentElement.children).indexOf(from)))
    from = from.parentElement
  }
  return [from.id, ...steps].join(' ')
}

function atPath(path: string): Element | null {
  const [id = '', ...steps] = path.split(' ')
  const name = steps.pop()
  let element: Element | null = id ? document.getElementById(id) : document.documentElement
  for (const step of steps) element = element?.children[Number(step)] ?? null
  return element?.localName === name ? element : null
}
