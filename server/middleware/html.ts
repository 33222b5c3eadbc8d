/** Text that is already markup: what {@link html} makes, and the one thing it does not escape. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What a template takes. `false`, `null` and `undefined` write nothing, so that `cond && html`…`` reads as it means. */
export type Content = Html | string | number | bigint | false | null | undefined | readonly Content[]

/**
 * A template whose values are escaped, for text and for quoted attributes:
 *
 * ```ts
 * html`<li class="${rarity}">${item.name}${worn && html` <b>worn</b>`}</li>`
 * ```
 *
 * Elsewhere (an unquoted attribute as in `<a href=${url}>`, a name, a whole attribute, a script or style) escaping makes nothing
 * safe: there a value must be {@link Html}, a number, or nothing.
 *
 * @throws TypeError that quotes the place, where a text stands in such a one.
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  let bare = templates.get(strings)
  if (!bare) templates.set(strings, (bare = barePlaces(strings)))
  let text = strings[0] ?? ''
  for (let i = 0; i < values.length; i++) {
    if (bare[i] && (typeof values[i] === 'string' || Array.isArray(values[i])))
      throw new TypeError(
        `html: a text stands unquoted after \`${strings[i]?.slice(-40).trim()}\`: quote the attribute, or use raw() on what you wrote yourself`,
      )
    text += write(values[i]) + (strings[i + 1] ?? '')
  }
  return new Html(text)
}

/** Marks text as markup. Only for what the program itself wrote: never for anything that came from a player. */
export function raw(text: string): Html {
  return new Html(text)
}

/** Writes the five characters that end text or a quoted attribute as entities. */
export function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (character) => ENTITIES[character] ?? character) : text
}

const SPECIAL = /[&<>"']/
const ALL_SPECIAL = /[&<>"']/g
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function write(value: Content): string {
  if (typeof value === 'string') return escape(value)
  if (value instanceof Html) return value.text
  if (value === false || value === null || value === undefined) return ''
  if (typeof value === 'object') return value.map(write).join('')
  return String(value)
}

const templates = new WeakMap<TemplateStringsArray, boolean[]>()

/** For each value of a template, whether it stands where quotes do not hold it. Read once, from the constant text before it. */
function barePlaces(strings: TemplateStringsArray): boolean[] {
  let before = ''
  return strings.slice(0, -1).map((part) => {
    before += part
    const tag = before.slice(before.lastIndexOf('<'))
    const inTag = tag.startsWith('<') && !tag.replaceAll(/"[^"]*"|'[^']*'/g, '').includes('>')
    const inText = !inTag && !/^<(?:script|style)\b/i.test(tag)
    const inQuotes = inTag && /["']/.test(tag.replaceAll(/"[^"]*"|'[^']*'/g, ''))
    // Later values are judged with this one in place; a letter is inert in text, in names and in quotes.
    before += 'x'
    return !inText && !inQuotes
  })
}
