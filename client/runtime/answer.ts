import type { Reply } from './ask.ts'
import { morph } from './morph.ts'
import { parseHTML } from './trusted.ts'

/** Parts of a page, ready to be put in place: read from the server's answer or taken from the page on leaving it. */
export interface Answer {
  title: string
  /** Elements by fragment name, in a document of their own, where nothing is fetched or run. */
  parts: Map<string, Element>
  /** URLs of the stylesheets that the parts need. */
  sheets: string[]
  /** Attributes of `<body>`, if the answer had the tag: class and `data-*` go along with the parts. */
  body: [name: string, value: string][]
}

/** A reply that may have been read ahead. */
export interface Had extends Reply {
  answer?: Answer | null
}

/** A sheet that does not come must not keep the answer back for longer. Ms. */
const SHEET_DEADLINE = 2000

/** Reads the parts out of an answer, whole page or fragments; null when it is none of ours: it has no part, nor a body with `data-path`. */
export function readAnswer(text: string, names: readonly string[]): Answer | null {
  const from = parseHTML(text)
  const answer = collect(from, names, (part) => part)
  return answer.parts.size > 0 || from.body.dataset['path'] ? answer : null
}

/** A copy of the page as it stands, what was typed included. */
export function takeSnapshot(names: readonly string[]): Answer {
  const store = document.implementation.createHTMLDocument()
  return collect(document, names, (part) => store.importNode(part, true))
}

/** Fragments that were not asked for count too; in a whole page, which has a doctype, they could not be told from the rest. */
export function collect(from: Document, names: readonly string[], take: (part: Element) => Element): Answer {
  const parts = new Map<string, Element>()
  for (const name of from.doctype ? names : [...names, ...Array.from(from.body.children, ({ id }) => id)]) {
    const part = from.getElementById(name)
    if (part) parts.set(name, take(part))
  }
  return {
    title: from.title,
    parts,
    sheets: Array.from(from.querySelectorAll('link[rel=stylesheet]'), (link) => link.getAttribute('href') ?? ''),
    body: Array.from(from.body.attributes, ({ name, value }): [string, string] => [name, value]).filter(([name]) =>
      /^(?:class$|data-)/.test(name),
    ),
  }
}

/** Adds the stylesheets that the page lacks, neither linked nor inlined as `<style data-href>`, and waits until they are there. */
export async function fetchSheets({ sheets }: Answer): Promise<void> {
  const missing = sheets.filter((href) => {
    const name = CSS.escape(href)
    return !document.querySelector(`link[rel=stylesheet][href="${name}"],style[data-href="${name}"]`)
  })
  const loads = missing.map(
    (href) =>
      new Promise<unknown>((resolve) => {
        const link = document.createElement('link')
        link.rel = 'stylesheet'
        link.setAttribute('href', href)
        link.addEventListener('load', resolve)
        link.addEventListener('error', resolve)
        document.body.append(link)
      }),
  )
  if (loads.length > 0)
    await Promise.race([Promise.all(loads), new Promise((resolve) => setTimeout(resolve, SHEET_DEADLINE))])
}

/**
 * Puts the parts in place, at once. They are used up: what is new in them moves into the page.
 *
 * @param isKept a copy of them is used, for they may be wanted again.
 */
export function applyAnswer({ title, parts, body }: Answer, isKept?: boolean): void {
  for (const [name, part] of parts) {
    const current = document.getElementById(name)
    if (current) morph(current, isKept ? (part.cloneNode(true) as Element) : part)
  }
  if (title) document.title = title
  for (const [name, value] of body) document.body.setAttribute(name, value)
}
