import { parseHtml, type Tag, tagsOf } from '../markup/tags.ts'

/** What a document shows before any script has run, and the little that every game adds to it. */
export interface FirstScreen {
  tags: Tag[]
  /** Styles written into tags, which use custom properties too. */
  inline: string
}

/**
 * Elements of the static HTML. `<html>` and `<body>` are there even if the text leaves them out, and a `<canvas>` stands in the body and
 * in every empty element with an id, since that is where a game puts it.
 */
export function firstScreenOf(html: string): FirstScreen {
  const whole = /<html[\s>]/i.test(html) ? html : `<html>${html}</html>`
  const withBody = /<body[\s>]/i.test(whole) ? whole : whole.replace(/<\/html\s*>|$/i, '<body></body>$&')
  const filled = withBody
    .replaceAll(/(<(?<name>[a-z]+)\s[^>]*\bid=[^>]*>)\s*(?=<\/\k<name>\s*>)/gi, '$1<canvas></canvas>')
    .replace(/<\/body\s*>/i, '<canvas></canvas>$&')
  const tags = tagsOf(parseHtml(filled)).filter(({ name }) => !UNSEEN.has(name))
  return { tags, inline: tags.map(({ attribs }) => attribs['style'] ?? '').join(';') }
}

const UNSEEN = new Set(['head', 'link', 'meta', 'script', 'style', 'title', 'template', 'base'])
