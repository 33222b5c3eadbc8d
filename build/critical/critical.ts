import path from 'node:path'
import { MagicString } from 'magic-string'
import { mapUrls, resolveUrl } from '../cssUrls.ts'
import { rulesOf } from '../markup/rules.ts'
import { countsFromEnd, matches } from '../markup/selectors.ts'
import {
  allowsStyles,
  endOf,
  parentOf,
  parseHtml,
  startOf,
  type Tag,
  tagsOf,
  textOf,
  type Tree,
} from '../markup/tags.ts'
import { firstScreenOf } from './firstScreen.ts'
import { pruneCss } from './prune.ts'

/** A stylesheet that a document links. */
export interface Sheet {
  /** As the document's `<link>` has it, entities decoded. */
  href: string
  /** Where it stands, relative to the root of what is served: `assets/main-1a2b3c4d.css`. */
  file: string
  text: string
}

export interface CriticalOptions {
  /** The document's own place, relative to the root of what is served: `index.html`. */
  page: string
  /** A sheet of at most this many bytes goes into the document whole. 0: nothing does. */
  inlineCss: number
  /** True where scripts bring stylesheets of their own: a sheet that moved behind them would win over them. */
  stylesLater: boolean
}

export interface Critical {
  html: string
  /** Sheets, by href, that the document no longer asks for. */
  inlined: string[]
  /** Those whose critical part is in the document, and which arrive without holding up the first paint. */
  deferred: string[]
  /** Those that still hold it up, and why. */
  blocking: { href: string; why: string }[]
}

/** About one initial congestion window: a document that grows by more pays with a round trip what it saves. */
const MOST = 14_000

/** Whether a script makes stylesheets of its own, which have to come after the document's. */
export const addsStyles = (script: string): boolean =>
  /\.createElement(?:NS)?\([^)]{0,60}["'`]style["'`]\s*\)|\.insertRule\(/.test(script)

/** What becomes of one `<link>` or `<style>`. */
interface Fate {
  tag: Tag
  sheet?: Sheet
  /** Why it stays as it is. */
  why?: string
  /** What stands in its place in the document. */
  text?: string
  /** True where that is not all of it. */
  deferred?: true
}

/**
 * Puts small stylesheets into the document, and of a large one what the first screen needs; the whole sheet then stands at the end of the
 * body, where it holds nothing up. Scripts of type module still wait for it, as they did. Whatever styles followed it in the document
 * follow it there once more, so that the cascade ends as it was.
 */
export function criticalCss(html: string, sheets: readonly Sheet[], options: CriticalOptions): Critical {
  const tree = parseHtml(html)
  const fates = tagsOf(tree, 'link', 'style').flatMap((tag) => fateOf(tag, sheets, options) ?? [])
  if (allowsStyles(tree)) defer(fates, html, tree, options)
  else for (const fate of fates) if (fate.sheet) fate.why = 'the page’s content security policy forbids inline styles'

  const result: Critical = { html, inlined: [], deferred: [], blocking: [] }
  const edited = new MagicString(html)
  const again: string[] = []
  for (const { tag, sheet, why, text, deferred } of fates) {
    const own = html.slice(startOf(tag), endOf(tag))
    const style = text === undefined || text === '' ? '' : `<style>${text}</style>`
    if (deferred || again.length > 0) again.push(withoutId(deferred || why !== undefined || !sheet ? own : style))
    if (!sheet) continue
    if (why !== undefined) {
      result.blocking.push({ href: sheet.href, why })
      continue
    }
    edited.overwrite(startOf(tag), endOf(tag), style)
    result[deferred ? 'deferred' : 'inlined'].push(sheet.href)
  }
  if (again.length > 0) edited.appendLeft(endOfBody(html), again.join(''))
  result.html = edited.toString()
  return result
}

/** Whole or not at all, as far as a sheet alone tells; without text or reason where it is too large to be whole. */
function fateOf(tag: Tag, sheets: readonly Sheet[], { page, inlineCss }: CriticalOptions): Fate | undefined {
  if (['noscript', 'template'].includes(parentOf(tag)?.name ?? '')) return undefined
  if (tag.name === 'style') return { tag }
  const { rel = '', href, media, disabled, title } = tag.attribs
  const kinds = rel.toLowerCase().split(/\s+/)
  if (!kinds.includes('stylesheet')) return undefined
  const sheet = sheets.find((each) => each.href === href)
  if (!sheet) return { tag }
  const { text } = sheet
  if (kinds.includes('alternate') || disabled !== undefined || title !== undefined)
    return { tag, sheet, why: 'it is one of several to choose from' }
  if (media !== undefined && !/^\s*(?:all)?\s*$/i.test(media)) return { tag, sheet, why: `it is for ${media} only` }
  // A style element ends at the first `</style`, wherever that stands.
  if (/<\/style/i.test(text)) return { tag, sheet, why: 'it holds the text "</style"' }
  if (/@(?:import|namespace)\b/i.test(text)) return { tag, sheet, why: 'it imports others' }
  if (inlineCss === 0) return { tag, sheet, why: 'inlineCss is 0' }
  return Buffer.byteLength(text) <= inlineCss ? { tag, sheet, text: rebase(text, sheet.file, page) } : { tag, sheet }
}

/** Finds the critical part of the sheet that is too large to be whole. */
function defer(fates: Fate[], html: string, tree: Tree, { page, stylesLater }: CriticalOptions): void {
  const large = fates.filter(({ sheet, why, text }) => sheet && why === undefined && text === undefined)
  const [fate] = large
  if (!fate?.sheet) return
  const refuse = (why: string): void => large.forEach((each) => void (each.why = why))
  // Of two, the first to come would win over the critical part of the second until that comes too.
  if (large.length > 1) return refuse('it is one of several that are large')
  if (stylesLater) return refuse('scripts add stylesheets that have to come after it')
  const others = fates.filter((each) => each !== fate).map((each) => each.sheet?.text ?? textOf(each.tag))
  try {
    if (mindsTheEnd([...others, fate.sheet.text].join('\n'), tree)) return refuse('it counts what stands in the body')
    const part = pruneCss(fate.sheet.text, firstScreenOf(html), others.join('\n'))
    const bytes = Buffer.byteLength(part)
    if (bytes > MOST) return refuse(`the first screen needs ${bytes} bytes of it`)
    fate.text = rebase(part, fate.sheet.file, page)
    fate.deferred = true
  } catch (error) {
    refuse(`it cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** Whether a rule would notice links at the end of the body: `body > :last-child`, or `body > *` that shows whatever stands there. */
function mindsTheEnd(css: string, tree: Tree): boolean {
  const [body] = tagsOf(tree, 'body')
  const children = (body?.children ?? []).filter((child): child is Tag => 'attribs' in child)
  const link = {
    name: 'link',
    attribs: { rel: 'stylesheet' },
    parent: body ?? null,
    prev: children.at(-1) ?? null,
    next: null,
  }
  return rulesOf(css).some(({ node, selectors }) =>
    selectors.some(
      (steps) =>
        children.some((child) => countsFromEnd(steps, child)) ||
        (matches(steps, link as unknown as Tag) &&
          node.some((each) => each.type === 'decl' && each.prop === 'display')),
    ),
  )
}

/** Relative URLs of a sheet as the document has to write them. */
function rebase(css: string, file: string, page: string): string {
  const bare = css.replaceAll(/^\u{FEFF}|@charset[^;]*;|\/\*# sourceMappingURL=[^]*?\*\//giu, '')
  return mapUrls(bare, (url) => {
    const moved = path.posix.relative(path.posix.dirname(page), resolveUrl(url, file))
    return (moved.startsWith('.') ? moved : `./${moved}`) + (/[?#].*$/.exec(url)?.[0] ?? '')
  }).trim()
}

const withoutId = (tag: string): string => tag.replace(/^(<[a-z]+[^>]*?)\sid=(?:"[^"]*"|'[^']*'|[^\s>]+)/i, '$1')

function endOfBody(html: string): number {
  const lower = html.toLowerCase()
  const at = lower.lastIndexOf('</body')
  return at >= 0 ? at : lower.includes('</html') ? lower.lastIndexOf('</html') : html.length
}
