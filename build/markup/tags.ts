import { DomUtils, parseDocument } from 'htmlparser2'
import type { MagicString } from 'magic-string'

export type Tree = ReturnType<typeof parseDocument>
export type Tag = ReturnType<typeof DomUtils.getElementsByTagName>[number]

/** An attribute as it is written. */
export interface Written {
  /** In small letters. */
  name: string
  /** Where it stands, from the first letter of its name to behind its value, quotes included. */
  start: number
  end: number
}

const ATTRIBUTE = /[\s/]*(?<name>[^\s=>"'/][^\s=>/]*)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?/y

/** The document with the place of every tag in the text. What stands in comments and scripts is no tag. */
export const parseHtml = (html: string): Tree => parseDocument(html, { withStartIndices: true, withEndIndices: true })

/** Tags of these names, or all, in the order of the text. */
export const tagsOf = (tree: Tree, ...names: string[]): Tag[] =>
  DomUtils.getElementsByTagName((name) => names.length === 0 || names.includes(name), tree)

export const startOf = (tag: Tag): number => tag.startIndex ?? 0
/** Behind the whole element. */
export const endOf = (tag: Tag): number => (tag.endIndex ?? 0) + 1

export const parentOf = ({ parent }: Tag): Tag | undefined => (parent && 'attribs' in parent ? parent : undefined)

/** The text of a `<style>` or `<script>`. */
export const textOf = ({ children }: Tag): string => children.map((node) => ('data' in node ? node.data : '')).join('')

/** Attributes of a tag by name, and the place behind the last of them. */
export function attributesOf(html: string, tag: Tag): { written: Map<string, Written>; end: number } {
  const written = new Map<string, Written>()
  let end = startOf(tag) + 1 + tag.name.length
  ATTRIBUTE.lastIndex = end
  for (let match = ATTRIBUTE.exec(html); match; match = ATTRIBUTE.exec(html)) {
    const name = (match.groups?.['name'] ?? '').toLowerCase()
    end = match.index + match[0].length
    const start = match.index + match[0].search(/[^\s/]/)
    // The first of two holds, as in a browser.
    if (!written.has(name)) written.set(name, { name, start, end })
  }
  return { written, end }
}

/** `name="value"`, safe in any document. */
export const attribute = (name: string, value: string): string =>
  `${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`

/** Gives a tag attributes, in the place of those it has of the same name. */
export function setAttributes(
  html: string,
  tag: Tag,
  values: Readonly<Record<string, string>>,
  edited: MagicString,
): void {
  const { written, end } = attributesOf(html, tag)
  for (const [name, value] of Object.entries(values)) {
    const old = written.get(name)
    if (old) edited.overwrite(old.start, old.end, attribute(name, value))
    else edited.appendLeft(end, ` ${attribute(name, value)}`)
  }
}

/** False where the document's own policy forbids styles that stand in it. https://www.w3.org/TR/CSP3/#directive-style-src */
export function allowsStyles(tree: Tree): boolean {
  return tagsOf(tree, 'meta').every(({ attribs }) => {
    if ((attribs['http-equiv'] ?? '').toLowerCase() !== 'content-security-policy') return true
    const directives = new Map(
      (attribs['content'] ?? '').split(';').map((each): [string, string] => {
        const [name = '', ...sources] = each.trim().toLowerCase().split(/\s+/)
        return [name, sources.join(' ')]
      }),
    )
    const sources = directives.get('style-src-elem') ?? directives.get('style-src') ?? directives.get('default-src')
    // A nonce or a hash takes 'unsafe-inline' back.
    return sources === undefined || (sources.includes("'unsafe-inline'") && !/'(?:nonce|sha\d+)-/.test(sources))
  })
}
