import type { AtRule, Rule } from 'postcss'
import { parse } from 'postcss'
import { firstScreenOf } from '../critical/firstScreen.ts'
import { urlsOf } from '../cssUrls.ts'
import { rulesOf, type StyleRule } from '../markup/rules.ts'
import { matches } from '../markup/selectors.ts'
import { parentOf, type Tag } from '../markup/tags.ts'
import { inRanges, parseRange } from './ranges.ts'

/** A font file worth a preload. */
export interface NeededFont {
  /** As the stylesheet writes it. */
  url: string
  /** The stylesheet that does. */
  file: string
  family: string
}

/** More would take the line from the script that starts the game. */
const MOST = 2
const BOLD = new Set(['b', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'th'])

/**
 * Fonts that the text of a document's first screen is set in: those of elements with text of their own first, then the body's, for the
 * text that scripts bring. At most two, woff2 only. A font of classes that the HTML does not hold is not among them.
 */
export function fontsAboveFold(html: string, sheets: readonly { file: string; text: string }[]): NeededFont[] {
  const { faces, rules } = read(sheets)
  if (faces.length === 0) return []
  const { tags } = firstScreenOf(html)
  const needed: NeededFont[] = []
  const isText = (tag: Tag): boolean =>
    tag.children.some((child) => child.nodeType === 3 && 'data' in child && child.data.trim() !== '')
  const order = [...tags.filter(isText), ...tags.filter(({ name }) => name === 'body')]
  for (const tag of order) {
    const { family, weight, style } = fontOf(tag)
    const face = faceOf(family, weight, style)
    if (face && !needed.some(({ url }) => url === face.url))
      needed.push({ url: face.url, file: face.file, family: face.family })
    if (needed.length === MOST) break
  }
  return needed

  function fontOf(tag: Tag): Required<FontSaid> {
    const said: FontSaid = {}
    for (let at: Tag | undefined = tag; at; at = parentOf(at)) {
      const here: FontSaid = BOLD.has(at.name) ? { weight: 700 } : {}
      for (const rule of rules) if (rule.selectors.some((steps) => matches(steps, at))) Object.assign(here, rule.says)
      // What is said nearer holds.
      Object.assign(said, { ...here, ...said })
    }
    return { family: [], weight: 400, style: 'normal', ...said }
  }

  /** Of the first family only: where that is a font of the system, those after it are for others. */
  function faceOf([first = '']: string[], weight: number, style: string): Face | undefined {
    const own = faces.filter((face) => face.family.toLowerCase() === first.toLowerCase() && face.latin)
    const distance = (face: Face): number =>
      (face.style === style ? 0 : 10_000) + Math.max(face.weight[0] - weight, weight - face.weight[1], 0)
    const [best, ...others] = own
    if (!best) return undefined
    const nearest = others.reduce((least, face) => (distance(face) <= distance(least) ? face : least), best)
    return nearest.url === '' ? undefined : nearest
  }
}

interface Face extends NeededFont {
  weight: [number, number]
  style: string
  /** Whether it is asked for plain text. */
  latin: boolean
}

/** What rules say of fonts. */
interface FontSaid {
  family?: string[]
  weight?: number
  style?: string
}

interface FontRule {
  selectors: StyleRule['selectors']
  says: FontSaid
}

function read(sheets: readonly { file: string; text: string }[]): { faces: Face[]; rules: FontRule[] } {
  const faces: Face[] = []
  const found: StyleRule[] = []
  const variables = new Map<string, string>()
  for (const { file, text } of sheets) {
    try {
      const root = parse(text)
      root.walkAtRules(/^font-face$/i, (node) => void faces.push(readFace(node, file)))
      root.walkDecls(/^--/, ({ prop, value }) => void variables.set(prop, value))
      found.push(...rulesOf(root))
    } catch {
      // A sheet that cannot be parsed here says nothing; the browser will make of it what it can.
    }
  }
  const rules = found.flatMap(({ node, selectors }) => {
    const says = declared(node, variables)
    return Object.keys(says).length > 0 ? [{ selectors, says }] : []
  })
  return { faces, rules }
}

function readFace(node: AtRule, file: string): Face {
  const face: Face = { family: '', url: '', file, weight: [400, 400], style: 'normal', latin: true }
  node.walkDecls(({ prop, value }) => {
    if (/^font-family$/i.test(prop)) face.family = unquote(value)
    else if (/^font-style$/i.test(prop)) face.style = value.split(' ')[0] ?? 'normal'
    else if (/^unicode-range$/i.test(prop)) face.latin = inRanges(parseRange(value) ?? [[0, 0x10_ff_ff]], 0x61)
    else if (/^font-weight$/i.test(prop)) {
      const [low = 400, high = low] = value.split(/\s+/).map(weightOf)
      face.weight = [low, high]
    } else if (/^src$/i.test(prop)) {
      // A font that may be installed need not be fetched at all.
      const url = /^\s*local\(/i.test(value) ? '' : (urlsOf(value)[0]?.url ?? '')
      face.url = /^data:/i.test(url) || !/\.woff2\b/i.test(url) ? '' : url
    }
  })
  return face
}

/** The shorthand's family comes after the size. */
function declared(rule: Rule, variables: ReadonlyMap<string, string>): FontSaid {
  const found: FontSaid = {}
  rule.each((node) => {
    if (node.type !== 'decl') return
    const property = node.prop.toLowerCase()
    const value = node.value.replaceAll(
      /var\(\s*(--[\w-]+)[^)]*\)/g,
      (whole, name: string) => variables.get(name) ?? whole,
    )
    if (property === 'font-family') found.family = families(value)
    else if (property === 'font-weight') found.weight = weightOf(value)
    else if (property === 'font-style') found.style = value
    else if (property === 'font') {
      const [, before = '', list] =
        /^(.*?)[\d.]+(?:px|r?em|ex|ch|%|v[wh]|v(?:min|max)|pt|pc)(?:\s*\/\s*\S+)?\s*(.+)$/i.exec(value) ?? []
      if (list === undefined) return
      found.family = families(list)
      found.weight = weightOf(/\b(?:bold|[1-9]00)\b/i.exec(before)?.[0] ?? 'normal')
      found.style = /\b(?:italic|oblique)\b/i.exec(before)?.[0] ?? 'normal'
    }
  })
  return found
}

const families = (list: string): string[] => list.split(',').map(unquote)
const unquote = (text: string): string => text.trim().replaceAll(/^["']|["']$/g, '')
const weightOf = (text: string): number => (/^bold/i.test(text) ? 700 : Number.parseInt(text, 10) || 400)
