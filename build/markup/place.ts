import type { ChildNode, Declaration } from 'postcss'
import { dependsOnAttributes, dependsOnNeighbours, dependsOnParent, matches, matchesAlone } from './selectors.ts'
import type { StyleRule } from './rules.ts'
import { parentOf, type Tag } from './tags.ts'

/** What the styles and scripts of a document make of one `<img>`: what may be done to it without changing how it looks. */
export interface Place {
  /** False where the styles ask for the very attributes that it would get. */
  mayChange: boolean
  /** False where a rule names parents and children, or a script takes the document over: a `<picture>` around it would break that. */
  mayWrap: boolean
  /** False where a rule counts children or names neighbours: a `<source>` before it would break that. */
  mayHaveSources: boolean
  /** What decides its size: `nothing` but itself, a `width`, or `something else` (a height, flex, grid, a script). */
  sizedBy: 'nothing' | 'width' | 'something else'
  /** That width, where it is certain and in pixels. */
  width: number | undefined
  /** True where it gets no wider than what it stands in: a screen narrower than the picture needs less of it. */
  fluid: boolean
  /** False where something behind the picture can be seen although it is opaque: letterboxes, padding. */
  covered: boolean
  /** True where a script may give it another picture, which a `srcset` would hide. */
  scripted: boolean
}

/** Where nothing is known: its address may change, and no more. */
export const UNKNOWN: Place = {
  mayChange: true,
  mayWrap: false,
  mayHaveSources: false,
  sizedBy: 'something else',
  width: undefined,
  fluid: false,
  covered: false,
  scripted: false,
}

/** What {@link placeOf} asks the scripts of a document. */
export interface Scripts {
  texts: readonly string[]
  /** Whether one looks for pictures of any name. */
  takesAny: boolean
  /** Whether one may take over what a server has written, tag by tag. */
  hydrates: boolean
}

const WIDTH = /^(?:width|inline-size)$/
const SHAPES =
  /^(?:(?:min-|max-)?(?:height|block-size)|min-(?:width|inline-size)|aspect-ratio|flex(?:-basis|-grow)?|position|inset|float|all|zoom|contain.*)$/
const HARMLESS = /^(?:auto|static|relative|none|0)$/
const UNCOVERED = /^(?:object-fit|object-position|mask.*|-webkit-mask.*|clip-path|mix-blend-mode|background.*|content)$/
/** With `box-sizing` a given width holds them, a natural one does not. */
const FRAMES = /^(?:padding.*|border(?!.*radius).*)$/
const BOXES = /^(?:inline-)?(?:flex|grid)$/

export function readScripts(texts: readonly string[]): Scripts {
  return {
    texts,
    takesAny: texts.some((text) => ANY_IMAGE.test(text)),
    hydrates: texts.some((text) => /hydrat/i.test(text)),
  }
}

const ANY_IMAGE = /(?:querySelector(?:All)?|getElementsByTagName)\(\s*["'`][^"'`]*\bimg\b|document\.images\b/i

export function placeOf(img: Tag, rules: readonly StyleRule[], scripts: Scripts): Place {
  const parent = parentOf(img)
  const scripted = scripts.takesAny || isNamed(img, scripts.texts)
  const place: Place = {
    ...UNKNOWN,
    mayWrap: !scripts.hydrates || !isInNamed(img, scripts.texts),
    mayHaveSources: true,
    sizedBy: scripted ? 'something else' : 'nothing',
    covered: !scripted,
    scripted,
  }
  const widths: (number | undefined)[] = []
  for (const rule of rules) {
    const { selectors, unread } = rule
    if (unread || selectors.some((steps) => dependsOnParent(steps, img))) place.mayWrap = false
    if (unread || selectors.some((steps) => dependsOnNeighbours(steps, img))) place.mayHaveSources = false
    if (selectors.some((steps) => dependsOnAttributes(steps, img))) place.mayChange = false
    if (unread || selectors.some((steps) => matchesAlone(steps, img))) {
      const certain = isUnconditional(rule) && selectors.some((steps) => matches(steps, img))
      rule.node.each((node) => declare(node, certain))
    }
    if (parent && selectors.some((steps) => matchesAlone(steps, parent))) rule.node.each(declareAbove)
  }
  for (const [, prop = '', value = ''] of (img.attribs['style'] ?? '').matchAll(/([\w-]+)\s*:\s*([^;]+)/g))
    declare({ type: 'decl', prop, value: value.replace(/\s*!important\s*$/, '') }, true)
  if (BOXES.test(/\bdisplay\s*:\s*(?<value>[\w-]+)/i.exec(parent?.attribs['style'] ?? '')?.groups?.['value'] ?? ''))
    place.sizedBy = 'something else'
  if (place.sizedBy === 'width' && widths.length === 1) place.width = widths[0]
  return place

  function declare(node: ChildNode | Pick<Declaration, 'type' | 'prop' | 'value'>, certain: boolean): void {
    if (node.type !== 'decl') return
    const property = node.prop.toLowerCase()
    const value = node.value.trim()
    if (UNCOVERED.test(property)) place.covered = false
    if (FRAMES.test(property) && !/^(?:0(?:px)?|none)$/.test(value)) {
      place.covered = false
      place.sizedBy = 'something else'
    }
    if (property === 'max-width' && value.endsWith('%')) place.fluid = true
    if (WIDTH.test(property)) {
      // `auto`, `min-content`: its natural size, whatever its attributes say.
      if (!/^[\d.]|\(/.test(value)) place.sizedBy = 'something else'
      const pixels = /^(?<n>\d+(?:\.\d+)?)px$/.exec(value)?.groups?.['n']
      widths.push(certain && pixels !== undefined ? Math.round(Number(pixels)) : undefined)
      if (place.sizedBy === 'nothing') place.sizedBy = 'width'
    } else if (SHAPES.test(property) && !HARMLESS.test(value)) place.sizedBy = 'something else'
  }

  function declareAbove(node: ChildNode): void {
    if (node.type === 'decl' && node.prop === 'display' && BOXES.test(node.value)) place.sizedBy = 'something else'
  }
}

/** Not in `@media` or the like, and not for a state only. */
function isUnconditional({ node, selectors }: StyleRule): boolean {
  return node.parent?.type === 'root' && selectors.every((steps) => !steps.some(({ hasState }) => hasState))
}

/** Whether a script speaks of its id, one of its classes or `data-` attributes. */
function isNamed({ attribs }: Tag, scripts: readonly string[]): boolean {
  const names = Object.entries(attribs).flatMap(([name, value]) => {
    if (name === 'id' || name === 'class' || name === 'name') return value.split(/\s+/)
    return name.startsWith('data-') ? [name, camel(name)] : []
  })
  return isSpokenOf(names, scripts)
}

/** Whether a script speaks of something that holds it, by its id. */
function isInNamed(tag: Tag, scripts: readonly string[]): boolean {
  const names: string[] = []
  for (let above = parentOf(tag); above; above = parentOf(above)) names.push(above.attribs['id'] ?? '')
  return isSpokenOf(names, scripts)
}

function isSpokenOf(names: readonly string[], scripts: readonly string[]): boolean {
  const words = names.filter((name) => name !== '').map((name) => name.replaceAll(/[^\w-]/g, '\\$&'))
  if (words.length === 0) return false
  const named = new RegExp(`["'\`#.\\s[](?:${words.join('|')})(?![\\w-])`)
  return scripts.some((text) => named.test(text))
}

const camel = (name: string): string =>
  name.slice('data-'.length).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
