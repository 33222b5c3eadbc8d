import { type AtRule, type Declaration, parse, type Root } from 'postcss'
import { MagicString } from 'magic-string'
import type { Cache } from '../cache.ts'
import { urlsOf, writeUrl } from '../cssUrls.ts'
import { parseRange } from './ranges.ts'
import { splitFont } from './splitFont.ts'

/** What stands around a stylesheet whose fonts are cut. */
export interface FontHost {
  /** Code points that are used, by `usedCharacters()`. */
  used: ReadonlySet<number>
  cache: Cache
  /** Bytes of the font at this URL of the stylesheet, which may carry a query; undefined for what is not ours. */
  read(url: string): Buffer | undefined
  /** Takes a font made of the one at this URL, and says what the stylesheet has to write for it. */
  emit(from: string, part: 'subset' | 'whole', bytes: Buffer): string
  /** Told of a font that had to be left as it is. */
  warn(message: string): void
}

/**
 * Makes two faces of each `@font-face` whose font holds far more than is used: one of the used characters, and one of the rest, which a
 * browser fetches when such a character is shown. Fonts that are not woff2 become it. All else stays byte for byte.
 */
export async function splitFontFaces(css: string, host: FontHost): Promise<string> {
  if (!/@font-face/i.test(css)) return css
  const text = css.replace(/^\u{FEFF}/u, '')
  let root: Root
  try {
    root = parse(text)
  } catch {
    return css
  }
  const faces: AtRule[] = []
  root.walkAtRules(/^font-face$/i, (face) => void faces.push(face))
  const edited = new MagicString(text)
  for (const face of faces) {
    const start = face.source?.start?.offset ?? 0
    const end = face.source?.end?.offset ?? 0
    const made = await splitFace(face, host)
    if (made !== undefined) edited.overwrite(start, end, made)
  }
  return edited.toString()
}

async function splitFace(face: AtRule, host: FontHost): Promise<string | undefined> {
  const declarations = (face.nodes ?? []).filter((node) => node.type === 'decl')
  const src = declarations.findLast(({ prop }) => /^src$/i.test(prop))
  const given = declarations.findLast(({ prop }) => /^unicode-range$/i.test(prop))
  const within = given && parseRange(given.value)
  if (!src || (given && !within)) return undefined
  const entries = splitList(src.value)
  const first = entries.findIndex((entry) => urlOf(entry) !== undefined && !UNREADABLE.test(entry))
  const entry = entries[first] ?? ''
  const url = urlOf(entry)
  const bytes = url === undefined ? undefined : host.read(url)
  if (url === undefined || !bytes) return undefined

  let split: Awaited<ReturnType<typeof splitFont>>
  try {
    split = await splitFont(bytes, host.used, host.cache, within)
  } catch (error) {
    host.warn(
      `${url} is left as it is: it cannot be read as a font (${error instanceof Error ? error.message : String(error)})`,
    )
    return undefined
  }
  const isWoff2 = bytes.toString('latin1', 0, 4) === 'wOF2'
  if (!('subset' in split)) {
    if (isWoff2 || split.restFont.length >= bytes.length) return undefined
    return write(host.emit(url, 'whole', split.restFont), given?.value)
  }
  const subset = write(host.emit(url, 'subset', split.subset), split.range)
  if (split.rest === null) return subset
  const whole = write(isWoff2 ? url : host.emit(url, 'whole', split.restFont), split.rest)
  // The last face is asked first.
  return whole + subset

  function write(to: string, range: string | undefined): string {
    const list = entries.with(first, `${writeUrl(to)} ${formatOf(entry)}`).join(',')
    const lines = declarations.flatMap((declaration: Declaration) => {
      if (declaration === given) return []
      return declaration === src ? [`src:${list}`] : [`${declaration.prop}:${declaration.value}`]
    })
    if (range !== undefined) lines.push(`unicode-range:${range}`)
    return `@font-face{${lines.join(';')}}`
  }
}

/** Not fonts that anything made after 2012 would read. */
const UNREADABLE = /format\(\s*["']?(?:embedded-opentype|svg)|\.(?:eot|svg)\b/i

/** A variable font is said to be one: by `tech()`, or as browsers of 2017 expected it. */
function formatOf(entry: string): string {
  const tech = /\btech\([^)]*\)/i.exec(entry)?.[0]
  return `format("woff2${/-variations/i.test(entry) ? '-variations' : ''}")${tech === undefined ? '' : ` ${tech}`}`
}

function urlOf(entry: string): string | undefined {
  const url = urlsOf(entry)[0]?.url
  return url === '' ? undefined : url
}

/** Parts at commas that stand in no brackets or quotes. */
function splitList(value: string): string[] {
  const parts = value.match(
    /(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\((?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^()])*\)|[^,"'(])+/g,
  )
  return (parts ?? []).map((part) => part.trim())
}
