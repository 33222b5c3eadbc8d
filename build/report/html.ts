import path from 'node:path'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** HTML that may stand as it is. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | false | undefined | readonly Html[]

/** A template whose values are escaped, unless they are {@link Html} themselves: file names are input. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0] ?? ''
  for (const [at, part] of parts.entries()) text += textOf(part) + (strings[at + 1] ?? '')
  return new Html(text)
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** The address of a file for a page that lies in `folder`: works from a disk and from a server alike. */
export const hrefOf = (folder: string, file: string): string =>
  path.relative(folder, file).split(path.sep).map(encodeURIComponent).join('/')

/** `61.8 %` */
export const percent = (part: number): string => `${(part * 100).toFixed(part < 0.0995 ? 1 : 0)} %`
