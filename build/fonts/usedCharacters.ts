import { parseSync, Visitor } from 'vite'
import { parseHtml } from '../markup/tags.ts'

/** A text that a page may show, or part of it. */
export interface Text {
  /** Its file, for the kind it is of: `.html`, `.js`, `.css`; anything else is data, as JSON. */
  file: string
  text: string
}

/** Always there: what players type and what games put together. ASCII, and the punctuation that typing programs make of it. */
const ALWAYS = `${String.fromCodePoint(...Array.from({ length: 95 }, (_, index) => 0x20 + index))}\u{A0}’‘“”–—…×·`
const ESCAPE = /\\(?:u\{(?<long>[\da-f]{1,6})\}|u(?<four>[\da-f]{4})|x(?<two>[\da-f]{2}))/gi
const CSS_ESCAPE = /\\(?<hex>[\da-f]{1,6})/gi
/** A script without these shows ASCII only, and need not be parsed. */
const BEYOND_ASCII = /[^\p{ASCII}]|\\[ux]/u

/** Code points that the texts can put on the screen, and {@link ALWAYS}. */
export function usedCharacters(texts: Iterable<Text>): Set<number> {
  const used = new Set<number>()
  const add = (text: string): void => {
    for (const character of text) used.add(character.codePointAt(0) ?? 0)
  }
  add(ALWAYS)
  for (const { file, text } of texts) {
    if (/\.html?$/i.test(file)) {
      add(text)
      addEntities(text, add)
    } else if (/\.[cm]?js$/i.test(file)) {
      if (BEYOND_ASCII.test(text)) addStrings(file, text, add)
    } else {
      add(withoutEscapes(text, /\.css$/i.test(file) ? CSS_ESCAPE : ESCAPE))
    }
  }
  return used
}

/** Two escapes can be the halves of one character, so they are replaced where they stand. */
const withoutEscapes = (text: string, escape: RegExp): string =>
  text.replaceAll(escape, (...match) => {
    const { hex, long, four, two } = match.at(-1) as Record<string, string | undefined>
    return String.fromCodePoint(Math.min(Number.parseInt(hex ?? long ?? four ?? two ?? '', 16), 0x10_ff_ff))
  })

function addEntities(html: string, add: (text: string) => void): void {
  if (!html.includes('&')) return
  const visit = (node: object): void => {
    if ('data' in node && typeof node.data === 'string') add(node.data)
    if ('attribs' in node) for (const value of Object.values(node.attribs as Record<string, string>)) add(value)
    if ('children' in node) for (const child of node.children as object[]) visit(child)
  }
  visit(parseHtml(html))
}

/** Only what stands in strings: libraries carry tables of letters in their regular expressions. */
function addStrings(file: string, code: string, add: (text: string) => void): void {
  try {
    const { program, errors } = parseSync(file, code)
    if (errors.length > 0) throw errors[0]
    new Visitor({
      Literal: ({ value }) => void (typeof value === 'string' && add(value)),
      TemplateElement: ({ value }) => add(value.cooked ?? value.raw),
    }).visit(program)
  } catch {
    add(withoutEscapes(code, ESCAPE))
  }
}
